#!/usr/bin/env bash
# Builds the package `consumer`, and runs it against a key server: run_consumer.sh FOLDER_OF_THE_LIBRARY. For test.sh, where Swift is.
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(mktemp -d)
"$LOCK_KEEPER_TEST_SERVER" dev --json --listen 127.0.0.1:0 --data "$data" >"$data/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$data"' EXIT
swift build --quiet --package-path bindings/swift/consumer --scratch-path target/swift-consumer -Xlinker "-L$1"
for _ in $(seq 300); do
    [ ! -s "$data/connect.json" ] || break
    sleep 0.1
done
target/swift-consumer/debug/Consumer "$data/connect.json"
