#!/bin/bash
# Makes a PostgreSQL cluster that the guests unpack: initdb takes too long where every instruction is emulated. It counts its
# statements, trusts everybody and has a certificate. Prints what it made, or why not.
# usage: tests/vm/make_cluster.sh ARCHIVE      kept while it is there
set -eu
archive=$(realpath -m "$1")
programs=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | tail -n 1)
[ -x "$programs/initdb" ] && command -v openssl > /dev/null || {
	echo "no PostgreSQL or no openssl is installed"
	exit 0
}
[ -s "$archive" ] && exit 0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
as_user() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres: "$folder"
cd "$folder"
as_user "$programs/initdb" -D data -U postgres -A trust -N -E UTF8 --locale=C --wal-segsize=1 > initdb.log
as_user openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=localhost \
	-out data/server.crt -keyout data/server.key 2> /dev/null
as_user chmod 600 data/server.key
cat >> data/postgresql.conf << END
shared_preload_libraries = 'pg_stat_statements'
ssl = on
listen_addresses = '127.0.0.1'
unix_socket_directories = '/tmp'
max_connections = 20
fsync = off
autovacuum = off
max_wal_size = 8MB
min_wal_size = 2MB
END
echo 'CREATE EXTENSION pg_stat_statements' | as_user "$programs/postgres" --single -D data postgres > single.log 2>&1
mkdir -p "$(dirname "$archive")"
tar -C "$folder" -cf "$archive.new" data
mv "$archive.new" "$archive"
