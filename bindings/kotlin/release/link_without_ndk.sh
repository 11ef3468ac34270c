#!/usr/bin/env bash
# Links the native library for arm64-v8a and x86_64 without an NDK: link_without_ndk.sh [FOLDER] (target/kotlin/without-ndk, if not said).
# What comes out is FOLDER/ABI/liblock_keeper_ffi.so, stripped, where android/apk.sh takes it, and a table of sizes on standard output.
#
# It is a check and never a release: whether the code compiles for Android, what it asks of a phone, and what it weighs. The headers are
# musl's in place of Android's, and it is linked against empty libraries in place of a phone's. No phone has ever loaded it. Releases are
# built by native_libraries.sh.
#
# It takes root on Linux, 4 GB in target/ and some minutes: Rust comes from ../../ffi/toolchain.sh, and the headers and LLVM's libunwind
# from PyPI's package `ziglang`, which carries their sources. docs/adr/0020-tls-on-phones.md tells why and how.
set -euo pipefail
cd "$(dirname "$0")/../../.."
out=${1:-target/kotlin/without-ndk}
version=0.17.1 # of ziglang: other headers may make another library
sources=target/ziglang-$version

# First, since it says so where there is no root.
bindings/ffi/toolchain.sh true
.ci/install.sh wheel
if [ ! -d "$sources" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" "ziglang==$version"
    unzip -q "$work"/*.whl 'ziglang/lib/libc/include/*' 'ziglang/lib/libunwind/*' -d "$work"
    mkdir -p target
    mv "$work/ziglang/lib" "$sources"
fi
# Nothing of an earlier run stays where the check fails.
rm -rf "$out"
bindings/ffi/toolchain.sh bindings/kotlin/release/link_without_ndk_inside.sh "$sources"

library=liblock_keeper_ffi.so
echo "| ABI | bytes of the library, stripped |"
echo "|---|---|"
for abi in arm64-v8a x86_64; do
    mkdir -p "$out/$abi"
    cp "target/rust/without-ndk/$abi/$library" "$out/$abi/"
    echo "| $abi | $(wc -c <"$out/$abi/$library") |"
done
