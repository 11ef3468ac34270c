#!/usr/bin/env bash
# Looks at the Kotlin bindings: style (ktlint), smells (detekt), documentation (Dokka), and whether the public API is still the one in
# api/. `lint.sh --write` formats what ktlint can format, and writes api/ anew.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
case "${1:-}" in
"" | --write) write=${1:-} ;;
*) echo "usage: $0 [--write]" >&2 && exit 64 ;;
esac
"$root/.ci/install.sh" kotlin
cd "$here"

# shellcheck source=bindings/kotlin/lint/style.sh
. lint/style.sh
style face/src jvm/src testing/src android/src android/app/src android-biometric/src consumer/src

# Dokka reads the AARs too, the one that stands on AndroidX where that can be had.
# shellcheck source=bindings/kotlin/android/google.sh
. android/google.sh
aars=android
if google_answers; then aars+=,google; else echo "NOT LOOKED AT: the documentation of android-biometric. Google's Maven repository cannot be reached." >&2; fi
# Any file stands for the native library: nothing of it is looked at here.
maven "-Plint,$aars" -DskipTests -Dnative.library="$here/pom.xml" -Dmaven.test.skip=true package
mkdir -p api
for module in face jvm testing; do
    fresh=target/lint/$module.api
    java -cp "$(classpath abi)" lint/AbiDump.java "$(ls $module/target/lock-keeper*-[0-9].[0-9].[0-9].jar)" >"$fresh"
    if [ "$write" = --write ]; then cp "$fresh" "api/$module.api"; fi
    diff -u "api/$module.api" "$fresh" || {
        echo "The public API has changed. If that is meant: bindings/kotlin/lint.sh --write" >&2
        exit 1
    }
done
