#!/usr/bin/env bash
# Builds the native library, a key server and the Kotlin bindings, and drives the demo app's models and screens through whole journeys
# against that server:
#
#   test.sh [MAVEN ARGUMENT]...              such as -Dtest=JourneyTest
#   SCREENSHOTS=docs/images test.sh          writes the pictures of the screens there too
#
# Compose is in Maven Central and, in part, in Google's repository. Where that cannot be reached it says so, and tests nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
.ci/install.sh kotlin
.ci/install.sh compose
[ -n "${LOCK_KEEPER_BUILT:-}" ] || cargo build --quiet -p lock-keeper-ffi -p lock-keeper-server
# shellcheck source=demo-apps/android/bindings.sh
. "$here/bindings.sh"

# shellcheck source=bindings/kotlin/android/google.sh
. bindings/kotlin/android/google.sh
# shellcheck disable=SC2154 # bindings.sh sets it
if ! google_answers "${maven_arguments[@]}"; then
    echo "The tests of the Android app's screens were left out: Google's Maven repository cannot be reached." >&2
    exit 0
fi

mkdir -p "$here/screens/target"
# shellcheck disable=SC2154 # bindings.sh and native.sh set them
mvn -f "$here/pom.xml" "${maven_arguments[@]}" "-Dlockkeeper.server=$target/lock-keeper-server" \
    "-Dlockkeeper.screenshots=$(realpath "${SCREENSHOTS:-$here/screens/target}")" verify "$@"
