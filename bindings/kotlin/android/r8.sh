#!/usr/bin/env bash
# Shows that the AAR's rules for R8 are needed and are enough: shrinks an app (consumer/) with everything that it stands on, and runs what
# is left against a real key server. With the rules its secret comes back; without them it must fail.
#
# test.sh has built the native library and the server. R8 is from Google's repository.
set -euo pipefail
kotlin=$(cd "$(dirname "$0")/.." && pwd)
cd "$kotlin/../.."
# shellcheck source=bindings/kotlin/native.sh
. "$kotlin/native.sh"
# shellcheck source=reference-server/testbed/dev_server.sh
. reference-server/testbed/dev_server.sh
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

classpath() { mvn -q -B -ntp "$@" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath "-Dmdep.outputFile=$work/classpath"; }

"$target/lock-keeper-server" dev --listen 127.0.0.1:0 --data "$work/data" --json >"$work/server.log" 2>&1 &
server=$!

# The app is compiled with the module that it stands on, so that nothing has to be installed.
mvn -f "$kotlin/pom.xml" -q -B -ntp "${native_arguments[@]}" -pl face,jvm -Dmaven.test.skip=true package \
    org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath "-Dmdep.outputFile=$work/classpath" -DincludeScope=runtime
runtime=$(tr ':' '\n' <"$work/classpath" | grep '\.jar$' | grep -v '/lock-keeper-' | tr '\n' ' ')
classpath -f "$kotlin/android/r8.xml"
r8=$(cat "$work/classpath")
app=$(find "$kotlin/face/target" "$kotlin/jvm/target" -maxdepth 1 -name 'lock-keeper*-*.jar' | tr '\n' ' ')

mkdir "$work/app"
mvn -q -B -ntp -f "$kotlin/android/kotlinc.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath "-Dmdep.outputFile=$work/kotlinc"
# shellcheck disable=SC2086 # lists of jars
java -cp "$(cat "$work/kotlinc")" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -jvm-target 11 -no-stdlib -no-reflect -d "$work/app.jar" \
    -cp "$(echo $app $runtime | tr ' ' ':')" "$kotlin/consumer/src/main/kotlin"

# What the coroutines need of R8 comes with them, and a build of an app finds it there.
coroutines=$(echo "$runtime" | tr ' ' '\n' | grep kotlinx-coroutines-core)
unzip -q -o "$coroutines" 'META-INF/com.android.tools/r8/*' -d "$work/rules"
cat "$work"/rules/META-INF/com.android.tools/r8/*.pro >"$work/app.pro"
echo '-keep class MainKt { public static void main(java.lang.String[]); }' >>"$work/app.pro"
# JNA's own native part is a resource, and no class.
unzip -q -o "$(echo "$runtime" | tr ' ' '\n' | grep '/jna-[0-9]')" 'com/sun/jna/*/libjnidispatch*' -d "$work/resources"

shrink() {
    # shellcheck disable=SC2086
    java -cp "$r8" com.android.tools.r8.R8 --release --classfile --lib "$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")" \
        --pg-conf "$work/app.pro" "${@:2}" --output "$work/$1.jar" "$work/app.jar" $app $runtime 2>"$work/$1.r8" || { cat "$work/$1.r8" >&2 && exit 1; }
}
run() {
    java "-Djna.library.path=$target" -cp "$work/$1.jar:$work/resources" MainKt "$work/data/connect.json" "$work/state-$1" >"$work/$1.out" 2>&1
}
wait_until_ready "$server" "$work/data" "$work/server.log"

shrink with --pg-conf "$kotlin/android/content/proguard.txt"
shrink without
classes() { unzip -l "$work/$1.jar" | grep -c '\.class$'; }
run with || { cat "$work/with.out" >&2 && echo "With the AAR's rules the app does not work." >&2 && exit 1; }
if run without; then
    echo "Without the AAR's rules the app works as well: they are not needed, or this proves nothing." >&2
    exit 1
fi
echo "with the rules: $(classes with) classes, and the secret came back"
echo "without them: $(classes without) classes, and $(grep -m1 -E 'Exception|Error' "$work/without.out")"
