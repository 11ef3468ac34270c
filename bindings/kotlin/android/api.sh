#!/usr/bin/env bash
# Looks whether the public API of the AARs that were built last is still the one in ../api: api.sh [--write] [MODULE]..., both if not said.
# With --write it writes that anew. ../lint.sh does it for what is no AAR.
set -euo pipefail
cd "$(dirname "$0")/.."
write=
if [ "${1:-}" = --write ]; then write=$1 && shift; fi
[ $# -gt 0 ] || set -- android android-biometric
# shellcheck source=bindings/kotlin/lint/style.sh
. lint/style.sh
mkdir -p target/lint
for module in "$@"; do
    fresh=target/lint/$module.api
    java -cp "$(classpath abi)" lint/AbiDump.java "$module/target/classes-classes.jar" >"$fresh"
    [ -z "$write" ] || cp "$fresh" "api/$module.api"
    diff -u "api/$module.api" "$fresh" || {
        echo "The public API has changed. If that is meant: bindings/kotlin/android/api.sh --write" >&2
        exit 1
    }
done
