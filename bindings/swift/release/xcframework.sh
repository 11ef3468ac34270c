#!/usr/bin/env bash
# Makes target/swift/LockKeeperFFI.xcframework, its zip, and the debug symbols beside it. On macOS, with Xcode and rustup.
#
#   LOCK_KEEPER_SIGN_WITH   the identity that signs it, as `security find-identity` names it; without it, it is not signed
#
# It has never run: no machine of the project has macOS. What it calls is what Apple's and Rust's documents say.
set -euo pipefail
cd "$(dirname "$0")/../../.."
if [ "$(uname)" != Darwin ]; then
    echo "xcframework.sh: Apple's SDKs are on macOS alone." >&2
    exit 77
fi

name=LockKeeperFFI
out=$PWD/target/swift
work=$out/xcframework
rm -rf "$work" "$out/$name.xcframework" "$out/$name.xcframework.zip" "$out/$name.dSYMs.zip"
mkdir -p "$work"

# What SwiftPM's manifest promises, so that an app does not ask for more than the library was built for.
export IPHONEOS_DEPLOYMENT_TARGET=16.0 MACOSX_DEPLOYMENT_TARGET=13.0
# Paths of this machine would get into the library with its panic messages.
export RUSTFLAGS="--remap-path-prefix=$HOME=/build --remap-path-prefix=$PWD=/lock-keeper"

# `-fapplication-extension` below is the promise that an app extension may link it; without it the linker warns of each extension that does.
# Only what the C header declares is seen from outside: so an app can link a second Rust library, with a standard library of its own.
sed -nE 's/^.*[ *]((uniffi|ffi)_lock_keeper_ffi_[A-Za-z0-9_]+)\(.*$/_\1/p' bindings/swift/Sources/LockKeeperFFI/LockKeeperFFI.h |
    sort -u >"$work/exported"
[ -s "$work/exported" ]

dynamic_library() { # TARGET SDK CLANG_TARGET
    rustup target add "$1" >&2
    # Line tables for the dSYM; the library itself is stripped below.
    CARGO_PROFILE_PHONE_STRIP=none CARGO_PROFILE_PHONE_DEBUG=line-tables-only \
        cargo build --locked --quiet -p lock-keeper-ffi --profile phone --target "$1" >&2
    xcrun --sdk "$2" clang -target "$3" -dynamiclib -fapplication-extension -o "$work/$1.dylib" \
        -Wl,-force_load,"target/$1/phone/liblock_keeper_ffi.a" -Wl,-exported_symbols_list,"$work/exported" -Wl,-dead_strip \
        -install_name "@rpath/$name.framework/$name" -framework Security -framework CoreFoundation -framework SystemConfiguration
    echo "$work/$1.dylib"
}

framework() { # FOLDER PLATFORM MINIMUM DYLIB...
    local bundle=$work/$1/$name.framework contents platform=$2 minimum=$3
    shift 3
    contents=$bundle
    # A Mac's framework has versions; the others are flat.
    [ "$platform" != MacOSX ] || contents=$bundle/Versions/A
    local resources=$contents minimum_key=MinimumOSVersion
    [ "$platform" != MacOSX ] || { resources=$contents/Resources && minimum_key=LSMinimumSystemVersion; }
    mkdir -p "$contents/Headers" "$contents/Modules" "$resources"
    lipo -create "$@" -output "$contents/$name"
    dsymutil "$contents/$name" -o "$work/dSYMs/$platform/$name.framework.dSYM"
    strip -x "$contents/$name"
    cp "bindings/swift/Sources/LockKeeperFFI/$name.h" "$contents/Headers/"
    printf 'framework module %s {\n    umbrella header "%s.h"\n    export *\n}\n' "$name" "$name" >"$contents/Modules/module.modulemap"
    cp bindings/swift/Sources/LockKeeper/PrivacyInfo.xcprivacy "$resources/"
    cat >"$resources/Info.plist" <<PLIST
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
    <key>CFBundleExecutable</key><string>$name</string>
    <key>CFBundleIdentifier</key><string>io.lockkeeper.$name</string>
    <key>CFBundleInfoDictionaryVersion</key><string>6.0</string>
    <key>CFBundleName</key><string>$name</string>
    <key>CFBundlePackageType</key><string>FMWK</string>
    <key>CFBundleShortVersionString</key><string>$version</string>
    <key>CFBundleSupportedPlatforms</key><array><string>$platform</string></array>
    <key>CFBundleVersion</key><string>$version</string>
    <key>$minimum_key</key><string>$minimum</string>
</dict></plist>
PLIST
    if [ "$platform" = MacOSX ]; then
        ln -s A "$bundle/Versions/Current"
        for part in "$name" Headers Modules Resources; do ln -s "Versions/Current/$part" "$bundle/$part"; done
    fi
    [ -z "${LOCK_KEEPER_SIGN_WITH:-}" ] || codesign --force --timestamp --sign "$LOCK_KEEPER_SIGN_WITH" "$bundle"
}

version=$(sed -nE 's/^version = "(.*)"$/\1/p' Cargo.toml | head -n 1)
device=$(dynamic_library aarch64-apple-ios iphoneos arm64-apple-ios16.0)
simulator_arm=$(dynamic_library aarch64-apple-ios-sim iphonesimulator arm64-apple-ios16.0-simulator)
simulator_intel=$(dynamic_library x86_64-apple-ios iphonesimulator x86_64-apple-ios16.0-simulator)
mac_arm=$(dynamic_library aarch64-apple-darwin macosx arm64-apple-macos13.0)
mac_intel=$(dynamic_library x86_64-apple-darwin macosx x86_64-apple-macos13.0)

framework ios iPhoneOS 16.0 "$device"
framework simulator iPhoneSimulator 16.0 "$simulator_arm" "$simulator_intel"
framework mac MacOSX 13.0 "$mac_arm" "$mac_intel"

xcodebuild -create-xcframework -output "$out/$name.xcframework" \
    -framework "$work/ios/$name.framework" -framework "$work/simulator/$name.framework" -framework "$work/mac/$name.framework"
[ -z "${LOCK_KEEPER_SIGN_WITH:-}" ] || codesign --force --timestamp --sign "$LOCK_KEEPER_SIGN_WITH" "$out/$name.xcframework"

# `ditto` keeps the links of the Mac's framework.
ditto -c -k --sequesterRsrc --keepParent "$out/$name.xcframework" "$out/$name.xcframework.zip"
ditto -c -k --keepParent "$work/dSYMs" "$out/$name.dSYMs.zip"

echo "| platform | bytes of the library, stripped |"
echo "|---|---|"
for platform in ios simulator; do echo "| $platform | $(wc -c <"$work/$platform/$name.framework/$name") |"; done
echo "| mac | $(wc -c <"$work/mac/$name.framework/Versions/A/$name") |"
echo "checksum: $(swift package --scratch-path target/swift compute-checksum "$out/$name.xcframework.zip")"
