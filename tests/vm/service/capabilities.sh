#!/bin/bash
# Runs inside a guest: the whole-host agent as a user of its own, with the capabilities of deploy/systemd/limpet.service and
# then without each of them. What fails then is what deploy/README.md says. Speaks TAP without a plan.
# usage: tests/vm/service/capabilities.sh LIMPET [CASE…]      what was seen goes to $GUEST_FOLDER/capabilities.txt
set -u
trap '' PIPE
limpet=$1
shift
cases=$*
work=/run/capabilities
user=64999 owner=64998
code=0
mkdir -p $work $work/home
gcc -std=gnu11 -D_GNU_SOURCE -g -O1 -o $work/home/victim tests/vm/service/capability_victim.c
gcc -std=gnu11 -D_GNU_SOURCE -g -O1 -DIS_LIBRARY -shared -fPIC -o $work/library tests/vm/service/capability_victim.c
printf 'def total(price, count):  # in a file of mode 0600\n    return price / count\n' > $work/home/shop.py
chown -R $owner:$owner $work/home
chmod 700 $work/home
chmod 600 $work/home/shop.py
all=$(sed -n 's/^AmbientCapabilities=//p' deploy/systemd/limpet.service | tr '[:upper:]' '[:lower:]' | sed 's/cap_//g')

as_owner() {
	env -i OTEL_SERVICE_NAME=shop PATH="$PATH" setpriv --reuid=$owner --regid=$owner --clear-groups "$@"
}
start_agent() { # $1 capabilities with commas
	local wanted=${1:+,+$1}
	wanted=${wanted//,/,+}
	wanted=${wanted//++/+}
	mkdir -p $work/out
	chown $user $work/out
	rm -f $work/stderr
	(
		ulimit -l "$memlock"
		exec setpriv --reuid=$user --regid=$user --clear-groups --inh-caps="-all$wanted" --ambient-caps="-all$wanted" \
			--bounding-set="-all$wanted" --no-new-privs \
			"$limpet" agent --terminal=off --spool=off --json=$work/out/json --sentry-file=$work/out/sentry --log-level=debug
	) > /dev/null 2> $work/stderr < /dev/null &
	agent=$!
	for _ in {1..600}; do
		grep -q '^limpet: tracing ' $work/stderr && return 0
		kill -0 $agent 2> /dev/null || break
		sleep 0.3
	done
	kill -KILL $agent 2> /dev/null
	wait $agent
	started="no, exit code $?: $(grep -v '^limpet: debug' $work/stderr | tail -n 1 | cut -c 1-160)"
	return 1
}
has() { cat $work/out/json $work/out/sentry 2> /dev/null | grep -q -- "$1" && echo yes || echo no; }
# What a row is about may never come, so nothing waits for a name: two crashes and an exception come in every row.
wait_for_items() {
	for _ in {1..240}; do
		items=$(grep -c . $work/out/json 2> /dev/null)
		[ "${items:-0}" -lt 3 ] || return
		sleep 0.5
	done
	echo "not ok capabilities: $1: 3 items within two minutes, $items came"
	code=1
}
# A lack of rights is no reason to stay: one that does not end shows where it is.
stop_agent() { # $1 name
	kill -TERM $agent
	for _ in {1..200}; do
		kill -0 $agent 2> /dev/null || break
		sleep 0.3
	done
	if kill -0 $agent 2> /dev/null; then
		echo "not ok capabilities: $1: it ends when it is told to"
		code=1
		head -n 20 /proc/$agent/task/*/{comm,wchan,stack} | sed 's/^/# /'
		kill -KILL $agent
	fi
	wait $agent
}
# One line of what was seen.
look() { # $1 capabilities with commas
	local begin=$SECONDS
	started=yes identity=- program=- source=- library=- functions=- mappings=-
	rm -rf $work/out $work/go $work/loaded
	cp $work/library $work/home/libgone.so
	chown $owner $work/home/libgone.so
	mkfifo $work/go
	as_owner $work/home/victim library $work/home/libgone.so < $work/go > $work/loaded &
	local victim=$!
	exec 7> $work/go
	for _ in {1..600}; do
		[ ! -s $work/loaded ] || break
		sleep 0.1
	done
	rm $work/home/libgone.so
	if start_agent "$1"; then
		echo fall >&7
		wait $victim
		as_owner $work/home/victim stay # without mapping events, who dies at once may lack functions
		as_owner $work/home/victim report $work/home/shop.py
		wait_for_items "$2"
		identity=$(has '"service.name","value":{"stringValue":"shop"')
		program=$(has fall_in_program)
		source=$(has 'in a file of mode 0600')
		library=$(has fall_in_library)
		grep -q 'cannot watch functions' $work/stderr && functions=no || functions=yes
		grep -q 'mapping events: cannot open' $work/stderr && mappings=no || mappings=yes
		stop_agent "$2"
		cp $work/out/json "$GUEST_FOLDER/$2.json"
	else
		kill -KILL $victim
		wait $victim
	fi
	exec 7>&-
	cp $work/stderr "$GUEST_FOLDER/$2.stderr"
	printf '# %-22s start: %s; environment: %s; functions: %s; of a deleted file: %s; source: %s; uprobes: %s; mapping events: %s (%s s)\n' "$2" "$started" \
		"$identity" "$program" "$library" "$source" "$functions" "$mappings" "$((SECONDS - begin))" | tee -a "$GUEST_FOLDER/capabilities.txt"
}
without() { echo "$all" | tr ' ' '\n' | grep -vx "$1" | paste -sd,; }
try() { # $1 name, $2 capabilities with commas, rest: what its line has to have
	local name=$1
	case " $cases " in
	*" $name "* | "  ") ;;
	*) return ;;
	esac
	look "$2" "$name"
	shift 2
	for wanted in "$@"; do
		if grep -F "# $name " "$GUEST_FOLDER/capabilities.txt" | grep -qE "$wanted"; then
			echo "ok capabilities: $name: $wanted"
		else
			echo "not ok capabilities: $name: $wanted"
			code=1
		fi
	done
}
# By many in one link, from 6.6 on, it takes no more than CAP_PERFMON.
case $(uname -r) in
5.* | 6.[0-5].*) uprobes='uprobes: no' ;;
*) uprobes='uprobes: yes' ;;
esac
memlock=unlimited
with=$(echo "$all" | tr ' ' ,)
everything='start: yes; environment: yes; functions: yes; of a deleted file: yes'
try all "$with" "$everything; source: no" "$uprobes"
try all-and-admin "$with,sys_admin" "$everything" 'uprobes: yes; mapping events: yes'
try all-and-setuid "$with,setuid,setgid" "$everything; source: yes"
# Above 2 Debian's kernels let nobody but CAP_SYS_ADMIN use perf.
sysctl -q kernel.perf_event_paranoid=2
try paranoid-2 "$with" "$everything" 'mapping events: yes'
sysctl -q kernel.perf_event_paranoid=3
try without-bpf "$(without bpf)" 'start: no, exit code 3'
try without-perfmon "$(without perfmon)" 'start: no, exit code 3'
# Newer kernels let CAP_PERFMON read what is mapped where and the environment; never what needs the process itself.
case $(uname -r) in
5.* | 6.?.* | 6.1[0-2].*) try without-sys_ptrace "$(without sys_ptrace)" 'environment: no; functions: no; of a deleted file: no' ;;
*) try without-sys_ptrace "$(without sys_ptrace)" 'environment: yes; functions: yes; of a deleted file: no' ;;
esac
try without-dac_read_search "$(without dac_read_search)" 'environment: no; functions: no; of a deleted file: no'
try without-checkpoint_restore "$(without checkpoint_restore)" 'functions: yes; of a deleted file: no'
case $(uname -r) in
5.10.*)
	memlock=64
	try memlock-64 "$with" 'start: no, exit code 3'
	try memlock-64-and-resource "$with,sys_resource" "$everything"
	;;
esac
exit $code
