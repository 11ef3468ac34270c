#!/usr/bin/env bash
# Gives each fuzz target to libFuzzer: run.sh [SECONDS [TARGET...]]. What it finds is in target/fuzz/TARGET/.
#
# A stable compiler will do: the flags are those with which `cargo fuzz` instruments code, without its sanitizers. The code is
# safe Rust, so what they would look for is not in it.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
host=$(rustc -vV | sed -n 's/^host: //p')
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
  -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
# With --target, build scripts and macros stay as they are.
RUSTFLAGS="$coverage -Cdebug-assertions --cfg fuzzing" CARGO_PROFILE_RELEASE_LTO=off CARGO_TARGET_DIR=target/fuzz \
  cargo build --quiet --release --target "$host" -p lock-keeper-fuzz --features libfuzzer --bin decoder

targets=("$@")
[ ${#targets[@]} -gt 0 ] || for folder in reference-server/fuzz/corpus/*/; do targets+=("$(basename "$folder")"); done
for target in "${targets[@]}"; do
  found=target/fuzz/$target
  mkdir -p "$found/corpus" "$found/crashes"
  # The tree's corpus is read; what is new goes into the first folder. A crash ends the run, and the script.
  LOCK_KEEPER_FUZZ_TARGET=$target "target/fuzz/$host/release/decoder" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found/crashes/" "$found/corpus" "reference-server/fuzz/corpus/$target" \
    2>"$found/log" || { tail -n 30 "$found/log"; exit 1; }
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log")
  echo "$target: $executions executions in $seconds s, no crash"
done
