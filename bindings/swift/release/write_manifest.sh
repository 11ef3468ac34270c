#!/usr/bin/env bash
# Writes version and checksum of the released library into Package.swift: write_manifest.sh VERSION CHECKSUM.
set -euo pipefail
cd "$(dirname "$0")/../../.."
version=$1
checksum=$2
[[ $checksum =~ ^[0-9a-f]{64}$ ]] || { echo "write_manifest.sh: $checksum is no SHA-256" >&2 && exit 64; }
released="let released: (version: String, checksum: String)? = (\"$version\", \"$checksum\")"
changed=$(sed -E "s/^let released: .*$/$released/" Package.swift)
grep -q "$checksum" <<<"$changed" || { echo "write_manifest.sh: Package.swift has no line for it" >&2 && exit 1; }
printf '%s\n' "$changed" >Package.swift
