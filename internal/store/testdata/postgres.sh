#!/usr/bin/env bash
# Starts and stops a private PostgreSQL for tests: a free loopback port, data in
# the folder given, nothing shared with a server that the machine may have.
#   postgres.sh start DIR   prints the address to connect to
#   postgres.sh stop DIR
set -euo pipefail
verb=$1 dir=$2
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "no PostgreSQL server on this machine; Debian's package postgresql brings one" >&2; exit 1; }

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" -eq 0 ]; then as=(runuser -u postgres --); fi

case "$verb" in
start)
	mkdir -p "$dir"
	if [ "$(id -u)" -eq 0 ]; then
		chown postgres "$dir"
		up=$dir
		while up=$(dirname "$up"); [ "$up" != / ]; do
			runuser -u postgres -- test -x "$up" || chmod o+x "$up"
		done
	fi
	cd "$dir"
	"${as[@]}" "$bin/initdb" -D "$dir/data" -U usher --auth=trust -E UTF8 --locale=C >"$dir.log" 2>&1 || { cat "$dir.log" >&2; exit 1; }
	port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
	"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/data/server.log" \
		-o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200" start >>"$dir.log" 2>&1 </dev/null || { cat "$dir.log" "$dir/data/server.log" >&2; exit 1; }
	echo "postgres://usher@127.0.0.1:$port/postgres?sslmode=disable"
	;;
stop)
	cd "$dir"
	"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop
	;;
*)
	echo "usage: postgres.sh start|stop DIR" >&2
	exit 2
	;;
esac
