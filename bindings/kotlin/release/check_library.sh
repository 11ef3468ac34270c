#!/usr/bin/env bash
# Checks a library for Android before a phone has to: check_library.sh LIBRARY...
#
# - Each segment that is loaded begins at a multiple of 16 KB: a device with such pages does not load another.
# - It needs no library but those that every app has, and takes no symbol of theirs that bionic-24.txt lacks. A
#   weak symbol may be missing from a device. Whoever adds a line looks it up in bionic's libc.map.txt: it must be there at API 24.
#
# It reads the library by llvm-readelf (in READELF, if it has another name).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
readelf=${READELF:-llvm-readelf}
page=16384
[ $# -gt 0 ] || { echo "usage: $0 LIBRARY..." >&2 && exit 64; }

bad=0
complain() { echo "$library: $1" >&2 && bad=1; }

for library in "$@"; do
    segments=0
    while read -r alignment; do
        segments=$((segments + 1))
        [ $((alignment % page)) -eq 0 ] || complain "a segment is aligned to $((alignment)) bytes, not to $page."
    done < <("$readelf" --program-headers --wide "$library" | awk '$1 == "LOAD" { print $NF }')
    [ "$segments" -gt 0 ] || complain "it has no segment that is loaded."

    while read -r needed; do
        case "$needed" in
        libc.so | libm.so | libdl.so | liblog.so) ;;
        *) complain "it needs $needed." ;;
        esac
    done < <("$readelf" --dynamic-table --wide "$library" | sed -nE 's/.*\(NEEDED\).*\[(.*)\].*/\1/p')

    while read -r symbol; do
        complain "it takes the symbol $symbol, which is not in bionic-24.txt."
    done < <("$readelf" --dyn-syms --wide "$library" |
        awk '$7 == "UND" && $5 != "WEAK" && NF >= 8 { sub(/@.*/, "", $8); print $8 }' | sort -u | comm -23 - <(LC_ALL=C sort -u "$here/bionic-24.txt" | sort -u))
done
exit "$bad"
