#!/bin/bash
# Runs inside a guest (test_hostile.sh starts it): beside a container that does everything an enemy may (hostile_container.c)
# nginx serves requests with numbers: each is a span, what is lost is the enemy's own and counted, the agent stays within what
# its control group allows, writes nothing to its log that moves a terminal, answers, and ends in order. TAP without a plan.
# usage: tests/vm/hostile.sh LIMPET HOSTILE_CONTAINER       files for a look afterwards go to $GUEST_FOLDER
set -u
limpet=$1 hostile=$2 out=$GUEST_FOLDER
count=50 seconds=20
work=$(mktemp -d)
groups=/sys/fs/cgroup
report() { # $1 exit code of the check, $2 what was checked
	if [ "$1" -eq 0 ]; then echo "ok hostile: $2"; else echo "not ok hostile: $2"; fi
}
join() { # $1 control group
	echo "$BASHPID" > "$groups/$1/cgroup.procs"
}

echo "+memory +cpu +pids" > $groups/cgroup.subtree_control
mkdir $groups/agent $groups/hostile
echo 512M > $groups/agent/memory.max
echo "100000 100000" > $groups/agent/cpu.max
echo 512M > $groups/hostile/memory.max
echo "100000 100000" > $groups/hostile/cpu.max
echo 200 > $groups/hostile/pids.max

nginx=$(tests/support/start_nginx.sh "$work/nginx" 8081)
rm -f "$out/agent.stderr"
(
	join agent
	exec "$limpet" agent --terminal=off --spool=off --json="$work/spans" --status-socket="$work/status"
) > "$out/agent.stdout" 2> "$out/agent.stderr" < /dev/null &
agent=$!
for _ in {1..1800}; do
	! grep -q '^limpet: tracing ' "$out/agent.stderr" || break
	kill -0 $agent 2> /dev/null || break
	sleep 0.1
done
mkdir "$work/enemy"
(
	join hostile
	exec "$hostile" "$work/enemy" $seconds
) > "$out/hostile.stdout" 2> /dev/null &
enemy=$!
served=0
for number in $(seq $count); do
	[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:8081/page/$number")" = 200 ] && served=$((served + 1))
	sleep 0.2
done
echo "# requests of its own on the enemy's connection: $(tail -n 1 "$out/hostile.stdout")"
wait $enemy
[ $served -eq $count ]
report $? "nginx serves $count requests ($served)"
timeout 60 "$limpet" status --status-socket="$work/status" > "$out/status" 2>&1
report $? "the agent answers limpet status"
kill -TERM $agent
wait $agent
code=$?
report $code "the agent exits with 0 on SIGTERM ($code)"
kill -QUIT "$nginx"
grep -aE 'lost|spans|crash' "$out/agent.stderr" | tail -n 30 | cut -c 1-200 | sed 's/^/# /'
echo "# the agent's memory: $(cat $groups/agent/memory.peak 2> /dev/null || echo unknown) bytes at most, its processor time: $(sed -n 's/^usage_usec //p' $groups/agent/cpu.stat) us"
grep -qx 'oom_kill 0' $groups/agent/memory.events
report $? "the agent was not killed for want of memory"
/usr/bin/python3 tests/vm/check_hostile.py "$work/spans" "$out/agent.stderr" "$out/status" $count
! dmesg | grep -E 'BUG:|WARNING:|Oops' | sed 's/^/# kernel log: /' | grep .
report $? "no complaint in the kernel log"
