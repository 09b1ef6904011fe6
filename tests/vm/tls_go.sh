#!/bin/bash
# Runs inside a guest: a whole host with a server and clients of Go's crypto/tls, with symbols and stripped, one connection
# and many; every request is one span of its server and one of its client, and the kernel has nothing to say.
# usage: tests/vm/tls_go.sh LIMPET TLSGO TLSGO_STRIPPED
set -u
limpet=$1 program=$2 stripped=$3
folder=/tmp/tls_go
count=60
code=0
mkdir -p $folder
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
	-out $folder/certificate -keyout $folder/key 2> /dev/null
. tests/vm/guest_checks.sh
listens() { bash -c "exec 3<> /dev/tcp/127.0.0.1/$1" 2> /dev/null; }
watched() { [ "$(grep -c "watching tls-go-.* of $1 " $folder/stderr)" -ge 10 ]; }

"$program" server $folder/certificate $folder/key 127.0.0.1:8443 &
server=$!
wait_for listens 8443
rm -f $folder/stderr
"$limpet" agent --tls=auto --terminal=off --json=$folder/spans --log-level=debug --tls-delay=0 2> $folder/stderr &
agent=$!
wait_for watched tlsgo || code=1
ask() { # name program version concurrency
	"$2" client "$folder/gate-$1" 127.0.0.1:8443 $count "$1:$3:$4" > "$folder/nanoseconds-$1" &
	client=$!
	[ "$2" = "$program" ] || wait_for watched tlsgo-stripped || code=1
	touch "$folder/gate-$1"
	wait $client || code=1
}
ask one "$program" 1.1 1
ask many "$program" 1.1 50
ask streams "$program" 2 50
ask stripped "$stripped" 1.1 8
sleep 2
kill -TERM $agent
wait $agent
kill $server
cp $folder/stderr "$GUEST_FOLDER/"
for name in one many streams stripped; do
	check_both_ends tls_go $count "/s/200/[0-9]+/$name" "($name)"
done
check_loaded tls_go
check_kernel_log tls_go
exit $code
