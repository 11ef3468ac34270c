#!/usr/bin/env bash
# Builds KeychainStore and BiometricKeychain with the stand-ins of Apple's frameworks, and runs stand-ins/KeychainChecks.swift:
# run_keychain.sh FOLDER_OF_THE_LIBRARY. For test.sh, where Swift is, after `swift test` has built the generated module.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift=bindings/swift
built=target/swift/debug
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for module in Security LocalAuthentication; do
    swiftc -swift-version 6 -parse-as-library -c -emit-module -emit-module-path "$work/$module.swiftmodule" -module-name "$module" \
        -o "$work/$module.o" "$swift/stand-ins/$module.swift"
done
# What is `package` is seen by the package alone, which SwiftPM names after its folder.
name=$(basename "$PWD" | tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9\n' _)
mapfile -t sources < <(find "$swift/Sources/LockKeeper" -name '*.swift')
swiftc -swift-version 6 -parse-as-library -warnings-as-errors -package-name "$name" -module-name LockKeeper \
    -I "$work" -I "$built/Modules" -Xcc "-fmodule-map-file=$PWD/$swift/Sources/LockKeeperFFI/module.modulemap" \
    -o "$work/checks" "${sources[@]}" "$swift/stand-ins/KeychainChecks.swift" \
    "$work"/*.o "$built"/LockKeeperBindings.build/*.o -L "$1" -l:liblock_keeper_ffi.a
"$work/checks"
