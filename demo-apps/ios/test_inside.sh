#!/usr/bin/env bash
# For test.sh, where Swift is: test_inside.sh FOLDER_OF_THE_LIBRARY.
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(mktemp -d)
"$LOCK_KEEPER_TEST_SERVER" dev --json --listen 127.0.0.1:0 --data "$data" >"$data/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$data"' EXIT
for _ in $(seq 300); do
    [ ! -s "$data/connect.json" ] || break
    sleep 0.1
done
export LOCK_KEEPER_CONNECT=$data/connect.json
# libswiftObservation of Swift 6.0.3 has a symbol that nothing defines.
swift test --package-path demo-apps/ios --scratch-path target/swift-demo -Xlinker "-L$1" -Xlinker --allow-shlib-undefined
