#!/usr/bin/env bash
# Runs a command where there is Swift 6: toolchain.sh COMMAND... On Linux that is a Debian system in a folder (2.6 GB), which the first run
# makes by .ci/debian.sh. On macOS it just runs the command.
#
#   LOCK_KEEPER_SWIFT_ROOT   where that folder is (target/swift-toolchain in this clone, if not said); clones may share one
#   LOCK_KEEPER_SWIFT_BIND   more folders that the command sees, separated by colons; this clone it always sees
#
# It needs root; without root it ends with 77 and says so.
set -euo pipefail

if [ "$(uname)" = Darwin ]; then
    exec "$@"
fi

suite=trixie # the first Debian whose C library and Swift go together
# swiftlang has the compiler, the package manager, XCTest, Foundation, swift-format and docc; libpq5 and sqlite3 are for the server under test.
packages="swiftlang libxml2-dev libcurl4-openssl-dev zlib1g-dev ca-certificates libpq5 sqlite3"
clone=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

inside=()
if [ $# -gt 0 ]; then
    inside=(env PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/libexec/swift/bin)
    while IFS= read -r name; do
        inside+=("$name=${!name}")
    done < <(compgen -e | grep -E '^(TSAN_OPTIONS$|LIBDISPATCH_)')
fi
DEBIAN_BIND=${LOCK_KEEPER_SWIFT_BIND:-} exec "$clone/.ci/debian.sh" \
    "${LOCK_KEEPER_SWIFT_ROOT:-$clone/target/swift-toolchain}" "$suite" "$packages" ${inside[@]+"${inside[@]}"} "$@"
