#!/usr/bin/env bash
# Measures the library of phones on this machine's own ABI, and writes the block `kotlin` of docs/sizes.md.
#
#   sizes.sh            writes the block
#   sizes.sh --check    fails where a figure has moved by more than 3 percent, and writes nothing
#
# The figures are those of Linux on x86_64; on another machine it measures nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
case "${1:-}" in
"" | --check) ;;
*) echo "usage: $0 [--check]" >&2 && exit 64 ;;
esac
if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "sizes.sh: the figures are those of Linux on x86_64; nothing was measured." >&2
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# With its symbols, by which the parts are told; they are stripped below.
CARGO_PROFILE_PHONE_STRIP=none cargo build --locked --quiet -p lock-keeper-ffi --no-default-features --features ring --profile phone
library=${CARGO_TARGET_DIR:-target}/phone/liblock_keeper_ffi.so
strip -o "$work/stripped.so" "$library"

# Functions and constants by the crate that their name begins with. Generic code counts for the crate that wrote it.
parts() {
    nm --demangle --print-size --radix=d "$library" | awk '
        NF >= 4 && $3 ~ /^[tTrRdDbBvVwW]$/ {
            name = $0; sub(/^[0-9]+ [0-9]+ . /, "", name)
            if (name ~ /^(ring_core|ecp_nistz|p256|p384|x25519|fiat_)/) crate = "ring, in C and assembler"
            else if (name ~ /^_*(uniffi|UNIFFI|ffi)_/) crate = "uniffi"
            else if (match(name, /[a-z_][a-z0-9_]*::/)) crate = substr(name, RSTART, RLENGTH - 2)
            else next
            bytes[crate] += $2
        }
        END { for (crate in bytes) printf "%d\t%s\n", bytes[crate], crate }' | sort -k1,1nr -k2 | head -n 12
}

{
    echo "| Linux x86_64, profile \`phone\`, TLS by ring | bytes |"
    echo "|---|---|"
    echo "| the native library, stripped | $(wc -c <"$work/stripped.so") |"
    parts | awk -F '\t' '{ printf "| of that: %s | %d |\n", $2, $1 }'
} >"$work/block"

page=docs/sizes.md
sed -n '/^<!-- kotlin -->$/,/^<!-- \/kotlin -->$/p' "$page" | sed '1d;$d' >"$work/old"
if [ "${1:-}" = --check ]; then
    # Every row of one table has its row in the other, within 3 percent; parts of less than 20 KB come and go.
    awk -F ' *[|] *' '
        $3 !~ /^[0-9]+$/ { next }
        NR == FNR { old[$2] = $3; next }
        { new[$2] = $3 }
        END {
            for (row in new) if (!(row in old) && new[row] > 20000) { print row ": new, " new[row]; bad = 1 }
            for (row in old) {
                if (!(row in new)) { if (old[row] > 20000) { print row ": gone, was " old[row]; bad = 1 } }
                else { moved = new[row] - old[row]; if (moved < 0) moved = -moved
                    if (moved > old[row] * 0.03) { print row ": " old[row] " -> " new[row]; bad = 1 } }
            }
            exit bad
        }' "$work/old" "$work/block" || { echo "docs/sizes.md is not what was measured. If that is meant: bindings/kotlin/sizes.sh" >&2 && exit 1; }
    exit
fi
sed -i -e "/^<!-- kotlin -->\$/r $work/block" -e '/^<!-- kotlin -->$/,/^<!-- \/kotlin -->$/{/^<!-- /!d}' "$page"
