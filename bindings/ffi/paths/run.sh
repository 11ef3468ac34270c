#!/usr/bin/env bash
# Walks the two whole paths, Kotlin and Swift, over the library to a real key server and back: run.sh [kotlin|swift]...
#
# Kotlin needs Maven and a JDK. Swift needs Swift 6: `swift`, or the command in LK_SWIFT (one that enters a container must see TMPDIR).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bindings=$(cd "$here/../.." && pwd)
cd "$bindings/.."
# shellcheck source=reference-server/testbed/dev_server.sh
. reference-server/testbed/dev_server.sh
[ $# -gt 0 ] || set -- kotlin swift

cargo build --quiet -p lock-keeper-ffi -p lock-keeper-server
target=$(realpath "${CARGO_TARGET_DIR:-target}")/debug
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

"$target/lock-keeper-server" dev --listen 127.0.0.1:0 --data "$work/data" --json >"$work/server.log" 2>&1 &
server=$!
wait_until_ready "$server" "$work/data" "$work/server.log"

kotlin() {
    cp -r "$here/kotlin" "$work/kotlin"
    cd "$work/kotlin"
    mvn -q -B -Dgenerated="$bindings/kotlin/generated" compile dependency:build-classpath -Dmdep.outputFile=classpath
    java -Djna.library.path="$target" -cp "target/classes:$(cat classpath)" io.lockkeeper.path.PathKt "$work/data/connect.json"
}

swift() {
    cp -r "$here/swift" "$work/swift"
    cp -r "$bindings/swift/Sources/LockKeeperFFI" "$bindings/swift/Sources/LockKeeperBindings" "$work/swift/Sources/"
    mkdir "$work/lib"
    cp "$target/liblock_keeper_ffi.a" "$work/lib/"
    # shellcheck disable=SC2086 # a command with its arguments
    ${LK_SWIFT:-command swift} run --quiet --package-path "$work/swift" -Xlinker "-L$work/lib" Path "$work/data/connect.json"
}

for language in "$@"; do
    case "$language" in
    kotlin | swift) ("$language") ;;
    *) echo "usage: $0 [kotlin|swift]..." >&2 && exit 2 ;;
    esac
done
