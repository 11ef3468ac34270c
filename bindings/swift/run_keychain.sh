#!/usr/bin/env bash
# Builds KeychainStore and BiometricKeychain with the stand-ins of Apple's frameworks, and runs stand-ins/KeychainChecks.swift:
# run_keychain.sh FOLDER_OF_THE_LIBRARY. For test.sh, where Swift is, after `swift test` has built the generated module.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift=bindings/swift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=bindings/swift/compile.sh
. "$swift/compile.sh"
stand_ins "$work"
swiftc -swift-version 6 -parse-as-library -warnings-as-errors -package-name "$package" -module-name LockKeeper -I "$work" "${generated[@]}" \
    -o "$work/checks" "${face[@]}" "$swift/stand-ins/KeychainChecks.swift" \
    "$work"/*.o target/swift/debug/LockKeeperBindings.build/*.o -L "$1" -l:liblock_keeper_ffi.a
"$work/checks"
