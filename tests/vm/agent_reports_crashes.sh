#!/bin/bash
# Runs inside a guest (test_kernels.sh starts it): the whole-host agent reports crashes to a strict Sentry receiver: the core
# of the suite, an OOM kill in a control group, crashes inside containers that are gone at once, and a crash that was spooled
# when the agent was killed. Speaks TAP without a plan.
# usage: tests/vm/agent_reports_crashes.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
limpet=$1
out=$GUEST_FOLDER
work=$(mktemp -d)
targets=.build/crash_targets
agent= receiver= port=

report() { # $1 exit code of the check, $2 what was checked
	if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; fi
}
wait_until() { # $1 seconds, rest: a command
	local end=$((SECONDS + $1))
	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}
start_receiver() { # $1 file, rest: options
	local file=$1
	shift
	rm -f "$work/port"
	/usr/bin/python3 tests/support/sentry_receiver.py --output "$file" --port "${port:-0}" --port-file "$work/port" --max-seconds 900 "$@" \
		> /dev/null 2>> "$out/receiver.stderr" &
	receiver=$!
	wait_until 60 test -s "$work/port"
	port=$(cat "$work/port")
}
start_agent() { # $1 name of the run, rest: options
	local name=$1
	shift
	rm -f "$out/$name.stderr"
	SENTRY_DSN="http://key@127.0.0.1:$port/7" "$limpet" agent --terminal=off --spool="$work/spool" --crash-burst=1000 \
		--sentry-file="$out/$name.envelopes" "$@" > "$out/$name.stdout" 2> "$out/$name.stderr" < /dev/null &
	agent=$!
	wait_until 120 grep -q '^limpet: tracing ' "$out/$name.stderr"
}
stop_agent() { # $1 name of the run
	kill -TERM $agent
	wait $agent
	report $? "$1: agent exits with 0 on SIGTERM"
	grep -E 'lost|warning|error|crash' "$out/$1.stderr" | sed 's/^/# /'
}
check() { # $1 file of the receiver, rest: what check_crash_events.py is to find
	/usr/bin/python3 tests/vm/check_crash_events.py "$@"
}
crash() { # $1 program, rest: way to crash
	local program=$PWD/$targets/$1
	shift
	(cd "$work" && ulimit -c 0 && "$program" "$@") > /dev/null 2>&1
}

suite() { # $1 capture source
	local name=crashes-$1 way
	start_receiver "$out/$name.jsonl"
	if ! start_agent "$name" --capture-source "$1"; then
		if [ "$1" = fentry ]; then
			echo "ok $1: agent starts # SKIP the agent does not offer this source on this kernel"
		else
			report 1 "$1: agent starts"
			sed 's/^/# /' "$out/$name.stderr" | tail -n 60
		fi
		kill $agent $receiver 2> /dev/null
		wait $agent $receiver 2> /dev/null
		return
	fi
	for way in null read-only overflow divide bus illegal null-call assert double-free in-usr1 thread child seccomp undumpable; do
		crash crash-pie-O0-fp $way
	done
	crash crash-pie-O0-fp library "$PWD/$targets/crash_library-O0.so"
	crash crash-pie-O2-nofp null
	crash crash-static-O2-stripped-nofp null
	crash crash-pie-O0-fp recover
	crash crash-pie-O0-fp threads-exit
	crash crash-pie-O0-fp wait &
	wait_until 60 pgrep -f '/crash-pie-O0-fp wait'
	victim=$(pgrep -f '/crash-pie-O0-fp wait' | tail -n 1)
	[ -z "$victim" ] || kill -KILL "$victim"
	wait_until 180 /usr/bin/python3 tests/vm/check_crash_events.py "$out/$name.jsonl" --count 18
	stop_agent "$name"
	kill -TERM $receiver
	wait $receiver 2> /dev/null
	check "$out/$name.jsonl" --title "$1" --suite
}

# Threads that end at the same time may each take themselves for the last: before Linux 6.16, one crash in twenty.
last_threads() {
	local crashes=60 i
	start_receiver "$out/threads.jsonl"
	start_agent threads
	for i in $(seq $crashes); do
		crash crash-pie-O0-fp thread
	done 2> /dev/null
	wait_until 180 /usr/bin/python3 tests/vm/check_crash_events.py "$out/threads.jsonl" --count $crashes
	sleep 2 # what is told twice comes later
	stop_agent threads
	check "$out/threads.jsonl" --title "a thread's crash" --times $crashes SIGSEGV
	kill -TERM $receiver
	wait $receiver 2> /dev/null
}

oom_kill() {
	local group=/sys/fs/cgroup/limpet-oom
	mkdir $group && echo +memory > /sys/fs/cgroup/cgroup.subtree_control 2> /dev/null
	if ! echo 20M > $group/memory.max 2> /dev/null; then
		echo "ok an OOM kill in a control group # SKIP this kernel's guest has no memory controller"
		return
	fi
	echo 0 > $group/memory.swap.max 2> /dev/null
	(
		echo $BASHPID > $group/cgroup.procs
		exec /usr/bin/python3 -c 'import time; time.sleep(2); hog = bytearray(200 << 20); time.sleep(5)'
	)
	wait_until 180 /usr/bin/python3 tests/vm/check_crash_events.py "$out/others.jsonl" --has OOMKill
	check "$out/others.jsonl" --title "an OOM kill in a control group" --oom $((20 << 20))
}

# The files are gone with the container, at once. One that has lived for a while has its names; of one that dies as it starts
# the agent may come too late for the file, and its report must be right without it.
container() { # $1 title, $2 program in the container, $3 way to crash
	local bundle=$work/bundle id runtime
	id=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
	mkdir -p "$bundle/rootfs$(dirname "$2")" "$bundle/rootfs/proc" "$bundle/rootfs/dev"
	cp "$targets/crash-static-O2-nofp" "$bundle/rootfs$2"
	(cd "$bundle" && crun spec)
	/usr/bin/python3 - "$bundle/config.json" "$id" "$2" "$3" <<- 'END'
		import json, sys
		path, name, *command = sys.argv[1:]
		config = json.load(open(path))
		config["process"]["terminal"] = False
		config["process"]["args"] = command
		config["linux"]["cgroupsPath"] = "/docker/" + name
		config["linux"].pop("seccomp", None)
		json.dump(config, open(path, "w"))
	END
	(cd "$bundle" && exec crun --root "$work/crun" --cgroup-manager=cgroupfs run "$id") > "$out/crun.stdout" 2> "$out/crun.stderr" &
	runtime=$!
	if [ "$3" = wait ]; then
		wait_until 60 pgrep -f "^$2 wait"
		sleep 2
		# The first process of a container does not get what it does not wait for yet.
		wait_until 60 sh -c "! kill -USR2 \$(pgrep -f '^$2 wait')"
	fi
	wait $runtime
	rm -rf "$bundle"
	wait_until 180 /usr/bin/python3 tests/vm/check_crash_events.py "$out/others.jsonl" --has-image "$2"
	check "$out/others.jsonl" --title "$1" --container "$2" "$3" "$id"
	sed 's/^/# crun: /' "$out/crun.stderr" | head -n 5
}
containers() {
	if ! command -v crun > /dev/null; then
		echo "ok a crash inside a container # SKIP crun is not installed"
		return
	fi
	container "a crash inside a container" /app/shop wait
	container "a crash inside a container as it starts" /app/stall null
}

# Nobody takes it, the agent is killed, and after a restart it arrives, once.
spool() {
	start_receiver "$out/refusing.jsonl" --fault 'reset@*'
	start_agent killed
	report $? "agent starts with the source it chooses: $(sed -n 's/^limpet: tracing.*(\(.*\))$/\1/p' "$out/killed.stderr")"
	crash crash-pie-O0-fp null
	wait_until 180 sh -c "ls $work/spool/*/*.crash"
	report $? "the crash is on disk while the server takes nothing"
	kill -KILL $agent
	wait $agent 2> /dev/null
	kill -TERM $receiver
	wait $receiver 2> /dev/null
	start_receiver "$out/restarted.jsonl"
	start_agent restarted
	wait_until 180 /usr/bin/python3 tests/vm/check_crash_events.py "$out/restarted.jsonl" --count 1
	sleep 3
	stop_agent restarted
	check "$out/restarted.jsonl" --title "after a restart" --times 1 SIGSEGV
	[ -z "$(ls "$work"/spool/*/*.crash 2> /dev/null)" ]
	report $? "after a restart: what was accepted is gone from the disk"
	kill -TERM $receiver
	wait $receiver 2> /dev/null
}

for source in ${VM_SOURCES:-auto}; do
	suite "$source"
done
last_threads
start_receiver "$out/others.jsonl"
start_agent others
report $? "agent starts for the other ways to die"
oom_kill
containers
stop_agent others
kill -TERM $receiver
wait $receiver 2> /dev/null
spool
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace' | sed 's/^/# kernel log: /'
! dmesg | grep -qE 'BUG:|WARNING:|Oops'
report $? "no complaint in the kernel log"
