#!/bin/bash
# A private PostgreSQL cluster for tests: nobody else's data is touched, and nothing of it stays.
#
#   postgres.sh start DIR    makes a cluster in DIR, starts it, prints its URL (also kept in DIR/url)
#   postgres.sh again DIR    starts it again after it died, on the same port
#   postgres.sh stop DIR     stops it and removes DIR
#
# Root may not run PostgreSQL, so root starts it as the user postgres, to whom DIR then belongs. fsync stays on: the tests
# count what is durable.
set -euo pipefail

usage() { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 64; }
[ $# -eq 2 ] || usage
verb=$1
case $2 in /*) dir=$2 ;; *) dir=$PWD/$2 ;; esac

bin=
for candidate in /usr/lib/postgresql/*/bin; do
  if [ -x "$candidate/initdb" ]; then bin=$candidate; fi
done
if [ -z "$bin" ]; then
  echo "postgres.sh: there is no PostgreSQL here; on Debian: apt-get install postgresql" >&2
  exit 69
fi

as_owner() {
  # The caller's own directory may be closed to the user postgres.
  if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else (cd / && "$@"); fi
}

start() {
  mkdir -p "$dir"
  if [ "$(id -u)" -eq 0 ]; then chown postgres "$dir"; fi
  chmod 700 "$dir"
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "$password" | as_owner tee "$dir/password" >/dev/null
  as_owner "$bin/initdb" -D "$dir/data" -U postgres -E UTF8 --locale=C.UTF-8 --no-instructions \
    --auth=scram-sha-256 --pwfile="$dir/password" >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
  as_owner tee -a "$dir/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$dir'
max_connections = 300
shared_buffers = 64MB
max_wal_size = 512MB
wal_level = minimal
max_wal_senders = 0
fsync = on
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track_utility = on
CONF
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM % 12000))
    if as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -o "-p $port" -w -t 60 start >/dev/null 2>&1; then
      url="postgres://postgres:$password@127.0.0.1:$port/postgres"
      echo "$url" | as_owner tee "$dir/url"
      return
    fi
  done
  cat "$dir/log" >&2
  exit 1
}

again() {
  port=$(sed -E 's#.*:([0-9]+)/.*#\1#' "$dir/url")
  as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -o "-p $port" -w -t 60 start >/dev/null
}

stop() {
  if [ -d "$dir/data" ]; then as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true; fi
  rm -rf "$dir"
}

case $verb in
  start) start ;;
  again) again ;;
  stop) stop ;;
  *) usage ;;
esac
