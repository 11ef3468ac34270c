#!/usr/bin/env bash
# Builds the native library, a key server and the Kotlin bindings, and runs the tests of these against it, on both engines:
#
#   test.sh [MAVEN ARGUMENT]...        such as -pl jvm -am -Dtest=OperationsTest
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
mvn -f "$here/pom.xml" -B -q -ntp "${native_arguments[@]}" "-Dlockkeeper.server=$target/lock-keeper-server" verify "$@"
[ $# -gt 0 ] || "$here/consumer.sh"
