# shellcheck shell=bash disable=SC2034,SC2154 # they are for whoever sources this, and `swift` is theirs
# How the package is compiled where SwiftPM does not do it: to be sourced in the clone's folder, with `swift` as the package's, after SwiftPM
# has built the generated module.

# What is `package` is seen by the package alone, which SwiftPM names after its folder.
package=$(basename "$PWD" | tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9\n' _)
# Where the generated module is found, and the C below it.
generated=(-I target/swift/debug/Modules -Xcc "-fmodule-map-file=$PWD/$swift/Sources/LockKeeperFFI/module.modulemap")
mapfile -t face < <(find "$swift/Sources/LockKeeper" -name '*.swift')

# stand_ins FOLDER: makes there the modules and the objects that stand in for Apple's frameworks.
stand_ins() {
    local module
    for module in Security LocalAuthentication; do
        swiftc -swift-version 6 -parse-as-library -c -emit-module -emit-module-path "$1/$module.swiftmodule" -module-name "$module" \
            -o "$1/$module.o" "$swift/stand-ins/$module.swift"
    done
}
