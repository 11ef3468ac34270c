#!/usr/bin/env bash
# Puts a table of figures into its block of docs/sizes.md, or compares the two: sizes_block.sh NAME FILE [--check].
#
# A figure may have moved by 3 percent. Rows that are new or gone count from a size on: sizes_block.sh NAME FILE --check ENOUGH.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1 measured=$2
page=docs/sizes.md
if [ "${3:-}" != --check ]; then
    sed -i -e "/^<!-- $name -->\$/r $measured" -e "/^<!-- $name -->\$/,/^<!-- \\/$name -->\$/{/^<!-- /!d}" "$page"
    exit
fi
awk -F ' *[|] *' -v enough="${4:-0}" '
    $3 !~ /^[0-9]+$/ { next }
    NR == FNR { old[$2] = $3; next }
    { new[$2] = $3 }
    END {
        for (row in new) if (!(row in old) && new[row] > enough) { print row ": new, " new[row]; bad = 1 }
        for (row in old) {
            if (!(row in new)) { if (old[row] > enough) { print row ": gone, was " old[row]; bad = 1 } }
            else { moved = new[row] - old[row]; if (moved < 0) moved = -moved
                if (moved > old[row] * 0.03) { print row ": " old[row] " -> " new[row]; bad = 1 } }
        }
        exit bad
    }' <(sed -n "/^<!-- $name -->\$/,/^<!-- \\/$name -->\$/p" "$page") "$measured"
