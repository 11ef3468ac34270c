#!/usr/bin/env bash
# What sizes.sh does where Swift is: links the README's example with the package, and a program without it. sizes_inside.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$1
swift build --quiet -c release --scratch-path "$work" --target LockKeeper >&2

link() { # NAME SOURCE_OR_OBJECT...
    local name=$1
    shift
    swiftc -O -swift-version 6 -parse-as-library -module-name "$name" -I "$work/release/Modules" \
        -Xcc "-fmodule-map-file=$PWD/bindings/swift/Sources/LockKeeperFFI/module.modulemap" \
        -Xlinker --gc-sections -Xlinker "-Map=$work/$name.map" -o "$work/$name" "$@"
    strip -o "$work/$name.stripped" "$work/$name"
}

cat >"$work/With.swift" <<'SWIFT'
import Foundation
import LockKeeper

@main struct With {
    static func main() async throws {
        let json = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
        try await keepASecret(connectJSON: json, name: UUID().uuidString, typed: "an example", store: MemoryStore())
    }
}
SWIFT
cat >"$work/Without.swift" <<'SWIFT'
import Foundation

@main struct Without {
    static func main() async throws {
        let json = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
        print(UUID().uuidString, json.count)
    }
}
SWIFT
mapfile -t objects < <(find "$work/release/LockKeeper.build" "$work/release/LockKeeperBindings.build" -name '*.o' | LC_ALL=C sort)
link With "$work/With.swift" bindings/swift/consumer/Sources/Consumer/KeepASecret.swift "${objects[@]}" -L "$work" -l:liblock_keeper_ffi.a
link Without "$work/Without.swift"

# What the linker took from each file, after it has left out what nothing calls, and without what is stripped or stands in no file.
parts() {
    awk '
        function number(hex,    i, n) {
            for (i = 3; i <= length(hex); i++) n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
            return n
        }
        /^Linker script and memory map/ { taken = 1 }
        /^ [^ *]/ { section = $1 }
        taken && section !~ /^\.(debug|bss|tbss|comment)/ && match($0, / 0x[0-9a-f]+ +0x[0-9a-f]+ [^ ].*$/) {
            split(substr($0, RSTART), field, " +")
            if (field[4] ~ /liblock_keeper_ffi\.a/) part = "the Rust library"
            else if (field[4] ~ /LockKeeperBindings\.build/) part = "the generated code"
            else if (field[4] ~ /LockKeeper\.build/) part = "the face, written by hand"
            else next
            bytes[part] += number(field[3])
        }
        END { for (part in bytes) printf "| of that: %s | %d |\n", part, (bytes[part] + 500) / 1000 }' "$work/With.map" | sort -t '|' -k3,3nr
}

kilobytes() { echo $((($1 + 500) / 1000)); }
with=$(wc -c <"$work/With.stripped")
without=$(wc -c <"$work/Without.stripped")
echo "| Linux x86_64, Swift with \`-O\`, Rust with profile \`phone\` and TLS by ring | KB (1000 bytes) |"
echo "|---|---|"
echo "| a program that keeps a secret, stripped | $(kilobytes "$with") |"
echo "| a program of the same kind without the package, stripped | $(kilobytes "$without") |"
echo "| what the package adds | $(kilobytes $((with - without))) |"
parts
