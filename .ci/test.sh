#!/usr/bin/env bash
# Runs a command with a private PostgreSQL cluster, which is gone afterwards: test.sh COMMAND...
set -euo pipefail
cd "$(dirname "$0")/.."
postgres=reference-server/testbed/postgres.sh
directory=$(mktemp -d)/cluster
# The user postgres must reach the cluster's folder.
chmod 755 "$(dirname "$directory")"
stop() { bash "$postgres" stop "$directory" >/dev/null 2>&1 || true; rm -rf "$(dirname "$directory")"; }
trap stop EXIT
LOCK_KEEPER_TEST_POSTGRES=$(bash "$postgres" start "$directory" | tail -n 1)
export LOCK_KEEPER_TEST_POSTGRES
"$@"
