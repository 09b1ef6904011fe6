#!/bin/bash
# Runs inside a guest (test_chart_security.py starts it): crun runs the agent as the chart's pod, on the node's process ids,
# and what it sees of the node is what it should. Speaks TAP without a plan.
# usage: tests/vm/pod_traces_node.sh TITLE LIMPET VICTIM     reads $GUEST_FOLDER/config.json and what lies beside it
set -u
title=$1 limpet=$2 victim=$3
out=$GUEST_FOLDER
work=/run/pod
code=0

report() { # $1 exit code of the check, $2 what was checked
	if [ "$1" -eq 0 ]; then echo "ok $title: $2"; else echo "not ok $title: $2" && code=1; fi
}
wait_until() { # $1 seconds, rest: a command
	local try limit=$(($1 * 10))
	shift
	for ((try = 0; try < limit; try++)); do
		"$@" > /dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}
field() { sed -n "s/^$1:\s*//p" "/proc/$agent/status" | tr '\t' ' ' | cut -d ' ' -f 1; }
seen() { cat $work/run/spans 2> /dev/null | grep -q -- "$1"; }

mkdir -p $work/rootfs $work/spool $work/run $work/bin $work/home
mount --bind / $work/rootfs
cp "$limpet" $work/bin/limpet
cp "$victim" $work/home/victim
printf 'def total(price):\n    return price / 0  # only its owner may read this\ntotal(1)\n' > $work/home/shop.py
chown -R 64998:64998 $work/home
chmod 600 $work/home/shop.py
user=$(sed -n 's/^user=//p' "$out/expected")
if [ "$user" != 0 ]; then
	setcap "$(sed -n 's/^file_capabilities=//p' "$out/expected")+ep" $work/bin/limpet
fi
chown "$user" $work/spool $work/run
mkdir $work/bundle
cp "$out/config.json" $work/bundle/
cp -r "$out/etc" $work/etc
before=$(bpftool prog show | grep -c '^[0-9]')
rm -f "$out/agent.stderr"
(cd $work/bundle && exec crun --root $work/crun --cgroup-manager=disabled run pod) > "$out/agent.stdout" 2> "$out/agent.stderr" < /dev/null &
runtime=$!
wait_until 120 grep -q '^limpet: tracing every process' "$out/agent.stderr"
report $? "it starts: $(sed -n 's/^limpet: tracing//p' "$out/agent.stderr")"
agent=$(crun --root $work/crun state pod 2> /dev/null | sed -n 's/.*"pid": \([0-9]*\).*/\1/p')
if [ -n "$agent" ]; then
	[ "$(field Uid) $(field CapEff) $(field NoNewPrivs) $(field Seccomp)" = "$(sed -n 's/^status=//p' "$out/expected")" ]
	report $? "user, capabilities, no new privileges, filter: $(field Uid) $(field CapEff) $(field NoNewPrivs) $(field Seccomp)"
fi
(cd $work/home && exec setpriv --reuid=64998 --regid=64998 --clear-groups /usr/bin/python3 -m http.server --bind 127.0.0.1 8077) > /dev/null 2>&1 &
server=$!
wait_until 60 curl -s -o /dev/null http://127.0.0.1:8077/
curl -s -o /dev/null 'http://127.0.0.1:8077/beside/[1-20]'
setpriv --reuid=64998 --regid=64998 --clear-groups $work/home/victim
setpriv --reuid=64998 --regid=64998 --clear-groups /usr/bin/python3 $work/home/shop.py 2> /dev/null
wait_until 60 seen /beside/20
report $? "requests to a server of the node are seen"
wait_until 120 seen fall_beside_the_pod
report $? "a crash on the node has its function's name"
wait_until 120 seen ZeroDivisionError
report $? "an exception on the node is seen"
if grep -q '^source=yes' "$out/expected"; then
	wait_until 30 seen 'only its owner may read this'
	report $? "with a source line that its user alone may read"
fi
wait_until 60 sh -c "ls $work/spool/spool/*/*.crash"
report $? "what no server took lies in the node's directory"
[ -z "$agent" ] || kill -TERM "$agent"
wait $runtime
report $? "it ends well"
kill $server
wait_until 30 sh -c "[ \"\$(bpftool prog show | grep -c '^[0-9]')\" = $before ]"
report $? "and leaves no program in the kernel"
ls $work/spool/spool/*/*.crash > /dev/null 2>&1
report $? "the crash waits for the next pod"
cp $work/run/spans "$out/" 2> /dev/null
[ $code -eq 0 ] || sed 's/^/# /' "$out/agent.stderr" | tail -n 30
exit $code
