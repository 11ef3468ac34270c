#!/usr/bin/env bash
# Looks whether the public API of the AARs that were built last is still the one in ../api; `api.sh --write` writes that anew. ../lint.sh
# does it for what is built without Google's repository.
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
"" | --write) ;;
*) echo "usage: $0 [--write]" >&2 && exit 64 ;;
esac
# shellcheck source=bindings/kotlin/lint/style.sh
. lint/style.sh
mkdir -p target/lint
for module in android android-biometric; do
    fresh=target/lint/$module.api
    java -cp "$(classpath abi)" lint/AbiDump.java "$module/target/classes-classes.jar" >"$fresh"
    [ "${1:-}" != --write ] || cp "$fresh" "api/$module.api"
    diff -u "api/$module.api" "$fresh" || {
        echo "The public API has changed. If that is meant: bindings/kotlin/android/api.sh --write" >&2
        exit 1
    }
done
