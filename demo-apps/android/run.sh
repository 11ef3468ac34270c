#!/usr/bin/env bash
# Opens the demo app in a window, with a key server of its own that is gone when the window is closed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
.ci/install.sh kotlin
[ -n "${LOCK_KEEPER_BUILT:-}" ] || cargo build --quiet -p lock-keeper-ffi -p lock-keeper-server
if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}" ]; then
    echo "There is no display. With xvfb: xvfb-run demo-apps/android/run.sh" >&2
    exit 69
fi
# shellcheck source=demo-apps/android/bindings.sh
. "$here/bindings.sh"
# shellcheck source=reference-server/testbed/dev_server.sh
. reference-server/testbed/dev_server.sh
# shellcheck disable=SC2154 # bindings.sh and native.sh set them
mvn -f "$here/pom.xml" "${maven_arguments[@]}" -Dmaven.test.skip=true package

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
# shellcheck disable=SC2154
"$target/lock-keeper-server" dev --listen 127.0.0.1:0 --data "$work/server" --json >"$work/log" 2>&1 &
server=$!
wait_until_ready "$server" "$work/server" "$work/log"
java -cp "$(echo "$here"/desktop/target/desktop-*.jar):$(cat "$here/desktop/target/classpath")" \
    io.lockkeeper.demo.desktop.MainKt "$work/device" "$work/server/connect.json"
