#!/bin/bash
# Runs inside a guest (whole_host.sh starts it): the whole-host agent reports exceptions to a strict Sentry receiver: one that
# a server logs before it answers 500, one that ends a process by abort(), one of a container whose files are gone at once,
# and one whose first line has no marker. Speaks TAP without a plan.
# usage: tests/vm/agent_reports_exceptions.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
limpet=$1
out=$GUEST_FOLDER
work=$(mktemp -d)
target=$PWD/.build/exception_target
events=$out/exceptions.jsonl

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
are_there() { # $1 how many events
	[ "$(grep -oE '"type": ?"event"' "$events" | wc -l)" -ge "$1" ]
}
# The file of the traceback is not there, the program itself gone at once.
run_container() {
	local bundle=$work/bundle
	mkdir -p "$bundle/rootfs/app" "$bundle/rootfs/proc" "$bundle/rootfs/dev"
	cp "$target" "$bundle/rootfs/app/shop"
	(cd "$bundle" && crun spec)
	/usr/bin/python3 - "$bundle/config.json" <<- 'END'
		import json, sys
		config = json.load(open(sys.argv[1]))
		config["process"]["terminal"] = False
		config["process"]["args"] = ["/app/shop", "traceback", "/app/container.py"]
		config["linux"].pop("seccomp", None)
		json.dump(config, open(sys.argv[1], "w"))
	END
	(cd "$bundle" && crun --root "$work/crun" --cgroup-manager=cgroupfs run limpet-exception) > "$out/crun.stdout" 2> "$out/crun.stderr"
	rm -rf "$bundle"
}

/usr/bin/python3 tests/support/sentry_receiver.py --output "$events" --port 0 --port-file "$work/port" --max-seconds 300 \
	> /dev/null 2> "$out/receiver.stderr" &
receiver=$!
wait_until 60 test -s "$work/port"
rm -f "$out/agent.stderr"
SENTRY_DSN="http://key@127.0.0.1:$(cat "$work/port")/7" "$limpet" agent --terminal=off --spool="$work/spool" \
	> "$out/agent.stdout" 2> "$out/agent.stderr" < /dev/null &
agent=$!
wait_until 120 grep -q '^limpet: tracing ' "$out/agent.stderr"
report $? "exceptions: agent starts with the source it chooses: $(sed -n 's/^limpet: tracing.*(\(.*\))$/\1/p' "$out/agent.stderr")"

wanted=(served terminated)
printf 'def total(price, count):\n    return price / count\n' > "$work/shop.py"
"$target" serve 8085 "$work/shop.py" 2> "$out/serve.stderr" &
server=$!
wait_until 30 curl -s -o /dev/null http://127.0.0.1:8085/good
curl -s -o /dev/null http://127.0.0.1:8085/fail
curl -s -o /dev/null http://127.0.0.1:8085/good
(cd "$work" && ulimit -c 0 && "$target" terminate) > /dev/null 2>&1 || true
if command -v crun > /dev/null; then
	run_container
	wanted+=(contained)
else
	echo "ok exceptions: in a container # SKIP crun is not installed"
fi
if command -v ruby > /dev/null; then
	ruby --disable-gems tests/e2e/uncaught/raise.rb method > /dev/null 2>&1
	wanted+=(ruby)
else
	echo "ok exceptions: Ruby # SKIP ruby is not installed"
fi
wait_until 60 are_there ${#wanted[@]}
kill -TERM $server
wait $server 2> /dev/null
kill -TERM $agent
wait $agent
report $? "exceptions: agent exits with 0 on SIGTERM"
kill -TERM $receiver
wait $receiver 2> /dev/null
grep -E 'lost|warning|error' "$out/agent.stderr" | sed 's/^/# /'
# What the kernel kept our programs from seeing cannot be judged (see agent_traces_http.sh).
skipped=$(sed -n 's/^limpet: lost: program_skipped \([0-9]*\) .*/\1/p' "$out/agent.stderr")
/usr/bin/python3 tests/vm/check_exception_events.py "$events" "${wanted[@]}" |
	if [ -n "$skipped" ]; then
		sed -E "s/^not ok (.*)/ok \1 # SKIP the kernel skipped $skipped runs of our programs, counted/"
	else
		cat
	fi
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace' | sed 's/^/# kernel log: /'
! dmesg | grep -qE 'BUG:|WARNING:|Oops'
report $? "exceptions: no complaint in the kernel log"
