#!/bin/bash
# Runs inside a guest (whole_host.sh starts it): `limpet attach` to a container of a real runtime, in a control group as Docker
# makes them and with two processes that are no relatives: by the id that `docker ps` shows and by its name, which a Docker API
# tells, at the same time. Speaks TAP without a plan.
# usage: tests/vm/attach_container.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
. tests/vm/guest_checks.sh
limpet=$1
folder=$GUEST_FOLDER
code=0
count=5
work=$(mktemp -d)
id=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')

report() { # $1 exit code of the check, $2 what was checked
	if [ "$1" -eq 0 ]; then
		echo "ok attach: $2"
	else
		echo "not ok attach: $2"
		code=1
	fi
}
run_crun() { crun --root "$work/crun" --cgroup-manager=cgroupfs "$@" < /dev/null >> "$folder/crun.log" 2>&1; }
has_programs() { bpftool prog show | grep -qE '^[0-9]+: (raw_tracepoint|tracing|kprobe|perf_event)'; }
has_none() { ! has_programs; }

start_container() {
	mkdir -p "$work/bundle/rootfs/proc" "$work/bundle/rootfs/dev"
	cp .build/exception_target "$work/bundle/rootfs/server"
	cd "$work/bundle" && crun spec && cd "$OLDPWD" || return
	# The network is the host's: what is asked comes from outside.
	/usr/bin/python3 - "$work/bundle/config.json" "$id" <<- 'END'
		import json, sys
		path, name = sys.argv[1:]
		config = json.load(open(path))
		config["process"].update(terminal=False, args=["/server", "serve", "8095", "/none"])
		config["linux"]["cgroupsPath"] = "/docker/" + name
		config["linux"]["namespaces"] = [space for space in config["linux"]["namespaces"] if space["type"] != "network"]
		config["linux"].pop("seccomp", None)
		json.dump(config, open(path, "w"))
	END
	run_crun run --detach --bundle "$work/bundle" "$id" && run_crun exec --detach "$id" /server serve 8096 /none
}
serve_docker() { # a Docker that knows one container
	PYTHONPATH=tests/support exec /usr/bin/python3 -c "
import sys, time, fake_docker
fake_docker.FakeDocker(sys.argv[1]).add(sys.argv[2], 'shop-web-1', 'shop:1.2', 'sha256:1')
time.sleep(300)" "$work/docker.sock" "$id"
}
attach() { # $1 name of the run, rest: for limpet, which looks at requests alone: what it does not load takes no time
	local name=$1
	shift
	rm -f "$folder/$name.stderr" "$folder/$name.jsonl"
	exec "$limpet" attach "$@" --events=spans --plain --json="$folder/$name.jsonl" > "$folder/$name.plain" 2> "$folder/$name.stderr"
}
check() { # $1 name of the run, $2 its exit code, $3 what it attached to, $4 the container's processes
	local said=$folder/$1.stderr
	[ "$2" -eq 0 ] && grep -qE "^limpet: detached from container $3 after [0-9.]+ s$" "$said"
	report $? "by its $1: exit code $2, $(grep detached "$said")"
	grep -qE "^limpet: tracing container $3: 2 processes \((fentry|tracepoints)\)$" "$said" && grep -qxF "limpet: processes: $4" "$said"
	report $? "by its $1: all of it, by name: $(grep processes: "$said")"
	grep -qE "^limpet: PID [0-9]+ is in namespaces of its own \(pid, mnt[a-z, ]*\)" "$said"
	report $? "by its $1: it is said that its namespaces are its own"
	[ "$(grep -o '"url.path","value":{"stringValue":"/[ab]/[0-9]*"' "$folder/$1.jsonl" | sort -u | wc -l)" = $((2 * count)) ] &&
		grep -qx "limpet: $((2 * count)) spans in $((2 * count)) segments" "$said" && [ "$(grep -cE '^[a-z0-9-]+ GET /[ab]/' "$folder/$1.plain")" = $((2 * count)) ]
	report $? "by its $1: $((2 * count)) requests to both of its processes, as many spans: $(grep -E 'spans in|lost:' "$said" | paste -sd ' ')"
	[ "$(grep -vc "\"container.id\",\"value\":{\"stringValue\":\"$id\"" "$folder/$1.jsonl")" = 0 ]
	report $? "by its $1: the container's id is on all of them"
}

if ! command -v crun > /dev/null; then
	echo "ok attach: a container # SKIP crun is not installed"
	exit 0
fi
begin=$SECONDS
serve_docker &
docker=$!
start_container
report $? "crun runs a container with two processes"
wait_for curl -s -o /dev/null http://127.0.0.1:8095/ready
wait_for curl -s -o /dev/null http://127.0.0.1:8096/ready
wait_for test -S "$work/docker.sock"
processes=$(sort -n "/sys/fs/cgroup/docker/$id/cgroup.procs" | sed 's/$/ server/' | paste -sd , | sed 's/,/, /g')
attach id "${id:0:12}" --container-sockets=off &
by_id=$!
attach name shop-web-1 --container-sockets="docker:$work/docker.sock" &
by_name=$!
wait_for grep -q 'attached in' "$folder/id.stderr"
wait_for grep -q 'attached in' "$folder/name.stderr"
curl -s "http://127.0.0.1:8095/a/[1-$count]" "http://127.0.0.1:8096/b/[1-$count]"
has_programs
report $? "its programs are in the kernel meanwhile"
kill -INT $by_id $by_name
wait $by_id
check id $? "${id:0:12}" "$processes"
wait $by_name
check name $? shop-web-1 "$processes"
wait_for has_none
report $? "nothing of it is left in the kernel"
"$limpet" attach container:00000000 --container-sockets="docker:$work/docker.sock" > "$work/refused" 2>&1
[ "$? $(cat "$work/refused")" = "5 limpet: cannot attach to 00000000: no process of such a container runs here; list containers with: docker ps, crictl ps" ]
report $? "a container that is not there: $(cat "$work/refused")"
run_crun delete --force "$id"
kill -TERM $docker
wait $docker 2> /dev/null
echo "# attach: $((SECONDS - begin)) s"
[ $code -eq 0 ] || sed 's/^/# crun: /' "$folder/crun.log" | head -n 5
check_kernel_log attach
exit $code
