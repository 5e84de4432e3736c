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
# With this set, a test that would skip for want of a real part says so by failing.
export USHER_TEST_ALL=1

step "tests"
log="$work/tests.log"
status=0
# Those that run beside others in a package mostly wait for a time to pass.
go test -count=1 -parallel 4 -v -timeout 18m ./... >"$log" 2>&1 || status=$?
grep -E '^(ok|FAIL|panic:|\?) ' "$log" || true
if [ "$status" -ne 0 ]; then
	echo "what failed:"
	grep -aE -B 40 '^\s*--- FAIL' "$log" | grep -avE '^(=== (RUN|PAUSE|CONT|NAME)|ok |\? |--- PASS|\s+--- PASS|\{)' | cut -c1-400 | tail -n 200 || true
	echo "the end of all that was said:"
	grep -vE '^(=== (RUN|PAUSE|CONT|NAME)|ok |\? |--- PASS|\s+--- PASS)' "$log" | tail -n 300
	exit "$status"
fi
# What the machine itself cannot have - root, an IPv6 loopback - no package brings: that is said aloud.
lacking=$(grep -acE '_test\.go:[0-9]+: (only root, |this machine has no IPv6 loopback)' "$log" || true)
skipped=$(grep -acE '^\s*--- SKIP' "$log" || true)
if [ "$skipped" -gt 0 ]; then
	grep -anE -B 2 '^\s*--- SKIP' "$log"
	if [ "$skipped" -gt "$lacking" ]; then
		echo "a test was skipped; here every part must be there" >&2
		exit 1
	fi
	echo "tests: $skipped were NOT run, for want of root or of an IPv6 loopback on this machine"
fi
passed=$(grep -cE '^\s*--- PASS' "$log")

step "race detector"
go test -count=1 -parallel 4 -race -short -timeout 15m . ./internal/session ./internal/signin ./internal/server ./internal/store ./internal/gate ./internal/lane ./internal/web ./internal/idp

echo "$passed passed, 0 failed"
