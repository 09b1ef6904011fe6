#!/bin/bash
# Runs inside a guest: a whole host with TLS servers of several kinds, one older than limpet, one that comes later; every
# request by TLS is one span of its server and one of its client, and the kernel has nothing to say; the same of a database's
# statements (tls_database.sh). Speaks TAP without a plan.
# usage: tests/vm/tls.sh LIMPET
set -u
limpet=$1
folder=/tmp/tls
count=20
code=0
rm -rf $folder
mkdir -p $folder
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
	-addext subjectAltName=IP:127.0.0.1 -out $folder/certificate -keyout $folder/key 2> /dev/null
targets=tests/e2e/tls_targets
. tests/vm/guest_checks.sh
answers() { curl -sko /dev/null --max-time 5 "https://127.0.0.1:$1/s/200/13/ready"; }
watched() { grep -q "watching tls-$1 of $2" $folder/stderr; }
ask() {
	for number in $(seq $count); do
		echo "url = https://127.0.0.1:$1/s/200/13/$2/$number"
		echo "output = /dev/null"
	done | curl -sk -K -
}

. tests/vm/tls_database.sh
$targets/tls_server.py $folder/certificate $folder/key 127.0.0.1:8443 2> /dev/null &
old=$!
if has_database; then
	database_begin
	wait_for database_answers || tail -n 5 $database/log | sed 's/^/# /'
fi
wait_for answers 8443
rm -f $folder/stderr
"$limpet" agent --tls=auto --terminal=off --json=$folder/spans --log-level=debug 2> $folder/stderr &
agent=$!
wait_for watched SSL_free libssl || code=1
$targets/tls_async_server.py $folder/certificate $folder/key 127.0.0.1:8444 &
late=$!
wait_for answers 8444
sleep 1
ask 8443 old
ask 8444 late
! has_database || database_loads
sleep 2
kill -TERM $agent
wait $agent
kill $old $late
if has_database; then
	database_check $folder/spans || code=1
	kill -INT "$database_pid"
	wait "$database_pid"
else
	echo "ok tls: PostgreSQL # SKIP not installed"
fi
cp $folder/stderr "$GUEST_FOLDER/"
check_both_ends tls $count /s/200/13/old "to the old server"
check_both_ends tls $count /s/200/13/late "to the late server"
check_loaded tls
check_kernel_log tls
exit $code
