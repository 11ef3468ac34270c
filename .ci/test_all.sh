#!/usr/bin/env bash
# All tests, one language after the other. Called by test.sh, which has a PostgreSQL cluster for them.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --workspace
cargo test --workspace
export LOCK_KEEPER_BUILT=1
bindings/kotlin/test.sh
demo-apps/android/test.sh
# Swift is had from a Debian of its own, which takes root.
if [ "$(id -u)" -eq 0 ] || [ "$(uname)" = Darwin ]; then
  bindings/swift/test.sh
  demo-apps/ios/test.sh
else
  echo "The tests of the Swift package and of the iOS app were left out: they need root." >&2
fi
