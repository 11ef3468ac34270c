#!/usr/bin/env bash
# Runs a command in a Debian system in a folder, which the first run makes: debian.sh FOLDER SUITE PACKAGES [COMMAND...]
#
# PACKAGES is one argument. Without a command the system is only made, and where it is already, nothing happens. In DEBIAN_BIND are
# folders that the command sees, separated by colons; this clone it always sees. They have the same paths inside.
#
# The network is the machine's, and the variables LOCK_KEEPER_* are handed on. It needs root, since it mounts; without root it ends with
# 77 and says so.
set -euo pipefail

if [ $# -lt 3 ]; then
    echo "usage: $0 FOLDER SUITE PACKAGES [COMMAND...]" >&2
    exit 64
fi
root=$1 suite=$2
if [ "$(id -u)" -ne 0 ]; then
    echo "debian.sh: $root is a Debian of its own, and to make and enter it takes root." >&2
    exit 77
fi

# Mounts and processes are in namespaces of our own, and the kernel takes both away with the command, however that ends: no server
# of a test goes on running, nothing stays mounted, and whoever removes the folder can never reach through it into the clone.
if [ -z "${INSIDE_OWN_NAMESPACE:-}" ]; then
    INSIDE_OWN_NAMESPACE=1 exec unshare --mount --propagation private --pid --fork --kill-child -- "${BASH_SOURCE[0]}" "$@"
fi

read -ra packages <<<"$3"
# What the folder was made from. Another line here makes it anew.
recipe="1 $suite ${packages[*]}"
clone=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

mount_system() {
    mkdir -p "$1/proc" "$1/dev" "$1/tmp"
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
}

in_root() {
    local folder=$1
    shift
    chroot "$folder" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# Runs in a namespace of its own, so that the folder is free of mounts when it gets its name.
make_root() {
    local new=$1 mirror
    if ! command -v debootstrap >/dev/null; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
    fi
    mirror=$(sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb +(\[[^]]*\] +)?([^ ]+).*/\2/p' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1 || true)
    debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "$suite" "$new" "$mirror" >"$new.log"
    # The machine's own way to the mirror, for as long as packages are fetched.
    cp /etc/resolv.conf /etc/hosts "$new/etc/"
    mkdir -p "$new/etc/apt/kept"
    cp -r "$new/etc/apt/apt.conf.d/." "$new/etc/apt/kept/"
    cp /etc/apt/apt.conf.d/* "$new/etc/apt/apt.conf.d/"
    # Waiting for the disk is for systems that must survive a power cut; this one is made again.
    echo force-unsafe-io >"$new/etc/dpkg/dpkg.cfg.d/unsafe-io"
    mount_system "$new"
    in_root "$new" apt-get update -qq
    in_root "$new" apt-get install -y -qq --no-install-recommends "${packages[@]}" >>"$new.log"
    in_root "$new" apt-get clean
    rm -rf "$new/etc/apt/apt.conf.d" "$new"/etc/apt/sources.list* "$new"/var/lib/apt/lists/*
    mv "$new/etc/apt/kept" "$new/etc/apt/apt.conf.d"
    rm -f "$new.log"
}

if [ "${MAKE_ROOT:-}" ]; then
    make_root "$MAKE_ROOT"
    exit
fi

mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"
flock 9
if [ "$(cat "$root/recipe" 2>/dev/null)" != "$recipe" ]; then
    echo "Making $root: Debian $suite with ${packages[*]}" >&2
    rm -rf --one-file-system "$root" "$root.new"
    mkdir -p "$root.new"
    if ! MAKE_ROOT=$root.new unshare --mount --propagation private -- "${BASH_SOURCE[0]}" "$@"; then
        tail -n 20 "$root.new.log" >&2 || true
        exit 1
    fi
    echo "$recipe" >"$root.new/recipe"
    mv "$root.new" "$root"
fi
exec 9>&-
shift 3
[ $# -gt 0 ] || exit 0

mount_system "$root"
IFS=: read -ra folders <<<"$clone:${DEBIAN_BIND:-}"
for folder in "${folders[@]}"; do
    if [ -n "$folder" ]; then
        mkdir -p "$root$folder"
        mount --bind "$folder" "$root$folder"
    fi
done

case "$PWD/" in
"$clone"/*) directory=$PWD ;;
*) directory=$clone ;;
esac
handed_on=()
while IFS= read -r name; do
    handed_on+=("$name=${!name}")
done < <(compgen -e | grep '^LOCK_KEEPER_')
# shellcheck disable=SC2016 # the inner shell's own variables
chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 TERM="${TERM:-dumb}" PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    ${handed_on[@]+"${handed_on[@]}"} sh -c 'cd "$1" && shift && exec "$@"' sh "$directory" "$@"
