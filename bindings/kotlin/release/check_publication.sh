#!/usr/bin/env bash
# Publishes the artefacts into a folder, signed with a key that is thrown away, and looks whether they are what Maven Central demands:
#
#   check_publication.sh [MAVEN ARGUMENT]...        such as -Pgoogle, for the artefact that stands on AndroidX
#
# A native library must be there (test.sh has built it); which one does not matter here.
set -euo pipefail
kotlin=$(cd "$(dirname "$0")/.." && pwd)
cd "$kotlin/../.."
.ci/install.sh kotlin
.ci/install.sh publish
# shellcheck source=bindings/kotlin/native.sh
. "$kotlin/native.sh"
work=$(mktemp -d)
export GNUPGHOME=$work/gnupg
trap 'gpgconf --kill all; rm -rf "$work"' EXIT
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key 'Nobody <nobody@example.org>' ed25519 sign 1d

mvn -f "$kotlin/pom.xml" -B -q -ntp -Pandroid,release,sign "${native_arguments[@]}" -Dmaven.test.skip=true "$@" \
    "-DaltDeploymentRepository=folder::file:$work/repository" deploy
java "$kotlin/release/CheckPublication.java" "$work/repository"
find "$work/repository" -name '*.asc' | while read -r signature; do
    gpg --batch --verify "$signature" "${signature%.asc}" 2>"$work/said" || { cat "$work/said" >&2 && exit 1; }
done
