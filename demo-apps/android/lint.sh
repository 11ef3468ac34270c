#!/usr/bin/env bash
# Looks at the demo app's Kotlin: style (ktlint) and smells (detekt), by the rules of the bindings. `lint.sh --write` formats what ktlint
# can format.
set -euo pipefail
cd "$(dirname "$0")"
case "${1:-}" in
# shellcheck disable=SC2034 # style reads it
"" | --write) write=${1:-} ;;
*) echo "usage: $0 [--write]" >&2 && exit 64 ;;
esac
../../.ci/install.sh kotlin
# shellcheck source=bindings/kotlin/lint/style.sh
. ../../bindings/kotlin/lint/style.sh
rules=detekt.yml style app/src desktop/src screens/src
