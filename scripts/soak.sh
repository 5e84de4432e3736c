#!/usr/bin/env bash
# The long runs: gateways and databases are killed, restarted, frozen and filled
# while people sign in. How long is said by these variables:
#   USHER_SOAK_KILLS         kills of one of two gateways on PostgreSQL
#   USHER_SOAK_RESTARTS      restarts of gateways behind nginx, one after the other
#   USHER_SOAK_SQLITE_KILLS  kills of a gateway on SQLite
#   USHER_SOAK_OUTAGE        seconds for which PostgreSQL is stopped, and frozen
#   USHER_SOAK_RATE          requests a second meanwhile
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
# shellcheck disable=SC2317
finish() {
	./internal/store/testdata/postgres.sh stop "$work/postgres" >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap finish EXIT
USHER_TEST_POSTGRES=$(./internal/store/testdata/postgres.sh start "$work/postgres")
export USHER_TEST_POSTGRES USHER_TEST_ALL=1
export USHER_SOAK_KILLS=${USHER_SOAK_KILLS:-200} USHER_SOAK_RESTARTS=${USHER_SOAK_RESTARTS:-50} USHER_SOAK_SQLITE_KILLS=${USHER_SOAK_SQLITE_KILLS:-500}
export USHER_SOAK_OUTAGE=${USHER_SOAK_OUTAGE:-60} USHER_SOAK_RATE=${USHER_SOAK_RATE:-200}
status=0
go test -count=1 -v -timeout 3h -run 'Nodes|Restarts|Killed|Outage' ./internal/server || status=1
go test -count=20 -v -timeout 3h -run 'Kill|Cut|Full|Locked|Silent' ./internal/store || status=1
exit $status
