#!/bin/bash
# Runs inside a guest (whole_host.sh starts it): the whole-host agent beside a strict API server. Processes in control groups
# as the kubelet and containerd make them: every span, exception and crash has its pod; one pod wants nothing told, one has
# a Sentry of its own, one lives for a second, one comes while the API server is down. Speaks TAP without a plan.
# usage: tests/vm/kubernetes.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
limpet=$1
out=$GUEST_FOLDER
work=$(mktemp -d)
account=$work/account
count=6
receivers=()

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
tell() { # $1 JSON: what the cluster is to do
	curl -s --fail --data "$1" "http://127.0.0.1:$(cat "$account/control")/"
}
# In the pod that wants nothing told: what a receiver serves would be spans, and these served again.
start_receiver() { # $1 name, $2 key, $3 project
	rm -f "$out/$1.jsonl"
	run_in quiet /usr/bin/python3 "$PWD"/tests/support/sentry_receiver.py --output "$out/$1.jsonl" --port 0 --port-file "$work/$1.port" --key "$2" \
		--project "$3" --max-seconds 400 &
	receivers+=($!)
}

# A pod's uid and its container's id, always the same for a name.
uid_of() {
	echo "$1" | sha256sum | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/'
}
id_of() {
	echo "container $1" | sha256sum | cut -c 1-64
}
put_pod() { # $1 name, $2 restarts of its container ("null": it has not begun), rest: more of make_pod's arguments as JSON
	local name=$1 id
	id=$([ "$2" = null ] && echo null || echo "\"$(id_of "$1")\"")
	tell "{\"do\": \"put\", \"namespace\": \"shop\", \"name\": \"$name-7c5d-x\", \"uid\": \"$(uid_of "$name")\", \"owner\": [\"ReplicaSet\", \"$name-7c5d\"],
		\"labels\": {\"pod-template-hash\": \"7c5d\", \"tier\": \"front\"}, \"containers\": {\"app\": [$id, $([ "$2" = null ] && echo 0 || echo "$2"), \"shop/$name:1.2\"],
		\"side\": [null, 0, \"shop/side:1\"]} ${3:+, $3}}" > /dev/null
}
run_in() { # $1 pod, rest: a program
	local uid group
	uid=$(uid_of "$1" | tr - _)
	group=/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod$uid.slice/cri-containerd-$(id_of "$1").scope
	mkdir -p "$group"
	shift
	(
		ulimit -c 0
		echo "$BASHPID" > "$group/cgroup.procs"
		cd "$work" && exec "$@"
	) > /dev/null 2>> "$work/programs.stderr"
}
request() { # $1 port: count good ones and one that fails
	wait_until 30 curl -s -o /dev/null "http://127.0.0.1:$1/ready"
	curl -s -o /dev/null "http://127.0.0.1:$1/[2-$count]"
	curl -s -o /dev/null "http://127.0.0.1:$1/fail"
}
# The pod lives for a second: the runtime's process becomes the program that dies.
crash() { # $1 pod
	run_in "$1" sh -c 'sleep 1; exec "$0" null' "$PWD/.build/crash_targets/crash-static-O2-nofp"
}
are_there() { # $1 receiver, $2 type of item, $3 how many
	[ "$(grep -oE "\"type\": ?\"$2\"" "$out/$1.jsonl" | wc -l)" -ge "$3" ]
}

cp .build/exception_target "$work/server"
start_receiver main key 7
start_receiver own second 8
run_in quiet /usr/bin/python3 "$PWD/tests/support/kubernetes_server.py" --folder "$account" --node guest-node --max-seconds 400 &
apiserver=$!
wait_until 60 test -s "$account/control"
wait_until 60 test -s "$work/own.port"
tell "{\"do\": \"secret\", \"namespace\": \"shop\", \"name\": \"sentry\", \"values\": {\"dsn\": \"http://second@127.0.0.1:$(cat "$work/own.port")/8\"}}" > /dev/null
put_pod web 3
put_pod quiet 0 '"annotations": {"limpet.io/trace": "false"}'
put_pod own 0 '"annotations": {"limpet.io/sentry-dsn-secret": "sentry/dsn", "limpet.io/service-name": "its own", "limpet.io/environment": "lab"}'
put_pod late null

rm -f "$out/agent.stderr"
SENTRY_DSN="http://key@127.0.0.1:$(cat "$work/main.port")/7" LIMPET_NODE_NAME=guest-node "$limpet" agent --terminal=off \
	--spool="$work/spool" --crash-burst=1000 --kubernetes=on --kubernetes-server="$(cat "$account/url")" \
	--kubernetes-token-file="$account/token" --kubernetes-ca-file="$account/ca.crt" --pod-dsn --cluster-name=lab-1 \
	--pod-labels=tier --metadata-wait=5s > "$out/agent.stdout" 2> "$out/agent.stderr" < /dev/null &
agent=$!
wait_until 120 grep -q '^limpet: tracing ' "$out/agent.stderr"
report $? "kubernetes: agent starts with the source it chooses"
wait_until 30 grep -q 'following the pods of node guest-node' "$out/agent.stderr"
report $? "kubernetes: agent follows the pods of its node"

# A whole host takes a while to look at: what is asked for here shows when the agent has caught up.
ask_and_see() {
	tell '{"do": "requests"}' > /dev/null
	are_there main transaction 1
}
wait_until 90 ask_and_see
report $? "kubernetes: agent has caught up with the host"

port=8091
for pod in web quiet own late; do
	run_in $pod "$work/server" serve $port "$work/shop.py" &
	port=$((port + 1))
done
wait_until 30 curl -s -o /dev/null "http://127.0.0.1:8094/early"
sleep 1
put_pod late 0
for port in 8091 8092 8093 8094; do
	request $port
done
for pod in web quiet own; do
	crash $pod
done

# A pod that is there for a second, and is gone when its crash is looked at.
put_pod short 0
crash short
tell '{"do": "delete", "namespace": "shop", "name": "short-7c5d-x"}' > /dev/null

# Known pods stay known; one that comes meanwhile goes without its names, in time.
tell '{"do": "down"}' > /dev/null
put_pod outage 0
crash web
crash outage
wait_until 40 are_there main event 6
report $? "kubernetes: nothing waits for an API server that is down"
tell '{"do": "up"}' > /dev/null
wait_until 60 grep -q 'the API server answers again' "$out/agent.stderr"
report $? "kubernetes: agent goes on when the API server is back"
crash outage

wait_until 40 are_there main event 7
wait_until 40 are_there own event 2
wait_until 40 are_there own transaction $((count + 1))
kill -TERM $agent
wait $agent
report $? "kubernetes: agent exits with 0 on SIGTERM"
kill -TERM "${receivers[@]}" $apiserver
wait "${receivers[@]}" $apiserver 2> /dev/null
kill $(cat /sys/fs/cgroup/kubepods.slice/*/*/*/cgroup.procs) 2> /dev/null
grep -E 'lost|warning|error|kubernetes' "$out/agent.stderr" | sed 's/^/# /'
[ ! -s "$account/violations" ]
report $? "kubernetes: the API server had nothing to refuse"
sed 's/^/# /' "$account/violations"
for pod in web quiet own late short outage; do
	echo "$pod $(uid_of $pod) $(id_of $pod)"
done > "$out/pods"
# What the kernel kept our programs from seeing cannot be judged (see agent_traces_http.sh).
skipped=$(sed -n 's/^limpet: lost: program_skipped \([0-9]*\) .*/\1/p' "$out/agent.stderr")
/usr/bin/python3 tests/vm/check_pod_items.py "$out/main.jsonl" "$out/own.jsonl" "$out/pods" $count |
	if [ -n "$skipped" ]; then
		sed -E "s/^not ok (.*)/ok \1 # SKIP the kernel skipped $skipped runs of our programs, counted/"
	else
		cat
	fi
