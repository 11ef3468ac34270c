#!/usr/bin/env bash
# Runs the package's tests on this Mac, against the XCFramework and a key server: test_xcframework.sh, after xcframework.sh. It has never run.
set -euo pipefail
cd "$(dirname "$0")/../../.."
cargo build --locked --quiet -p lock-keeper-server
export LOCK_KEEPER_SWIFT_CORE=xcframework LOCK_KEEPER_TEST_SERVER=${CARGO_TARGET_DIR:-$PWD/target}/debug/lock-keeper-server
# What SwiftPM builds stays under target, so that a release finds nothing that is not committed.
swift test --scratch-path target/swift
