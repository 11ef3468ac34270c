#!/usr/bin/env bash
# Takes each defence out, and demands that the tests named for it fail without it and pass with it.
#
#   check.sh [NAME...]               takes the defences out one by one (all, or these), and prints a table; an hour for all
#   check.sh --apply-only [NAME...]  only looks whether each patch still applies and has its row in docs/defences.md; seconds
#
# A defence is a file NAME.patch beside this one: lines with `Attack:`, `Defence:` and one or more `Test: CRATE TARGET TEST...`
# (TARGET is `lib` or the name of a test target), and then the diff that takes the defence out.
#
# The work is done in a clone of the last commit with a target directory of its own, both in DEFENCES_DIR (target/defences
# unless it is set), and never in the tree. Tests of Postgres need LOCK_KEEPER_TEST_POSTGRES.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
patches=$root/.ci/defences
work=${DEFENCES_DIR:-$root/target/defences}
tree=$work/tree
log=$work/last.log
# Seconds for one run; longer than the slowest takes where everything works.
limit=600

# header FIELD NAME: what the patch says in this field, a line for each time
header() { sed '/^--- /,$d' "$patches/$2.patch" | sed -n "s/^$1: //p"; }

apply_only() {
  local bad=0 name field
  for name in "$@"; do
    for field in Attack Defence Test; do
      [ -n "$(header $field "$name")" ] || { echo "$name.patch has no line $field:" >&2; bad=1; }
    done
    git apply --check "$patches/$name.patch" || { echo "$name.patch does not apply any more" >&2; bad=1; }
    grep -q "^| \`$name\`" docs/defences.md || { echo "$name has no row in docs/defences.md" >&2; bad=1; }
  done
  [ "$bad" -eq 0 ] && echo "$# defences: each patch applies and has its row."
  return "$bad"
}

clone() {
  mkdir -p "$work"
  [ -d "$tree/.git" ] || git clone --quiet "$root" "$tree"
  git -C "$tree" fetch --quiet "$root" HEAD
  git -C "$tree" checkout --quiet --force --detach FETCH_HEAD
}

# in_tree CRATE TARGET ARGUMENT...: cargo test for one target, in the clone
in_tree() {
  local crate=$1 select=(--test "$2"); shift
  [ "$1" = lib ] && select=(--lib); shift
  (cd "$tree" && timeout --kill-after=20 "$limit" cargo test -p "$crate" "${select[@]}" "$@") >"$log" 2>&1
}

# A build may take longer than a run. The tests of chaos kill the server's own binary, which cargo does not build for them.
build() {
  limit=3600 in_tree "$1" "$2" --no-run || return
  [ "$1" != lock-keeper-chaos ] || (cd "$tree" && cargo build -p lock-keeper-server --bins) >"$log" 2>&1
}
run() { local crate=$1 target=$2; shift 2; in_tree "$crate" "$target" -- "$@"; }

# ended TEST: ok, FAILED, or nothing where it did not run to its end
ended() { grep -oE "^test ([a-z0-9_]+::)*$1 \.\.\. (ok|FAILED)$" "$log" | grep -oE '(ok|FAILED)$' | sort -u | paste -sd, || true; }

# said TEST: the first words of its panic
said() {
  awk -v test="$1" '
    $0 ~ "^---- ([a-z0-9_]+::)*" test " stdout ----$" { inside = 1; next }
    inside && /panicked at / { words = 1; next }
    words && (/^note: run with/ || /^stack backtrace:/ || /^$/ || /^---- / || /panicked at /) { exit }
    words { gsub(/^ +/, ""); printf "%s%s", (n++ ? " " : ""), $0; if (n == 3) exit }' "$log" | tr '\t' ' ' | cut -c1-240
}

# All tests while every defence stands: each target is built and run once. Keeps in `passes` what was seen to pass.
declare -A passes
all_with() {
  local -A wanted
  local name group crate target tests test
  for name in "$@"; do
    while read -r crate target tests; do wanted["$crate $target"]+=" $tests"; done < <(header Test "$name")
  done
  for group in "${!wanted[@]}"; do
    read -r crate target <<<"$group"
    build "$crate" "$target" || { cat "$log" >&2; return 1; }
    # shellcheck disable=SC2086  # the names of tests are words
    run "$crate" "$target" ${wanted[$group]} || true
    for test in ${wanted[$group]}; do
      if [ "$(ended "$test")" = ok ]; then passes["$group $test"]=1; else echo "$group: $test does not pass"; fi
    done
  done
}

# with_it NAME: all of its tests were seen to pass
with_it() {
  local crate target tests test
  while read -r crate target tests; do
    for test in $tests; do [ -n "${passes[$crate $target $test]:-}" ] || return 1; done
  done < <(header Test "$1")
}

# without_it NAME: each of its tests fails. Prints what the first one said.
without_it() {
  local crate target tests test first=""
  while read -r crate target tests; do
    build "$crate" "$target" || { echo "$crate $target does not compile without the defence"; return 1; }
    # shellcheck disable=SC2086  # the names of tests are words
    run "$crate" "$target" $tests && { echo "$tests: passes without the defence"; return 1; }
    for test in $tests; do
      [ "$(ended "$test")" = FAILED ] || { echo "$test does not fail without the defence: '$(ended "$test")'"; return 1; }
      [ -n "$first" ] || first=$(said "$test")
    done
  done < <(header Test "$1")
  echo "$first"
}

# Those that need the same build come one after the other.
in_order() { for name in "$@"; do echo "$(header Test "$name" | head -n 1 | cut -d' ' -f1,2) $name"; done | sort | cut -d' ' -f3; }

take_out() {
  local name verdict said failed=0
  export CARGO_TARGET_DIR=$work/build CARGO_TERM_COLOR=never CARGO_INCREMENTAL=1 RUST_BACKTRACE=0
  clone
  all_with "$@"
  : >"$work/results.tsv"
  for name in $(in_order "$@"); do
    if ! with_it "$name"; then
      verdict=BROKEN said="its tests do not pass with the defence"
    elif ! git -C "$tree" apply "$patches/$name.patch" 2>"$log"; then
      verdict=STALE said="the patch does not apply"
    else
      if said=$(without_it "$name"); then verdict=noticed; else verdict=UNNOTICED; fi
      git -C "$tree" apply --reverse "$patches/$name.patch"
    fi
    [ "$verdict" = noticed ] || { failed=$((failed + 1)); cp "$log" "$work/$name.log"; }
    printf '%s\t%s\t%s\n' "$name" "$verdict" "$said" >>"$work/results.tsv"
    printf '%-9s  %-40s  %s\n' "$verdict" "$name" "$said"
  done
  echo "$# defences; $failed whose removal was not noticed as it should be. The table is in $work/results.tsv."
  [ "$failed" -eq 0 ]
}

main() {
  local do=take_out names
  if [ "${1:-}" = --apply-only ]; then do=apply_only; shift; fi
  if [ $# -gt 0 ]; then names=("$@"); else mapfile -t names < <(cd "$patches" && ls -- *.patch | sed 's/\.patch$//'); fi
  "$do" "${names[@]}"
}

main "$@"
