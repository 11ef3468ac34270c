#!/usr/bin/env bash
# Formatting of the demo app, and its views type-checked against stand-ins of Apple's frameworks.
set -euo pipefail
cd "$(dirname "$0")/../.."
bindings/swift/toolchain.sh demo-apps/ios/lint_inside.sh
