# Sourced: waits for a key server of `lock-keeper-server dev --data DIRECTORY`.

# wait_until_ready PROCESS DIRECTORY LOG: until there is a connect.json. Shows the log where the process ends before, or after a minute.
wait_until_ready() {
    for _ in $(seq 600); do
        [ ! -s "$2/connect.json" ] || return 0
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    cat "$3" >&2
    return 1
}
