#!/usr/bin/env bash
# A private PostgreSQL for tests, from Debian's packages: a free loopback port,
# data under a temporary folder, nothing shared with a server that the machine
# may have. It does not wait for the disk: it is for tests only. Only the folder
# DIR remembers where it is.
#   postgres.sh start DIR   prints the address to connect to
#   postgres.sh stop DIR
# and, to see what becomes of gateways:
#   postgres.sh crash DIR   ends it as a crash does; its data stay
#   postgres.sh again DIR   starts it again, on the same port
#   postgres.sh freeze DIR  stops all of its processes where they are
#   postgres.sh thaw DIR    lets them go on
# With USHER_POSTGRES_FSYNC=on it waits for the disk after all.
# By hand:
#   export USHER_TEST_POSTGRES=$(internal/store/testdata/postgres.sh start /tmp/usher-pg)
#   go test ./internal/store/...
#   internal/store/testdata/postgres.sh stop /tmp/usher-pg
set -euo pipefail

usage() { echo "usage: postgres.sh start|stop|crash|again|freeze|thaw DIR" >&2; exit 2; }
[ $# -eq 2 ] || usage
verb=$1 dir=$2

bin=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "no PostgreSQL server on this machine: apt-get install -y postgresql brings one" >&2; exit 1; }

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" -eq 0 ]; then
	user=nobody
	if id -u postgres >/dev/null 2>&1; then user=postgres; fi
	as=(runuser -u "$user" --)
fi

start() {
	if [ -e "$dir/home" ]; then
		echo "$dir holds a server already; stop it first" >&2
		exit 1
	fi
	mkdir -p "$dir"
	local home log port try
	home=$(mktemp -d /tmp/usher-postgres.XXXXXX)
	log=$dir/log
	echo "$home" >"$dir/home"
	if [ "${#as[@]}" -gt 0 ]; then chown "$user" "$home"; fi
	cd "$home"
	if ! "${as[@]}" "$bin/initdb" -D "$home/data" -U usher --auth=trust -E UTF8 --locale=C --no-sync >"$log" 2>&1; then
		cat "$log" >&2
		exit 1
	fi
	# One user has to give a password; all others are trusted.
	sed -i '1i host all usher_password 127.0.0.1/32 scram-sha-256' "$home/data/pg_hba.conf"
	for try in 1 2 3 4 5 6 7 8 9 10; do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		if "${as[@]}" "$bin/pg_ctl" -D "$home/data" -s -w -t 60 -l "$home/server.log" \
			-o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c max_connections=200 -c fsync=${USHER_POSTGRES_FSYNC:-off} -c full_page_writes=${USHER_POSTGRES_FSYNC:-off}" start >>"$log" 2>&1 </dev/null; then
			echo "postgres://usher@127.0.0.1:$port/postgres?sslmode=disable"
			return
		fi
		grep -q 'could not create any TCP/IP sockets' "$home/server.log" || break
		: >"$home/server.log"
	done
	cat "$log" "$home/server.log" >&2
	exit 1
}

# place finds the server that start made in the folder.
place() {
	[ -e "$dir/home" ] || { echo "$dir holds no server" >&2; exit 1; }
	home=$(<"$dir/home")
	case $home in /tmp/usher-postgres.??????) ;; *) echo "$dir/home names $home, which this script did not make" >&2; exit 1 ;; esac
	cd /
}

# send sends a signal to the server and to each process that it started.
send() {
	local signal=$1 main pid
	main=$(head -n 1 "$home/data/postmaster.pid")
	kill "-$signal" "$main" # first, so that it starts no other
	for pid in $(grep -ls "^PPid:[[:space:]]*$main\$" /proc/[0-9]*/status | cut -d/ -f3); do
		kill "-$signal" "$pid" 2>/dev/null || true # it may have ended
	done
}

crash() { "${as[@]}" "$bin/pg_ctl" -D "$home/data" -s -m immediate -w stop; }

again() { "${as[@]}" "$bin/pg_ctl" -D "$home/data" -s -w -t 60 -l "$home/server.log" restart >/dev/null 2>&1 </dev/null; }

stop() {
	if [ -e "$home/data/postmaster.pid" ]; then send CONT 2>/dev/null || true; fi
	"${as[@]}" "$bin/pg_ctl" -D "$home/data" -s -m immediate -w stop || true
	rm -rf "$home" "$dir/home" "$dir/log"
	rmdir "$dir" 2>/dev/null || true
}

case $verb in
start) start ;;
stop) place; stop ;;
crash) place; crash ;;
again) place; again ;;
freeze) place; send STOP ;;
thaw) place; send CONT ;;
*) usage ;;
esac
