# Part of tls.sh, inside a guest: a PostgreSQL, whose backends are its children. Every statement that it counts, plain and by
# TLS, is one span of the server and one of the client. The cluster was made outside (make_cluster.sh): .build/vm/cluster.tar
database=/tmp/database
postgres=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | tail -n 1)/postgres

has_database() { [ -s .build/vm/cluster.tar ] && [ -x "$postgres" ] && command -v pgbench > /dev/null; }
database_answers() { pg_isready -q -h /tmp -U postgres; }

database_begin() { # the process id is left in $database_pid
	rm -rf $database
	mkdir -p $database
	chmod 755 $database
	tar -C $database -xf .build/vm/cluster.tar
	echo "SELECT count(*) FROM pg_am WHERE oid <> 47114711;" > $database/plain
	echo "SELECT count(*) FROM pg_cast WHERE oid <> 47114711;" > $database/tls
	setpriv --reuid=postgres --regid=postgres --clear-groups "$postgres" -D $database/data > $database/log 2>&1 &
	database_pid=$!
}

database_load() { # $1 plain or tls, $2 sslmode, $3 clients, $4 mode
	PGSSLMODE=$2 pgbench -n -h 127.0.0.1 -U postgres -M "$4" -f "$database/$1" -c "$3" -t 8 postgres > /dev/null 2>> $database/pgbench ||
		echo "# pgbench failed: $(tail -n 1 $database/pgbench)"
}

database_loads() {
	database_load plain disable 1 simple
	database_load plain disable 4 prepared
	database_load tls require 1 simple
	database_load tls require 4 prepared
}

database_check() { # $1 the spans
	psql -XAtq -h /tmp -U postgres -d postgres > $database/counted -c \
		"SELECT calls || ' ' || query FROM pg_stat_statements WHERE query LIKE '%<>%' AND query NOT LIKE '%LIKE%'"
	tests/vm/check_statements.py "$1" $database/counted
}
