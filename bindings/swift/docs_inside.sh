#!/usr/bin/env bash
# What docs.sh does where Swift is: docs_inside.sh FOLDER. Apple's part of the package is described as it is against the stand-ins.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift=bindings/swift
work=target/swift/symbols
rm -rf "$work" && mkdir -p "$work/modules" "$work/graphs"

swift build --quiet --scratch-path target/swift --target LockKeeper
# shellcheck source=bindings/swift/compile.sh
. "$swift/compile.sh"
stand_ins "$work/modules"
using=(-I "$work/modules" "${generated[@]}")
swiftc -swift-version 6 -parse-as-library -emit-module -package-name "$package" -module-name LockKeeper "${using[@]}" \
    -o "$work/modules/LockKeeper.swiftmodule" "${face[@]}"
swift-symbolgraph-extract -module-name LockKeeper -minimum-access-level public -skip-synthesized-members -output-dir "$work/graphs" \
    -target "$(swiftc -print-target-info | sed -nE 's/.*"triple": "(.*)",/\1/p' | head -n 1)" "${using[@]}" >/dev/null
docc convert "$swift/Sources/LockKeeper/LockKeeper.docc" --additional-symbol-graph-dir "$work/graphs" --warnings-as-errors \
    --fallback-display-name LockKeeper --fallback-bundle-identifier io.lockkeeper.LockKeeper --output-path "$1"
