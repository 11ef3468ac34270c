#!/usr/bin/env bash
# Puts a static library where `swift build` finds it, and prints that folder: place_library.sh ARCHIVE.
#
# SwiftPM does not link anew when nothing but an archive has changed. So the folder is named by what is in it.
set -euo pipefail
archive=$(realpath "$1")
cd "$(dirname "$0")/../.."
folder=$PWD/target/swift/core/$(sha256sum "$archive" | cut -c1-16)
if [ ! -f "$folder/liblock_keeper_ffi.a" ]; then
    rm -rf target/swift/core
    mkdir -p "$folder"
    cp "$archive" "$folder/liblock_keeper_ffi.a"
fi
echo "$folder"
