#!/usr/bin/env bash
# The Swift package's tests under the thread sanitizer, which finds two threads at one memory: test_threads.sh [arguments of `swift test`]...
#
# It sees Swift's code, and not the core, which is compiled as ever. It takes long, so test.sh does without it.
set -euo pipefail
swift=$(cd "$(dirname "$0")" && pwd -P)
cd "$swift/../.."
[ -n "${LOCK_KEEPER_BUILT:-}" ] || cargo build --quiet -p lock-keeper-ffi -p lock-keeper-server
built=$(realpath "${CARGO_TARGET_DIR:-target}")/debug
library=$("$swift/place_library.sh" "$built/liblock_keeper_ffi.a")
export LOCK_KEEPER_TEST_SERVER=$built/lock-keeper-server
export LOCK_KEEPER_SWIFT_BIND=$built:${LOCK_KEEPER_SWIFT_BIND:-}
export TSAN_OPTIONS="halt_on_error=0 exitcode=66 suppressions=$swift/thread_suppressions.txt"
"$swift/toolchain.sh" swift test --sanitize=thread --scratch-path target/swift-threads -Xlinker "-L$library" "$@"
