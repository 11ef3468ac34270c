#!/usr/bin/env bash
# Builds the native library for Android's four ABIs: native_libraries.sh [FOLDER] (target/kotlin/native, if not said). What comes out:
#
#   FOLDER/ABI/liblock_keeper_ffi.so          stripped, for `mvn -Pandroid -Dnative.libraries=FOLDER package`
#   FOLDER-symbols/ABI/liblock_keeper_ffi.so  the debug symbols, for whoever reads a crash report
#
# and a table of sizes on standard output. It takes rustup, and in ANDROID_NDK_HOME an NDK of release 27 or later.
#
# It has never run: no machine of the project has an NDK. What it calls is what Android's and Rust's documents say.
set -euo pipefail
cd "$(dirname "$0")/../../.."
ndk=${ANDROID_NDK_HOME:?"the folder of an Android NDK"}
tools=$(echo "$ndk"/toolchains/llvm/prebuilt/*/bin)
[ -x "$tools/llvm-strip" ] || { echo "native_libraries.sh: $ndk holds no toolchain of an NDK." >&2 && exit 66; }

out=${1:-$PWD/target/kotlin/native}
library=liblock_keeper_ffi.so
checks=bindings/kotlin/release/check_library.sh
api=24      # the AAR's minSdk
page=16384  # a device with larger pages does not load a library that is aligned to 4 KB
rm -rf "$out" "$out-symbols"

build() { # ABI TARGET CLANG_TARGET
    local abi=$1 target=$2 clang=$tools/$3$api-clang variable
    variable=$(tr '[:lower:]-' '[:upper:]_' <<<"$target")
    rustup target add "$target" >&2
    # The linker folds equal functions, and packs relocations as Android reads them from API 23 on.
    # Paths of this machine would get into the library with its panic messages. Line tables are for the symbols; they are stripped below.
    env "CC_${target//-/_}=$clang" "CXX_${target//-/_}=$clang++" "AR_${target//-/_}=$tools/llvm-ar" "ANDROID_NDK=$ndk" \
        "CARGO_TARGET_${variable}_LINKER=$clang" \
        "CARGO_TARGET_${variable}_RUSTFLAGS=--remap-path-prefix=$HOME=/build --remap-path-prefix=$PWD=/lock-keeper -Clink-arg=-Wl,-z,max-page-size=$page -Clink-arg=-Wl,--icf=safe -Clink-arg=-Wl,--pack-dyn-relocs=android" \
        CARGO_PROFILE_PHONE_STRIP=none CARGO_PROFILE_PHONE_DEBUG=line-tables-only \
        cargo build --locked --quiet -p lock-keeper-ffi --no-default-features --features ring --profile phone --target "$target" >&2
    mkdir -p "$out/$abi" "$out-symbols/$abi"
    "$tools/llvm-objcopy" --only-keep-debug "target/$target/phone/$library" "$out-symbols/$abi/$library"
    "$tools/llvm-strip" -o "$out/$abi/$library" "target/$target/phone/$library"
}

build arm64-v8a aarch64-linux-android aarch64-linux-android
build armeabi-v7a armv7-linux-androideabi armv7a-linux-androideabi
build x86_64 x86_64-linux-android x86_64-linux-android
build x86 i686-linux-android i686-linux-android
# The 32-bit ABIs have pages of 4 KB for good, but nothing is lost by a larger alignment.
READELF=$tools/llvm-readelf "$checks" "$out"/*/"$library"

echo "| ABI | bytes of the library, stripped |"
echo "|---|---|"
for abi in arm64-v8a armeabi-v7a x86_64 x86; do echo "| $abi | $(wc -c <"$out/$abi/$library") |"; done
