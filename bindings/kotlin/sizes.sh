#!/usr/bin/env bash
# Measures the library of phones on this machine's own ABI, and the AAR around it, and writes the blocks
# `kotlin` and `aar` of docs/sizes.md.
#
#   sizes.sh            writes the block
#   sizes.sh --check    fails where a figure has moved by more than 3 percent, or the AAR holds something else; writes nothing
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
.ci/install.sh kotlin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# With its symbols, by which the parts are told; they are stripped below.
library=$(bindings/ffi/phone.sh)/liblock_keeper_ffi.so
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

# Without native libraries, which are as large as their ABI makes them. `jar` tells the bytes before compression.
# Classes whose source is gone would stay in a folder that was built before, and be weighed.
rm -rf bindings/kotlin/{face,android}/target/classes
mvn -f bindings/kotlin/pom.xml -B -q -ntp -Pandroid -pl face,android -Dmaven.test.skip=true package
aar=$(ls bindings/kotlin/android/target/lock-keeper-android-[0-9].[0-9].[0-9].aar)
face=$(ls bindings/kotlin/face/target/lock-keeper-[0-9].[0-9].[0-9].jar)

{
    echo "| Linux x86_64, profile \`phone\`, TLS by ring | bytes |"
    echo "|---|---|"
    echo "| the native library, stripped | $(wc -c <"$work/stripped.so") |"
    parts | awk -F '\t' '{ printf "| of that: %s | %d |\n", $2, $1 }'
} >"$work/kotlin"
{
    echo "| what an app adds, without native libraries | bytes |"
    echo "|---|---|"
    for file in "$aar" "$face"; do echo "| \`$(basename "$file")\` | $(wc -c <"$file") |"; done
    jar tvf "$aar" | awk '$NF !~ /\/$/ { printf "| in the AAR: `%s` | %d |\n", $NF, $1 }' | sort
} >"$work/aar"

# Parts of the library of less than 20 KB come and go; what the AAR holds does not.
.ci/sizes_block.sh kotlin "$work/kotlin" ${1:+"$1" 20000} && .ci/sizes_block.sh aar "$work/aar" "$@" || {
    echo "docs/sizes.md is not what was measured. If that is meant: bindings/kotlin/sizes.sh" >&2
    exit 1
}
