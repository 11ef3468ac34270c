#!/usr/bin/env bash
# Type-checks the core and its bindings for Apple's systems, with every crate below them: check_apple.sh [TARGET] (aarch64-apple-ios, if not
# said). It runs on Linux too. It takes Rust's library for the target, or the sources of that library:
#
#   rustup target add aarch64-apple-ios
#   rustup component add rust-src
#
# Where there is neither, root on Linux has the sources in the Debian of ../../ffi/toolchain.sh, and the check runs there.
#
# Apple's SDK is on macOS alone. Elsewhere a stand-in takes the place of the C compiler and compiles nothing, and the check is made with TLS by
# ring, whose build script is content with that. So what this does not show elsewhere is that C and assembler compile, and nowhere that
# anything links or runs.
set -euo pipefail
cd "$(dirname "$0")/../../.."
target=${1:-aarch64-apple-ios}
case "$target" in
*-apple-*) ;;
*) echo "check_apple.sh: $target is none of Apple's" >&2 && exit 64 ;;
esac

library=()
if ! compgen -G "$(rustc --print target-libdir --target "$target")/libstd-*.rlib" >/dev/null; then
    if [ ! -f "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ]; then
        if [ "$(uname)" = Linux ] && [ "$(id -u)" -eq 0 ]; then
            exec bindings/ffi/toolchain.sh bindings/swift/release/check_apple.sh "$target"
        fi
        echo "check_apple.sh: Rust has neither its library for $target nor the sources of it." >&2
        echo "One of the two: rustup target add $target; rustup component add rust-src" >&2
        echo "On Linux root needs neither: Debian has them." >&2
        exit 69
    fi
    # To build it is a feature of the nightly compiler, which this lets the stable one do.
    export RUSTC_BOOTSTRAP=1
    library=("-Zbuild-std=std,panic_unwind")
fi

# As in xcframework.sh.
export IPHONEOS_DEPLOYMENT_TARGET=16.0 MACOSX_DEPLOYMENT_TARGET=13.0
providers=(aws-lc-rs ring)
if [ "$(uname)" != Darwin ]; then
    providers=(ring)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cat >"$work/cc" <<'CC'
#!/usr/bin/env bash
# Is taken for clang, and makes an empty file of each object that it is asked for.
case "${1:-}" in
-E) echo '"clang"' ;;
-\?) exit 1 ;;
esac
while [ $# -gt 0 ]; do
    if [ "$1" = -o ]; then : >"$2"; fi
    shift
done
CC
    chmod +x "$work/cc"
    export "CC_${target//-/_}=$work/cc" SDKROOT=$work
fi
for provider in "${providers[@]}"; do
    cargo check --locked --target "$target" ${library[@]+"${library[@]}"} -p lock-keeper-ffi --no-default-features --features "$provider"
done
