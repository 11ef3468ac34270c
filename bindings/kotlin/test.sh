#!/usr/bin/env bash
# Builds the native library, a key server and the Kotlin bindings, and runs the tests of these against it, on both engines:
#
#   test.sh [MAVEN ARGUMENT]...        such as -pl jvm -am -Dtest=OperationsTest
#
# Without arguments the AAR is built and tested too, and both AARs on Android's own classes by Robolectric where Google's repository can be
# reached; besides an app that knows the artefacts alone, and some of the tests over the library of phones.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"

# Without a cluster from outside: with one that lives as long as this does.
if [ -z "${LOCK_KEEPER_TEST_POSTGRES:-}" ]; then
    .ci/install.sh
    exec .ci/test.sh bindings/kotlin/test.sh "$@"
fi

.ci/install.sh kotlin
# `make test` has built the whole workspace, which is not the same build as of two of its crates.
[ -n "${LOCK_KEEPER_BUILT:-}" ] || cargo build --quiet -p lock-keeper-ffi -p lock-keeper-server
# shellcheck source=bindings/kotlin/native.sh
. "$here/native.sh"
# `install` would put what is under test where other builds find it: `verify` leaves it here.
verify() { mvn -f "$here/pom.xml" -B -q -ntp "${native_arguments[@]}" "-Dlockkeeper.server=$target/lock-keeper-server" verify "$@"; }
if [ $# -gt 0 ]; then
    verify "$@"
    exit
fi
# shellcheck source=bindings/kotlin/android/google.sh
. "$here/android/google.sh"
left_out=
if google_answers; then
    verify -Pandroid,google
    "$here/android/api.sh" android android-biometric
else
    left_out=1
    verify -Pandroid
    "$here/android/api.sh" android
fi
"$here/consumer.sh"

# Phones have a library with another TLS, built for its size: what the network and the server can do to it. The server is the same.
phone=$(bindings/ffi/phone.sh)/liblock_keeper_ffi.$suffix
mvn -f "$here/pom.xml" -B -q -ntp "-Dnative.library=$phone" "-Dnative.system=$system-$machine" \
    "-Dlockkeeper.server=$target/lock-keeper-server" -pl jvm -am -Dtest='NetworkTest,OperationsTest' -Dsurefire.failIfNoSpecifiedTests=false test
cmp "$phone" "$here/jvm/target/classes/$system-$machine/$(basename "$phone")"

if [ -n "$left_out" ]; then
    echo "NOT TESTED: the AARs on Android's own classes, and the AAR for biometrics at all. Google's Maven repository cannot be reached." >&2
fi
