#!/usr/bin/env bash
# Builds the native library, a key server and the Kotlin bindings, and drives the demo app's models and screens through whole journeys
# against that server:
#
#   test.sh [MAVEN ARGUMENT]...              such as -Dtest=JourneyTest
#   SCREENSHOTS=docs/images test.sh          writes the pictures of the screens there too
#
# Compose is in Google's repository and in Maven Central.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
.ci/install.sh kotlin
[ -n "${LOCK_KEEPER_BUILT:-}" ] || cargo build --quiet -p lock-keeper-ffi -p lock-keeper-server
# shellcheck source=demo-apps/android/bindings.sh
. "$here/bindings.sh"
mkdir -p "$here/screens/target"
# shellcheck disable=SC2154 # bindings.sh and native.sh set them
mvn -f "$here/pom.xml" "${maven_arguments[@]}" "-Dlockkeeper.server=$target/lock-keeper-server" \
    "-Dlockkeeper.screenshots=$(realpath "${SCREENSHOTS:-$here/screens/target}")" verify "$@"
