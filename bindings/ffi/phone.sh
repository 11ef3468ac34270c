#!/usr/bin/env bash
# Builds the library as phones have it, for this machine, and prints the folder where it lies. Its symbols stay, so that its parts can be
# told: strip(1) makes of it what is handed out.
set -euo pipefail
cd "$(dirname "$0")/../.."
CARGO_PROFILE_PHONE_STRIP=none cargo build --locked --quiet -p lock-keeper-ffi --no-default-features --features ring --profile phone >&2
echo "$(realpath "${CARGO_TARGET_DIR:-target}")/phone"
