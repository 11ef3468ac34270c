#!/usr/bin/env bash
# Writes the pages of the Swift package's documentation: docs.sh [FOLDER] (target/swift/docs, if not said). A warning is an error.
set -euo pipefail
swift=$(cd "$(dirname "$0")" && pwd -P)
cd "$swift/../.."
"$swift/toolchain.sh" bindings/swift/docs_inside.sh "${1:-target/swift/docs}"
