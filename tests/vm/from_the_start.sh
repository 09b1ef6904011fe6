#!/bin/bash
# Runs inside a guest (whole_host.sh starts it): "tracing" is said when it is true. Among processes that the agent has to look
# at first, a client makes requests with numbers from before the agent starts until a while after it says that it traces: each
# from there on is a span on both ends. Speaks TAP without a plan.
# usage: tests/vm/from_the_start.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
limpet=$1
out=$GUEST_FOLDER
port=8097
idle=()
for _ in {1..150}; do
	sleep 1000 &
	idle+=($!)
done
/usr/bin/python3 tests/vm/from_the_start.py serve $port 2> /dev/null &
idle+=($!)
for _ in {1..600}; do
	(exec 3<> /dev/tcp/127.0.0.1/$port) 2> /dev/null && break
	sleep 0.1
done
rm -f "$out/agent.stderr"
/usr/bin/python3 tests/vm/from_the_start.py ask $port "$out/agent.stderr" "$out/asked" 4 &
client=$!
for _ in {1..600}; do
	[ ! -s "$out/asked" ] || break
	sleep 0.1
done
"$limpet" agent --terminal=off --spool=off --json="$out/spans" > "$out/agent.stdout" 2> "$out/agent.stderr" < /dev/null &
agent=$!
for _ in {1..1800}; do
	kill -0 $client 2> /dev/null && kill -0 $agent 2> /dev/null || break
	sleep 0.1
done
kill -TERM $client 2> /dev/null
kill -TERM $agent
wait $agent
code=$?
[ $code -eq 0 ] && echo "ok from the start: agent exits with 0" || echo "not ok from the start: agent exits with 0 ($code)"
/usr/bin/python3 tests/vm/from_the_start.py check "$out/asked" "$out/spans" "$out/agent.stderr"
code=$?
kill -TERM "${idle[@]}"
wait "${idle[@]}" 2> /dev/null
exit $code
