#!/usr/bin/env bash
# Installs what a fresh Debian 12 machine with Rust lacks. Run again it does nothing.
#
#   install.sh          what building and testing needs
#   install.sh sqlite   what a build with SQLite alone needs
#   install.sh lint     what `make lint` needs besides
#   install.sh kotlin   what the Kotlin bindings need besides: a JDK and Maven
#   install.sh apk      what packs and signs a small app for Android
#   install.sh wheel    what fetches a package of PyPI and unpacks it
#   install.sh publish  what signs the artefacts for Maven Central
#   install.sh compose  what the Android app's screens need besides: what Skia is linked with, and a font
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "Installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# aws-lc-rs and SQLite are built from source: a C compiler and cmake.
build_packages=(gcc g++ make cmake pkg-config)

case "${1:-}" in
  sqlite) install_packages "${build_packages[@]}" ;;
  "") install_packages "${build_packages[@]}" libpq-dev postgresql ;;
  lint)
    install_packages "${build_packages[@]}" libpq-dev
    for component in rustfmt clippy; do
      cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 || rustup component add "$component"
    done
    # In the clone, so that nothing of it stays on the machine. Built without optimisation: it is sooner ready than it runs.
    if [ ! -x target/tools/bin/cargo-deny ]; then
      cargo install --quiet --locked --debug --root target/tools --target-dir target/tools/build cargo-deny --version 0.20.2
      rm -rf target/tools/build
    fi
    ;;
  kotlin) install_packages "${build_packages[@]}" libpq-dev openjdk-17-jdk-headless maven ;;
  apk) install_packages aapt zipalign apksigner android-framework-res zip unzip ;;
  wheel) install_packages python3-pip unzip ;;
  publish) install_packages gnupg ;;
  compose) install_packages libgl1 libx11-6 libfontconfig1 fonts-dejavu-core ;;
  *) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
