#!/usr/bin/env bash
# Everything about the Swift package that can be checked without running it: lint.sh. With --write it writes the API baseline anew.
set -euo pipefail
swift=$(cd "$(dirname "$0")" && pwd -P)
cd "$swift/../.."
"$swift/toolchain.sh" bindings/swift/lint_inside.sh "$@"
"$swift/docs.sh"
"$swift/lint_privacy.sh"
for script in "$swift"/*.sh "$swift"/release/*.sh; do bash -n "$script"; done
