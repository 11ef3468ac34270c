#!/usr/bin/env bash
# Builds what is handed out to people, and leaves stripped copies of it in target/bench/stripped for the bench to weigh.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
stripped=$target/bench/stripped
rm -rf "$stripped"
mkdir -p "$stripped"

server() {
  cargo build --quiet --release -p lock-keeper-server --bin lock-keeper-server --no-default-features --features "$1"
  strip -o "$stripped/$2" "$target/release/lock-keeper-server"
}

server sqlite "lock-keeper-server (SQLite)"
server postgres "lock-keeper-server (Postgres)"
server sqlite,postgres "lock-keeper-server (both)"
cargo build --quiet --release -p lock-keeper-cli --bin lock-keeper
strip -o "$stripped/lock-keeper (command line)" "$target/release/lock-keeper"
cargo build --quiet --profile phone -p lock-keeper-ffi
strip -o "$stripped/liblock_keeper_ffi.so (profile phone)" "$target/phone/liblock_keeper_ffi.so"
