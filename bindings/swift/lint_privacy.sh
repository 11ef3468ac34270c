#!/usr/bin/env bash
# Holds PrivacyInfo.xcprivacy against what the library imports: for each function that Apple wants a reason for, its category must be there.
#
# It looks at the library for Linux, which calls the same functions by the same names, but for the clock: Rust's standard library reads
# mach_absolute_time on Apple where it reads clock_gettime here.
set -euo pipefail
swift=$(cd "$(dirname "$0")" && pwd -P)
cd "$swift/../.."
[ -n "${LOCK_KEEPER_BUILT:-}" ] || cargo build --quiet -p lock-keeper-ffi
library=${CARGO_TARGET_DIR:-target}/debug/liblock_keeper_ffi.so
imports=$(nm --dynamic --undefined-only "$library" | awk '{ print $2 }' | sed -E 's/@.*//; s/64$//' | sort -u)

needs() { # CATEGORY FUNCTION...
    local category=NSPrivacyAccessedAPICategory$1 function
    shift
    for function in "$@"; do
        if grep -qx "$function" <<<"$imports"; then
            if ! grep -q "<string>$category</string>" "$swift/Sources/LockKeeper/PrivacyInfo.xcprivacy"; then
                echo "The library imports $function, and PrivacyInfo.xcprivacy does not have $category." >&2
                exit 1
            fi
        fi
    done
}
needs FileTimestamp stat fstat lstat fstatat getattrlist getattrlistbulk fgetattrlist
needs SystemBootTime clock_gettime
needs DiskSpace statfs fstatfs statvfs fstatvfs
