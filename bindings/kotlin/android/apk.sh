#!/usr/bin/env bash
# Packs a small app (app/) into an APK, with the AAR and without it, as far as that goes without Gradle: R8 by the AAR's own rules, signed
# with a key for once, and looked at by `apksigner verify`. Says how large each is, which is what an app grows by.
#
#   apk.sh [FOLDER]        FOLDER/ABI/liblock_keeper_ffi.so: an APK for each ABI that is there; else one without the library
#
# R8 is from Google's repository; `aapt2`, `zipalign` and `apksigner` are Debian's. Nothing of it was ever installed on a phone. Debian's
# zipalign aligns libraries to pages of 4 KB in the APK; Gradle's does it to 16 KB.
set -euo pipefail
kotlin=$(cd "$(dirname "$0")/.." && pwd)
[ -z "${1:-}" ] || natives=$(realpath "$1")
cd "$kotlin/../.."
.ci/install.sh kotlin
.ci/install.sh apk
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

maven() { mvn -q -B -ntp -Dstyle.color=never "$@"; }
classpath() {
    maven -f "$kotlin/android/$1.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath "-Dmdep.outputFile=$work/$1" >&2
    cat "$work/$1"
}

maven -f "$kotlin/pom.xml" -Pandroid -pl face,android -Dmaven.test.skip=true package
maven -f "$kotlin/android/apk.xml" dependency:copy "-DoutputDirectory=$work/libraries"
r8=$(classpath r8)
kotlinc=$(classpath kotlinc)
unzip -q "$(find "$kotlin/android/target" -maxdepth 1 -name 'lock-keeper-android-*.aar')" -d "$work/aar"
unzip -q "$work"/libraries/jna-*.aar -d "$work/jna"
android=$(find "$work/libraries" -name 'android-all-*.jar')
common=$(find "$work/libraries" -name 'kotlin*.jar' -o -name 'annotations-*.jar' | tr '\n' ' ')
ours="$(find "$kotlin/face/target" -maxdepth 1 -name 'lock-keeper-[0-9].[0-9].[0-9].jar') $work/aar/classes.jar $work/jna/classes.jar"

# What the coroutines ask of R8 comes with them; what the app's own components ask is told by aapt2. A build of an app finds both.
unzip -q -o "$(find "$work/libraries" -name 'kotlinx-coroutines-*.jar')" 'META-INF/com.android.tools/r8/*' -d "$work/coroutines"
aapt2 link -o "$work/base.apk" -I /usr/share/android-framework-res/framework-res.apk --manifest "$kotlin/android/app/AndroidManifest.xml" \
    --proguard "$work/components.pro"
cat "$work"/coroutines/META-INF/com.android.tools/r8/*.pro >>"$work/components.pro"
keytool -genkeypair -keystore "$work/key.p12" -storepass changeit -alias app -keyalg EC -dname CN=app -validity 1 2>/dev/null

# pack NAME LIBRARIES [RULES]: the app with `src/NAME`, over the jars in LIBRARIES.
pack() {
    local name=$1 jars=$2
    mkdir "$work/$name"
    # shellcheck disable=SC2086,SC2046 # lists
    java -cp "$kotlinc" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -Werror -jvm-target 11 -no-stdlib -no-reflect -d "$work/$name.jar" \
        -cp "$(echo $jars "$android" | tr ' ' ':')" "$kotlin/android/app/src/activity" "$kotlin/android/app/src/$name"
    # shellcheck disable=SC2086
    java -cp "$r8" com.android.tools.r8.R8 --release --min-api 24 --lib "$android" \
        --lib "$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")" \
        --pg-conf "$work/components.pro" ${3:+--pg-conf "$3"} --output "$work/$name" "$work/$name.jar" $jars 2>"$work/$name.r8" || { cat "$work/$name.r8" >&2 && exit 1; }
}

# sign NAME APP [FOLDER]: a signed APK of what `pack APP` has left, with the folder `lib` that is in FOLDER.
sign() {
    local apk=$work/$1.apk
    cp "$work/base.apk" "$apk"
    (cd "$work/$2" && zip -q "$apk" classes.dex)
    # Libraries are loaded from the APK as it lies there, so they are not compressed.
    [ -z "${3:-}" ] || (cd "$3" && zip -q -0 -D -r "$apk" lib)
    zipalign -f -p 4 "$apk" "$apk.aligned"
    apksigner sign --min-sdk-version 24 --ks "$work/key.p12" --ks-pass pass:changeit --out "$apk" "$apk.aligned"
    apksigner verify --min-sdk-version 24 "$apk"
}
bytes() { wc -c <"$1"; }

pack without "$common"
pack with "$common $ours" "$work/aar/proguard.txt"
sign without without
sign with with

# An APK that was changed is refused: else the above would say nothing.
cp "$work/with.apk" "$work/changed.apk"
printf '!' | dd of="$work/changed.apk" bs=1 seek=$(($(bytes "$work/changed.apk") / 2)) conv=notrunc status=none
if apksigner verify --min-sdk-version 24 "$work/changed.apk" >/dev/null 2>&1; then
    echo "apksigner takes an APK that was changed after it was signed." >&2
    exit 1
fi

echo "| a small app, signed | bytes of classes.dex | bytes of the APK | it grows by |"
echo "|---|---|---|---|"
before=$(bytes "$work/without.apk")
row() { echo "| $1 | $(bytes "$work/$2/classes.dex") | $(bytes "$work/$3.apk") | $(($(bytes "$work/$3.apk") - before)) |"; }
row "without Lock Keeper" without without
row "with it, without native libraries" with with
for library in ${natives:+"$natives"/*/liblock_keeper_ffi.so}; do
    abi=$(basename "$(dirname "$library")")
    mkdir -p "$work/$abi/lib/$abi"
    cp "$library" "$work/jna/jni/$abi/libjnidispatch.so" "$work/$abi/lib/$abi"
    sign "with-$abi" with "$work/$abi"
    row "with it, $abi: our library $(bytes "$library"), JNA's $(bytes "$work/jna/jni/$abi/libjnidispatch.so")" with "with-$abi"
done
