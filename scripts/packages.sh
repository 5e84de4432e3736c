#!/usr/bin/env bash
# Installs from Debian's packages what the tests need and this machine lacks.
set -euo pipefail

want=(chromium nginx-light caddy haproxy apache2 postgresql nodejs npm ca-certificates
	python3-jwt python3-cryptography php-cli default-jdk-headless libjackson2-databind-java wrk util-linux libapache2-mod-auth-openidc pgbouncer)
missing=()
have() {
	case "$1" in
	chromium) command -v chromium ;;
	nginx-light) test -x /usr/sbin/nginx ;;
	haproxy) test -x /usr/sbin/haproxy ;;
	apache2) test -x /usr/sbin/apache2 ;;
	postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' ;;
	nodejs) command -v node ;;
	python3-jwt) /usr/bin/python3 -c 'import jwt' ;;
	python3-cryptography) /usr/bin/python3 -c 'import cryptography' ;;
	util-linux) command -v taskset ;;
	pgbouncer) test -x /usr/sbin/pgbouncer ;;
	libapache2-mod-auth-openidc) test -e /usr/lib/apache2/modules/mod_auth_openidc.so ;;
	php-cli) command -v php ;;
	default-jdk-headless) command -v javac ;;
	libjackson2-databind-java) test -e /usr/share/java/jackson-databind.jar ;;
	ca-certificates) test -e /etc/ssl/certs/ca-certificates.crt ;;
	*) command -v "$1" ;;
	esac >/dev/null 2>&1
}
for p in "${want[@]}"; do have "$p" || missing+=("$p"); done
if [ ${#missing[@]} -eq 0 ]; then
	echo "packages: nothing is missing"
	exit 0
fi
echo "packages: installing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { echo "packages: run as root, or install: ${missing[*]}" >&2; exit 1; }
	as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
# Services that the packages bring are not started: the tests start their own, on private ports.
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
	"${as_root[@]}" chmod +x "$policy"
	made=yes
fi
cleanup() { if [ -n "$made" ]; then "${as_root[@]}" rm -f "$policy"; fi; }
trap cleanup EXIT
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
for p in "${missing[@]}"; do have "$p" || { echo "packages: $p was installed, and still what it should bring is not there" >&2; exit 1; }; done
