#!/usr/bin/env bash
# A release of the Swift package, in the only order that works: release.sh VERSION. On macOS; it has never run (see xcframework.sh).
#
#   LOCK_KEEPER_SIGN_WITH   the identity that signs the library, as `security find-identity` names it; what is not signed is not released
#
# SwiftPM takes the manifest of a tag, and the manifest holds the checksum of the library. So the library is built first, then the
# manifest is committed, then tagged; the zip that goes up is the very one that was built. Two builds are not the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../../.."
version=${1:?usage: release.sh VERSION}
: "${LOCK_KEEPER_SIGN_WITH:?release.sh: a release is signed; which identity is that?}"
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "release.sh: $version is not a version" >&2 && exit 64; }
[ -z "$(git status --porcelain)" ] || { echo "release.sh: there is something that is not committed" >&2 && exit 1; }
! git rev-parse --quiet --verify "refs/tags/$version" >/dev/null || { echo "release.sh: $version is there already" >&2 && exit 1; }
grep -q "^version = \"$version\"$" Cargo.toml || { echo "release.sh: Cargo.toml has another version" >&2 && exit 1; }

# 1. Build, and check what was built: the tests on the Mac, against the XCFramework.
bindings/swift/release/xcframework.sh
bindings/swift/release/test_xcframework.sh
zip=target/swift/LockKeeperFFI.xcframework.zip

# 2. Its checksum, into the manifest.
checksum=$(swift package --scratch-path target/swift compute-checksum "$zip")
bindings/swift/release/write_manifest.sh "$version" "$checksum"
git add Package.swift
git commit -m "Release $version of the Swift package" -- Package.swift

# 3. The tag, and what belongs to it. Until the zip is up nobody can resolve the tag, so it goes up as a draft first.
git tag -a "$version" -m "Lock Keeper $version"
gh release create "$version" --draft --title "$version" "$zip" target/swift/LockKeeperFFI.dSYMs.zip
git push origin HEAD "refs/tags/$version"
gh release edit "$version" --draft=false
