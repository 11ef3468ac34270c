#!/usr/bin/env bash
# Drives the demo app's models through whole journeys, against the fake key server and a real one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
cd "$here/../.."
[ -n "${LOCK_KEEPER_BUILT:-}" ] || cargo build --quiet -p lock-keeper-ffi -p lock-keeper-server
built=$(realpath "${CARGO_TARGET_DIR:-target}")/debug
library=$(bindings/swift/place_library.sh "$built/liblock_keeper_ffi.a")
export LOCK_KEEPER_TEST_SERVER=$built/lock-keeper-server
export LOCK_KEEPER_SWIFT_BIND=$built:${LOCK_KEEPER_SWIFT_BIND:-}
bindings/swift/toolchain.sh demo-apps/ios/test_inside.sh "$library"
