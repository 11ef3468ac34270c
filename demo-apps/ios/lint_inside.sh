#!/usr/bin/env bash
# What lint.sh does where Swift is: formatting, and the views against stand-ins of Apple's frameworks.
set -euo pipefail
cd "$(dirname "$0")/../.."
ios=demo-apps/ios
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
swift format lint --strict --recursive --configuration bindings/swift/.swift-format "$ios/Package.swift" "$ios/Sources" "$ios/Tests" "$ios/App"

swift build --quiet --package-path "$ios" --scratch-path target/swift-demo --target DemoModels
for module in Security LocalAuthentication; do
    swiftc -swift-version 6 -parse-as-library -emit-module -module-name "$module" -o "$work/$module.swiftmodule" "bindings/swift/stand-ins/$module.swift"
done
for module in SwiftUI Accessibility AVFoundation UIKit VisionKit UniformTypeIdentifiers; do
    swiftc -swift-version 6 -parse-as-library -emit-module -module-name "$module" -I "$work" -o "$work/$module.swiftmodule" "$ios/stand-ins/$module.swift"
done
# The keychain is Apple's alone, so that the module built for Linux has none: it stands beside the views here.
swiftc -swift-version 6 -parse-as-library -typecheck -warnings-as-errors -module-name LockKeeperDemo \
    -I "$work" -I target/swift-demo/debug/Modules -Xcc "-fmodule-map-file=$PWD/bindings/swift/Sources/LockKeeperFFI/module.modulemap" \
    "$ios"/App/*.swift "$ios/stand-ins/Keychain.swift"
