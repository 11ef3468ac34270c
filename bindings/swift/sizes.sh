#!/usr/bin/env bash
# Measures what the Swift package adds to a program, and writes the block `swift` of docs/sizes.md.
#
#   sizes.sh            writes the block
#   sizes.sh --check    fails where a figure has moved by more than 3 percent, and writes nothing
#
# The figures are those of Linux on x86_64, where toolchain.sh takes root; elsewhere it measures nothing.
set -euo pipefail
swift=$(cd "$(dirname "$0")" && pwd -P)
cd "$swift/../.."
case "${1:-}" in
"" | --check) ;;
*) echo "usage: $0 [--check]" >&2 && exit 64 ;;
esac
if [ "$(uname -sm)" != "Linux x86_64" ] || [ "$(id -u)" -ne 0 ]; then
    echo "sizes.sh: it takes Linux on x86_64, and root; nothing was measured." >&2
    exit 0
fi

work=target/swift-sizes
mkdir -p "$work"
phone=$(bindings/ffi/phone.sh)
cp "$phone/liblock_keeper_ffi.a" "$work/"
"$swift/toolchain.sh" bindings/swift/sizes_inside.sh "$work" >"$work/block"
if ! .ci/sizes_block.sh swift "$work/block" "$@"; then
    echo "docs/sizes.md is not what was measured. If that is meant: bindings/swift/sizes.sh" >&2
    exit 1
fi
