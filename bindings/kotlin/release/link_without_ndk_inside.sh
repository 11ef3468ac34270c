#!/usr/bin/env bash
# The part of link_without_ndk.sh that runs in the Debian of ../../ffi/toolchain.sh: link_without_ndk_inside.sh SOURCES, where SOURCES has
# musl's headers and libunwind as Zig's `lib` has them. Leaves target/rust/without-ndk/ABI/liblock_keeper_ffi.so, stripped and checked.
set -euo pipefail
cd "$(dirname "$0")/../../.."
sources=$PWD/$1
library=liblock_keeper_ffi.so
api=24     # the AAR's minSdk
page=16384 # as in native_libraries.sh, and so are the other arguments of the linker
out=$CARGO_TARGET_DIR/without-ndk
rm -rf "$out"

# Where a phone has bionic, and an NDK its stubs and the compiler's own libraries.
stand_ins() { # FOLDER CLANG_ARGUMENT...
    local folder=$1 unwind=$sources/libunwind name
    shift
    mkdir -p "$folder/unwind"
    # The libraries that are on each phone, empty: what the linker does not find is looked up in bionic-24.txt by check_library.sh.
    for name in c m dl log; do
        clang "$@" -shared -nostdlib -fuse-ld=lld "-Wl,-soname,lib$name.so" -o "$folder/lib$name.so" -x c /dev/null
    done
    # What Android's crtbegin_so.o has for destructors of threads.
    echo '__attribute__((visibility("hidden"))) void *__dso_handle = &__dso_handle;' |
        clang "$@" -fPIC -c -o "$folder/dso_handle.o" -x c -
    local flags=("$@" -O2 -fPIC -fvisibility=hidden -funwind-tables "-I$unwind/include" -w -DNDEBUG
        -D_LIBUNWIND_IS_NATIVE_ONLY -D_LIBUNWIND_HIDE_SYMBOLS -D__errno_location=__errno)
    for name in UnwindLevel1.c UnwindLevel1-gcc-ext.c UnwindRegistersSave.S UnwindRegistersRestore.S; do
        clang "${flags[@]}" -fexceptions -c -o "$folder/unwind/$name.o" "$unwind/src/$name"
    done
    clang++ "${flags[@]}" -nostdinc++ -std=c++17 -fno-exceptions -fno-rtti -c -o "$folder/unwind/libunwind.o" "$unwind/src/libunwind.cpp"
    llvm-ar rcs "$folder/libunwind.a" "$folder"/unwind/*.o
}

build() { # ABI ARCHITECTURE HEADERS, where HEADERS is what Linux calls the architecture
    local abi=$1 target=$2-linux-android folder=$out/stand-ins/$1 headers variable link rustflags
    local compile=("--target=$target$api" -nostdinc -isystem "$(clang -print-resource-dir)/include")
    for headers in "$2-linux-musl" generic-musl "$3-linux-any" any-linux-any; do
        compile+=(-isystem "$sources/libc/include/$headers")
    done
    stand_ins "$folder" "${compile[@]}"

    rustflags="--remap-path-prefix=$PWD=/lock-keeper -Clinker=clang -Lnative=$folder"
    for link in "--target=$target$api" -fuse-ld=lld -nostdlib "$folder/dso_handle.o" -Wl,--unresolved-symbols=ignore-all \
        "-Wl,-z,max-page-size=$page" -Wl,--icf=safe -Wl,--pack-dyn-relocs=android -Wl,--no-as-needed -lc -lm -ldl; do
        rustflags+=" -Clink-arg=$link"
    done
    variable=$(tr '[:lower:]-' '[:upper:]_' <<<"$target")
    # To build Rust's own library is a feature of the nightly compiler, which the first variable lets the stable one do.
    env RUSTC_BOOTSTRAP=1 CARGO_PROFILE_PHONE_STRIP=none "CARGO_TARGET_${variable}_RUSTFLAGS=$rustflags" \
        "CC_${target//-/_}=clang" "AR_${target//-/_}=llvm-ar" "CFLAGS_${target//-/_}=${compile[*]} -ffunction-sections" \
        cargo build --locked --quiet -p lock-keeper-ffi --no-default-features --features ring --profile phone --target "$target" \
        -Zbuild-std=std,panic_unwind
    mkdir -p "$out/$abi"
    llvm-strip -o "$out/$abi/$library" "$CARGO_TARGET_DIR/$target/phone/$library"
}

build arm64-v8a aarch64 aarch64
build x86_64 x86_64 x86
bindings/kotlin/release/check_library.sh "$out/arm64-v8a/$library" "$out/x86_64/$library"
