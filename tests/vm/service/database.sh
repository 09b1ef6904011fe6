# A PostgreSQL and what asks it, as units in the guest of service.sh, which sources this. The cluster was made outside
# (tests/vm/make_cluster.sh). TAP lines go to the standard output. Expects service.sh's functions and $work.
postgres=$(ls /usr/lib/postgresql/*/bin/postgres 2> /dev/null | tail -n 1)
[ -s .build/vm/cluster.tar ] && /usr/bin/python3 -c 'import psycopg2' 2> /dev/null || postgres=

write_database_units() {
	[ -n "$postgres" ] || return
	mkdir -p $work/database
	tar -C $work/database -xf .build/vm/cluster.tar
	cp tests/vm/service/shop_report.py $work/
	printf '[Service]\nUser=postgres\nExecStart=%s -D %s/database/data -c port=5433\n' "$postgres" $work > /etc/systemd/system/shop-database.service
	printf '[Service]\nType=oneshot\nExecStart=/usr/bin/python3 %s/shop_report.py 5433\n' $work > /etc/systemd/system/shop-report.service
}

start_database() {
	systemctl start shop-database
	wait_until 90 pg_isready -q -h 127.0.0.1 -p 5433
	report $? "PostgreSQL runs as $(stat -c %U "/proc/$(property MainPID shop-database)"), before limpet does"
}

has_statements() { /usr/bin/python3 tests/vm/service/check_database.py --ready /var/lib/limpet/spans.jsonl; }
traces_database() {
	if [ -z "$postgres" ]; then
		echo "ok service: PostgreSQL # SKIP no PostgreSQL, no psycopg2 or no cluster"
		return
	fi
	systemctl start shop-report
	report $? "shop-report.service has asked what it should, and was answered"
	wait_until 60 has_statements
	sleep 2
	cp /var/lib/limpet/spans.jsonl "$out/spans_of_units.jsonl"
	/usr/bin/python3 tests/vm/service/check_database.py "$out/spans_of_units.jsonl"
	[ $? -eq 0 ] || code=1
}
