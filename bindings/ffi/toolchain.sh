#!/usr/bin/env bash
# Runs a command where Rust has the sources of its own library, and clang and lld are: toolchain.sh COMMAND... It is for targets that this
# machine's Rust has no library for. On Linux alone: that is a Debian system in a folder (1.7 GB), which the first run makes by .ci/debian.sh.
#
#   LOCK_KEEPER_RUST_ROOT   where that folder is (target/rust-toolchain in this clone, if not said); clones may share one
#
# Inside, cargo is offline and builds in target/rust. Its crates are those of Cargo.lock, which this machine's own cargo fetches, and those
# that Rust's own library stands on, which Debian has beside the sources. It needs root; without root it ends with 77 and says so.
set -euo pipefail

suite=sid # the only Debian whose Rust is new enough (Cargo.toml: rust-version)
packages="rustc cargo rust-src clang lld llvm"
clone=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
root=${LOCK_KEEPER_RUST_ROOT:-$clone/target/rust-toolchain}
cargo_home=$clone/target/rust-cargo

"$clone/.ci/debian.sh" "$root" "$suite" "$packages"

mkdir -p "$cargo_home/crates"
exec 9>"$cargo_home.lock"
flock 9
# Links first: cargo removes what it has not put there, and they lead into Debian.
find "$cargo_home/crates" -maxdepth 1 -type l -delete
if ! cmp -s "$clone/Cargo.lock" "$cargo_home/Cargo.lock"; then
    cargo vendor --locked --quiet --versioned-dirs --manifest-path "$clone/Cargo.toml" "$cargo_home/crates" >/dev/null
    cp "$clone/Cargo.lock" "$cargo_home/"
fi
for crate in "$root"/usr/src/rustc-*/library/vendor/*; do
    [ -e "$cargo_home/crates/${crate##*/}" ] || ln -s "${crate#"$root"}" "$cargo_home/crates/"
done
cat >"$cargo_home/config.toml" <<CONFIG
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "$cargo_home/crates"
CONFIG
exec 9>&-

exec "$clone/.ci/debian.sh" "$root" "$suite" "$packages" \
    env "CARGO_HOME=$cargo_home" CARGO_NET_OFFLINE=true "CARGO_TARGET_DIR=$clone/target/rust" "$@"
