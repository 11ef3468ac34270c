#!/usr/bin/env bash
# Builds the core and the key server, and tests the Swift package against them: test.sh [arguments of `swift test`]...
#
# With LOCK_KEEPER_TEST_POSTGRES, the URL of a cluster whose role may make databases, it tests on Postgres besides the embedded engine.
# Without arguments it also runs what is Apple's against stand-ins, and builds and runs the package `consumer`, which uses this one as an app
# does. Swift comes from toolchain.sh.
set -euo pipefail
swift=$(cd "$(dirname "$0")" && pwd -P)
cd "$swift/../.."

# `make test` has built the whole workspace, which is not the same build as of two of its crates.
[ -n "${LOCK_KEEPER_BUILT:-}" ] || cargo build --quiet -p lock-keeper-ffi -p lock-keeper-server
built=$(realpath "${CARGO_TARGET_DIR:-target}")/debug
library=$("$swift/place_library.sh" "$built/liblock_keeper_ffi.a")

if [ -n "${LOCK_KEEPER_TEST_POSTGRES:-}" ]; then
    database=lock_keeper_swift_$$
    psql --quiet "$LOCK_KEEPER_TEST_POSTGRES" --command "CREATE DATABASE $database"
    trap 'psql --quiet "$LOCK_KEEPER_TEST_POSTGRES" --command "DROP DATABASE $database WITH (FORCE)"' EXIT
    export LOCK_KEEPER_SWIFT_POSTGRES=${LOCK_KEEPER_TEST_POSTGRES%/*}/$database
fi
export LOCK_KEEPER_TEST_SERVER=$built/lock-keeper-server
export LOCK_KEEPER_SWIFT_BIND=$built:${LOCK_KEEPER_SWIFT_BIND:-}

"$swift/toolchain.sh" swift test --scratch-path target/swift -Xswiftc -warnings-as-errors -Xlinker "-L$library" "$@"
[ $# -gt 0 ] || "$swift/toolchain.sh" bindings/swift/run_keychain.sh "$library"
[ $# -gt 0 ] || "$swift/toolchain.sh" bindings/swift/run_consumer.sh "$library"
