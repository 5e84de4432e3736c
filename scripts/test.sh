#!/usr/bin/env bash
# The whole check: packages, linters, every test with real parts. Nothing is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$1"; }

step "packages"
./scripts/packages.sh

step "node modules that the tests drive the stand-in with"
for lock in $(git ls-files '*package-lock.json'); do
	(cd "$(dirname "$lock")" && npm ci --no-audit --no-fund --silent)
done

step "build and linters"
go build ./...
make --no-print-directory lint

step "known vulnerabilities"
make --no-print-directory vuln

step "a private PostgreSQL"
work=$(mktemp -d)
# shellcheck disable=SC2317
finish() {
	./internal/store/testdata/postgres.sh stop "$work/postgres" >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap finish EXIT
USHER_TEST_POSTGRES=$(./internal/store/testdata/postgres.sh start "$work/postgres")
export USHER_TEST_POSTGRES
# With this set, a test that would skip for want of a real part fails instead.
export USHER_TEST_ALL=1

step "tests"
go test -count=1 -timeout 15m ./...

step "race detector"
go test -count=1 -race -short -timeout 15m ./internal/...
