#!/usr/bin/env bash
# Writes the generated Kotlin and Swift from the library that this crate builds; with --check it fails where the committed ones differ.
set -euo pipefail
bindings=$(cd "$(dirname "$0")/.." && pwd)
cd "$bindings/.."

case "${1:-}" in
"" | --check) ;;
*) echo "usage: $0 [--check]" >&2 && exit 2 ;;
esac

# `make test` has built the whole workspace, which is not the same build as of one crate.
if [ -z "${LOCK_KEEPER_BUILT:-}" ]; then
    cargo build --quiet -p lock-keeper-ffi
    cargo build --quiet -p lock-keeper-bindgen
fi
target=${CARGO_TARGET_DIR:-target}/debug
library=$target/liblock_keeper_ffi.so
[ -f "$library" ] || library=$target/liblock_keeper_ffi.dylib

if [ "${1:-}" != --check ]; then
    "$target/lock-keeper-bindgen" "$library" "$bindings"
    exit
fi

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$target/lock-keeper-bindgen" "$library" "$fresh"
drifted=0
for part in kotlin/generated swift/Sources/LockKeeperFFI swift/Sources/LockKeeperBindings; do
    diff -ru "$bindings/$part" "$fresh/$part" || drifted=1
done
if [ "$drifted" = 1 ]; then
    echo "The generated sources have drifted: run bindings/ffi/generate.sh and commit them." >&2
    exit 1
fi
