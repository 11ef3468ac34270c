#!/usr/bin/env bash
# Compiles the Android app, with the screens and the classes of the AARs, against the libraries of AndroidX: no Gradle, no SDK. They are
# in Google's repository. Makes nothing that could be installed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../.."
.ci/install.sh kotlin
# shellcheck source=demo-apps/android/bindings.sh
. demo-apps/android/bindings.sh

out=$here/target
# shellcheck disable=SC2154 # bindings.sh sets it
mvn -f "$here/pom.xml" "${maven_arguments[@]}" dependency:copy dependency:build-classpath "-Dmdep.outputFile=$out/compiler"
for aar in "$out"/libraries/*.aar; do
    (cd "$out/libraries" && jar xf "$aar" classes.jar && mv classes.jar "${aar%.aar}.jar")
done
libraries=$(printf '%s:' "$out"/libraries/*.jar)
plugin=$(tr ':' '\n' <"$out/compiler" | grep compose-compiler-plugin)
rm -rf "$out/classes"
java -cp "$(cat "$out/compiler")" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler "-Xplugin=$plugin" -Werror -jvm-target 17 \
    -no-stdlib -no-reflect -cp "$libraries" -d "$out/classes" \
    demo-apps/android/app/src/main/kotlin demo-apps/android/screens/src/main/kotlin \
    bindings/kotlin/android/src/main/kotlin bindings/kotlin/android-biometric/src/main/kotlin
echo "compiled: $(find "$out/classes" -name '*.class' | wc -l) classes"
