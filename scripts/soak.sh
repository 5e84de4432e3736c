#!/usr/bin/env bash
# The long runs: gateways and databases are killed, restarted and filled while
# people sign in. How long is said by USHER_SOAK_* variables.
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
export USHER_SOAK_KILLS=${USHER_SOAK_KILLS:-100} USHER_SOAK_RESTARTS=${USHER_SOAK_RESTARTS:-20}
go test -count=1 -v -timeout 3h -run 'Nodes|Restarts' ./internal/server | grep -v '^{'
go test -count=20 -v -timeout 3h -run 'Kill|Cut|Full|Frozen' ./internal/store
