#!/bin/bash
# Runs inside a guest (test_kernels.sh starts it): the whole-host agent traces nginx and Python's http.server, with each of
# its capture sources, and leaves nothing in the kernel when it ends. Speaks TAP without a plan. nginx runs before the agent
# starts, Python starts after it.
# usage: tests/vm/agent_traces_http.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
limpet=$1
out=$GUEST_FOLDER
work=$(mktemp -d)
count=20
agent= agent_code= nginx_pid=

report() { # $1 exit code of the check, $2 what was checked
	if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; fi
}
# What a program that traces could leave behind.
list_kernel_objects() {
	for kind in prog map link; do
		bpftool $kind show 2>&1 | grep -E '^[0-9]+:' | sed "s/^/$kind /"
	done
	cat /sys/kernel/tracing/kprobe_events /sys/kernel/tracing/uprobe_events 2> /dev/null
}
# Maps and programs are freed after a grace period.
check_nothing_left() { # $1 what was checked
	local try now=
	for try in {1..30}; do
		now=$(list_kernel_objects)
		[ "$now" != "$before" ] || break
		sleep 0.5
	done
	[ "$now" = "$before" ]
	report $? "$1"
	[ "$now" = "$before" ] || diff <(echo "$before") <(echo "$now") | sed 's/^/# /'
}
start_agent() { # $1 name of the run, rest: options
	local name=$1
	shift
	rm -f "$out/$name.stderr"
	"$limpet" agent --json="$work/$name.jsonl" --terminal=off "$@" > "$out/$name.stdout" 2> "$out/$name.stderr" < /dev/null &
	agent=$!
	local try
	for try in {1..600}; do
		grep -q '^limpet: tracing ' "$out/$name.stderr" && return 0
		kill -0 $agent 2> /dev/null || break
		sleep 0.1
	done
	kill -KILL $agent 2> /dev/null
	wait $agent
	agent_code=$?
	echo "# the agent's exit code: $agent_code"
	sed 's/^/# /' "$out/$name.stderr" | tail -n 200
	return 1
}
# count GETs of /PREFIX/1 and so on; prints how many were answered with 200.
request() { # $1 port, $2 prefix, $3 concurrency
	local options=()
	[ "$3" -eq 1 ] || options=(--parallel --parallel-immediate --parallel-max "$3")
	curl -s --max-time 100 "${options[@]}" -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$1/$2/[1-$count]" | grep -cx 200
}
wait_for_port() {
	local try
	for try in {1..300}; do
		(exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null && return 0
		sleep 0.1
	done
	return 1
}

nginx_pid=$(tests/support/start_nginx.sh "$work/nginx" 8081)
mkdir -p "$work/python/python-c1" "$work/python/python-c8"
for i in $(seq $count); do
	echo "file $i" | tee "$work/python/python-c1/$i" > "$work/python/python-c8/$i"
done
before=$(list_kernel_objects)

trace_servers() { # $1 capture source
	local python code answered concurrency
	start_agent "$1" --capture-source "$1"
	code=$?
	if [ "$1" = fentry ] && [ $code -ne 0 ] && [ $agent_code -eq 4 ]; then
		echo "ok $1: agent starts tracing # SKIP the agent does not offer this source on this kernel"
		return
	fi
	report $code "$1: agent starts tracing"
	[ $code -eq 0 ] || return
	[ "$(list_kernel_objects)" != "$before" ]
	report $? "$1: agent has its programs in the kernel while it traces"

	/usr/bin/python3 -m http.server 8082 --bind 127.0.0.1 --directory "$work/python" > /dev/null 2>&1 &
	python=$!
	wait_for_port 8082
	for concurrency in 1 8; do
		answered=$(request 8081 nginx-c$concurrency $concurrency)
		[ "$answered" -eq $count ] || echo "not ok $1: nginx answers $count requests at concurrency $concurrency: $answered"
		answered=$(request 8082 python-c$concurrency $concurrency)
		[ "$answered" -eq $count ] || echo "not ok $1: Python answers $count requests at concurrency $concurrency: $answered"
	done
	curl -s -o /dev/null --head http://127.0.0.1:8081/nginx-head/1
	curl -s -o /dev/null http://127.0.0.1:8081/missing/1
	curl -s -o /dev/null --request POST --data x=1 http://127.0.0.1:8082/python-post/1

	kill -TERM $agent
	wait $agent
	code=$?
	report $code "$1: agent exits with 0 on SIGTERM (exit code $code)"
	sed 's/^/# /' "$out/$1.stderr"
	cp "$work/$1.jsonl" "$out/$1.jsonl"
	# A task preempted inside a program makes the kernel skip that program for everybody else on its CPU: limpet counts it and
	# says so. What is missing then cannot be judged exactly.
	skipped=$(sed -n 's/^limpet: lost: program_skipped \([0-9]*\) .*/\1/p' "$out/$1.stderr")
	/usr/bin/python3 tests/vm/check_server_spans.py "$work/$1.jsonl" \
		"GET nginx-c1 200 $count" "GET nginx-c8 200 $count" "GET python-c1 200 $count" "GET python-c8 200 $count" \
		"HEAD nginx-head 200 1" "GET missing 404 1" "POST python-post 501 1" | sed -E "s/^(ok|not ok) /\1 $1: /" |
		if [ -n "$skipped" ]; then
			sed -E "s/^not ok (.*)/ok \1 # SKIP the kernel skipped $skipped runs of our programs, counted/"
		else
			cat
		fi
	check_nothing_left "$1: nothing is left in the kernel after SIGTERM"
	kill -TERM $python
	wait $python 2> /dev/null
}

trace_servers tracepoint
trace_servers fentry

start_agent killed
report $? "agent starts with the source it chooses: $(sed -n 's/^limpet: tracing.*(\(.*\))$/\1/p' "$out/killed.stderr")"
request 8081 nginx-killed 1 > /dev/null
kill -KILL $agent
wait $agent 2> /dev/null
check_nothing_left "nothing is left in the kernel after SIGKILL"
answered=$(request 8081 nginx-after 8)
[ "$answered" -eq $count ]
report $? "nginx goes on serving after the agent was killed"

kill -QUIT "$nginx_pid"
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace' | sed 's/^/# kernel log: /'
! dmesg | grep -qE 'BUG:|WARNING:|Oops'
report $? "no complaint in the kernel log"
