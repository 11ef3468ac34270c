#!/usr/bin/env bash
# Shows a key server and two devices of one person at work. `make demo` builds what it needs and calls it.
#
#   demo.sh [DIRECTORY WITH THE BINARIES]
#
# Everything happens in one temporary directory and on free ports of this machine, and is gone at the end.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
binaries=$(cd "${1:-$here/../../target/debug}" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/lock-keeper-demo.XXXXXX")
server= proxy=

clean_up() {
    for process in $proxy $server; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

bold= dim= green= plain= pause=0
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[1;32m' plain=$'\e[0m'
    # What runs into a pipe here ends on a terminal all the same.
    export CLICOLOR_FORCE=1
fi
# For whoever watches: a moment to read.
[ -t 1 ] && pause=${LOCK_KEEPER_DEMO_PAUSE:-0.9}

# say TEXT: a line of narration.
say() {
    sleep "$pause"
    printf '\n%s# %s%s\n' "$bold" "$1" "$plain"
}

# run COMMAND: shows it, runs it, keeps what it printed in $work/out.
run() {
    printf '%s$%s %s\n' "$green" "$plain" "$1"
    eval "$1" | tee "$work/out"
}

# fail TEXT: ends the demo, with what the server has said.
fail() {
    printf '\nThe demo cannot go on: %s\n' "$1" >&2
    cat "$work/server.log" >&2
    exit 1
}

# wait_for PROCESS FILE: until the file has something in it.
wait_for() {
    for _ in $(seq 400); do
        [ -s "$2" ] && return
        kill -0 "$1" 2>/dev/null || fail 'a process has ended that should be there.'
        sleep 0.05
    done
    fail 'a process was not ready within 20 seconds.'
}

# secret_id: the id in what was printed last.
secret_id() {
    sed 's/\x1b\[[0-9;]*m//g' "$work/out" | grep -oE '[0-9a-f]{32}' | head -n 1
}

cd "$work"
export PATH="$binaries:$PATH" NO_PROXY=localhost,127.0.0.1
export LOCK_KEEPER_CONNECT=server/connect.json LOCK_KEEPER_STATE=phone
(umask 077 && echo 'correct horse battery staple' >password)
printf 'ridge-walnut-91\ncobalt-heron-07\n' >codes.txt

printf '%sLock Keeper%s: secrets on a key server that cannot read them.\n' "$bold" "$plain"

say 'A key server, with nothing to install: SQLite and a throwaway certificate authority.'
printf '%s$%s %s\n' "$green" "$plain" 'lock-keeper-server dev --listen 127.0.0.1:0 --data server &'
lock-keeper-server dev --listen 127.0.0.1:0 --data server >server.log 2>&1 &
server=$!
wait_for "$server" server/connect.json
printf '%s\n' "It is ready on $(grep -oE 'https://[a-z0-9.:]+' server/connect.json)."

say 'Ada opens an account. Her password never leaves this machine, not even hashed.'
run 'lock-keeper register ada <password'

say 'She has a secret made, and brings one of her own. Both are sealed before they leave, their labels too.'
run "lock-keeper generate ada --label 'disk key' <password"
run "lock-keeper import ada codes.txt --label 'recovery codes' <password"
codes=$(secret_id)

say 'What she has there, by the labels that only she can read.'
run 'lock-keeper list ada <password'

say 'The server has all of it and can read none of it.'
run "grep -e 'ridge-walnut' -e 'recovery codes' server/* || echo 'No code and no label anywhere in its files.'"

say 'She gets her codes back.'
run "lock-keeper retrieve ada $codes --show <password"

say 'Or takes them to another system: length, secret, length, associated data.'
run "lock-keeper export ada $codes --out codes.export <password"

say 'Somebody guesses her password. The server learns of the attempt, not of the guess.'
run "lock-keeper list ada <<<'letmein' || echo \"exit code \$?\"" 2>&1

say 'Her phone is lost. Name and password bring everything back on a new device.'
run 'lock-keeper --state tablet list ada <password'

say 'A bad line: the next answer is lost on its way. The same bytes are sent again, and act once.'
cutting_proxy=$binaries/examples/cutting_proxy
"$cutting_proxy" "$(grep -oE ':[0-9]+"' server/connect.json | tr -dc '0-9')" >proxy.log &
proxy=$!
wait_for "$proxy" proxy.log
sed -E "s/(https:[^\"]*):[0-9]+\"/\1:$(head -n 1 proxy.log)\"/" server/connect.json >bad-line.json
run "lock-keeper --connect bad-line.json generate ada --bytes 24000 --label 'through a storm' <password"
storm=$(secret_id)
grep -q cut proxy.log || fail 'the line was not cut.'
printf '%s(The line was cut once, after the server had stored the secret and before its answer had passed.)%s\n' "$dim" "$plain"
run "lock-keeper audit ada --secret $storm <password"

say 'Her log, with the new device. The wrong guess joins it when its minute is over and nobody can finish it any more.'
run 'lock-keeper audit ada <password'

sleep "$pause"
printf '\n%sThat was it.%s The server stops now, and everything that it kept is removed.\n' "$bold" "$plain"
