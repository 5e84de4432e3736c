#!/usr/bin/env bash
# Known vulnerabilities that the program can reach. Where the database of
# vulnerabilities cannot be reached, that is said aloud and nothing else is.
set -uo pipefail
cd "$(dirname "$0")/.."
out=$(./bin/govulncheck ./... 2>&1)
status=$?
printf '%s\n' "$out"
if [ "$status" -ne 0 ] && grep -q 'fetching vulnerabilities:.*\(no such host\|dial tcp\|timeout\|refused\)' <<<"$out"; then
	echo "vuln: the database of vulnerabilities cannot be reached from this machine: known vulnerabilities were NOT checked here" >&2
	exit 0
fi
exit "$status"
