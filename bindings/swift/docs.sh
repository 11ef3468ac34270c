#!/usr/bin/env bash
# Writes the pages of the Swift package's documentation: docs.sh [FOLDER] (target/swift/docs, if not said). A warning is an error.
set -euo pipefail
swift=$(cd "$(dirname "$0")" && pwd -P)
cd "$swift/../.."
"$swift/toolchain.sh" bash -euc '
    symbols=target/swift/symbols
    rm -rf "$symbols" && mkdir -p "$symbols"
    swift package --scratch-path target/swift dump-symbol-graph --minimum-access-level public --skip-synthesized-members >/dev/null
    cp target/swift/*/symbolgraph/LockKeeper.symbols.json "$symbols/"
    docc convert bindings/swift/Sources/LockKeeper/LockKeeper.docc --additional-symbol-graph-dir "$symbols" --warnings-as-errors \
        --fallback-display-name LockKeeper --fallback-bundle-identifier io.lockkeeper.LockKeeper --output-path "$1"
' docs "${1:-target/swift/docs}"
