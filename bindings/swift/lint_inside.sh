#!/usr/bin/env bash
# What lint.sh does where Swift is: formatting, the API baseline, and Apple's part against stand-ins. lint_inside.sh [--write]
set -euo pipefail
cd "$(dirname "$0")/../.."
swift=bindings/swift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

swift format lint --strict --recursive --configuration "$swift/.swift-format" Package.swift \
    "$swift"/Sources/LockKeeper "$swift"/Sources/LockKeeperTesting "$swift"/Tests "$swift"/consumer/Package.swift \
    "$swift"/consumer/Sources "$swift"/stand-ins/KeychainChecks.swift

# A core that the manifest does not know is refused by name, and not taken for the source.
if LOCK_KEEPER_SWIFT_CORE=binary swift package --scratch-path target/swift describe >/dev/null 2>"$work/refused"; then
    echo "Package.swift takes any value of LOCK_KEEPER_SWIFT_CORE." >&2
    exit 1
fi
grep -q "LOCK_KEEPER_SWIFT_CORE is binary" "$work/refused" || { cat "$work/refused" >&2 && exit 1; }

swift build --quiet --scratch-path target/swift --target LockKeeperTesting
# shellcheck source=bindings/swift/compile.sh
. "$swift/compile.sh"
compile=(swiftc -swift-version 6 -parse-as-library -typecheck -warnings-as-errors -package-name "$package" "${generated[@]}")

# The public API as text. Whoever changes it shows it in the same commit: lint.sh --write.
drifted=0
for module in LockKeeper LockKeeperTesting; do
    mapfile -t sources < <(find "$swift/Sources/$module" -name '*.swift' | LC_ALL=C sort)
    "${compile[@]}" -suppress-warnings -no-warnings-as-errors -enable-library-evolution -no-verify-emitted-module-interface \
        -emit-module-interface-path "$work/$module.swiftinterface" -module-name "$module" "${sources[@]}"
    grep -v '^// swift-' "$work/$module.swiftinterface" >"$work/$module"
    if [ "${1:-}" = --write ]; then
        mkdir -p "$swift/api"
        cp "$work/$module" "$swift/api/$module.swiftinterface"
    fi
    diff -u "$swift/api/$module.swiftinterface" "$work/$module" || drifted=1
done
if [ "$drifted" = 1 ]; then
    echo "The public API has changed. If it should have: bindings/swift/lint.sh --write, and commit bindings/swift/api." >&2
    exit 1
fi
if grep -n Ffi "$swift"/api/*.swiftinterface; then
    echo "A generated name is in the public API." >&2
    exit 1
fi

# An app that imports the generated module finds nothing in it. (LockKeeperFFI below it is C, and can be called: docs/adr/0018.)
printf 'import LockKeeperBindings\nlet client: FfiClient? = nil\n' >"$work/Intruder.swift"
if "${compile[@]}" -package-name an_app -module-name Intruder "$work/Intruder.swift" 2>"$work/refused"; then
    echo "An app can use the generated module." >&2
    exit 1
fi
grep -q "cannot find type 'FfiClient'" "$work/refused" || { cat "$work/refused" >&2 && exit 1; }

# Apple's part of the package, against stand-ins of Apple's frameworks.
stand_ins "$work"
"${compile[@]}" -module-name LockKeeper -I "$work" "${face[@]}"
# So that what the articles show of it is checked as an app would compile it.
mkdir "$work/apple"
"${compile[@]/#-typecheck/-emit-module}" -module-name LockKeeper -I "$work" -o "$work/apple/LockKeeper.swiftmodule" "${face[@]}"
swiftc -swift-version 6 -parse-as-library -typecheck -warnings-as-errors -I "$work/apple" -I "$work" "${generated[@]}" \
    "$swift/consumer/Sources/Consumer/Unlocking.swift"
