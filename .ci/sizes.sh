#!/usr/bin/env bash
# Writes the blocks of docs/sizes.md anew, each by the script that measures it; with --check, compares them.
set -euo pipefail
cd "$(dirname "$0")/.."
bindings/kotlin/sizes.sh "$@"
bindings/swift/sizes.sh "$@"
