#!/bin/bash
# Runs inside a guest (test_pods.sh starts it): pods run by containerd and crun, through the interface a kubelet uses; every span and crash
# of the whole-host agent names its pod, container, image and digest: of nginx (glibc, TLS from the container's own library), of a static
# program, of one whose file was deleted, and of pods that live for a second and are removed at once. Speaks TAP without a plan.
# usage: tests/vm/pods/pods.sh LIMPET IMAGES       files for a look afterwards go to $GUEST_FOLDER
set -u
limpet=$1 images=$2 folder=$GUEST_FOLDER here=tests/vm/pods
socket=/run/containerd/containerd.sock
code=0
. tests/vm/guest_checks.sh

check() { # as check_pods.py
	/usr/bin/python3 $here/check_pods.py "$folder/spans" "$@" || code=1
}
# The paths of spans, and crashes; $1 a pattern, $2 how many
has() {
	[ "$(grep -oE "\"stringValue\":\"$1\"" "$folder/spans" | sort -u | wc -l)" -ge "$2" ]
}
crashed() {
	[ "$(grep -c '"resourceLogs"' "$folder/spans")" -ge "$1" ]
}
safe() { # the library of a container is watched a moment after it is there
	curl -sk -o /dev/null https://127.0.0.1:8443/warm
	has /warm 1
}
kubelet() { # $1 name of the files, rest: words of kubelet.py
	local name=$1
	shift
	/usr/bin/python3 $here/kubelet.py $socket "$images/images.json" "$folder/$name.json" "$folder/$name.made.json" "$@" 2>> "$folder/kubelet.stderr" && return
	echo "not ok the pods of $name run"
	tail -n 5 "$folder/kubelet.stderr" | sed 's/^/# /'
	tail -n 20 "$folder/containerd.log" | sed 's/^/# /'
	exit 1
}

mkdir -p /run/ctd
cat > /run/ctd/config.toml << 'END'
version = 2
root = "/run/ctd/root"
state = "/run/ctd/state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "limpet.test/pause:1.0"
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "crun"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun.options]
        BinaryName = "/usr/bin/crun"
        SystemdCgroup = false
END
containerd --config /run/ctd/config.toml > "$folder/containerd.log" 2>&1 &
containerd=$!
wait_for test -S $socket || exit 1
wait_for ctr version > /dev/null || exit 1
for image in pause shop web; do
	ctr -n k8s.io images import "$images/$image.tar" >> "$folder/containerd.log" 2>&1
	digest=$(/usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]]["digest"])' "$images/images.json" $image)
	ctr -n k8s.io images tag "limpet.test/$image:1.0" "limpet.test/$image@$digest" >> "$folder/containerd.log" 2>&1
done

rm -f "$folder/agent.stderr"
"$limpet" agent --terminal=off --spool=off --json="$folder/spans" --tls=auto --tls-delay=0 --crash-burst=100 --metadata-wait=30s \
	> "$folder/agent.stdout" 2> "$folder/agent.stderr" < /dev/null &
agent=$!
wait_for grep -q '^limpet: tracing ' "$folder/agent.stderr" || exit 1

cat > "$folder/servers.json" << 'END'
[{"pod": "web-7d4b9c6f5-x2x4q", "namespace": "front", "container": "nginx", "image": "web"},
 {"pod": "shop-0", "namespace": "back", "container": "shop", "image": "shop", "args": ["serve", "8081"], "restarts": 3},
 {"pod": "gone-0", "namespace": "back", "container": "gone", "image": "shop", "args": ["serve", "8082"]}]
END
kubelet servers
for port in 8080 8081 8082; do
	wait_for curl -s -o /dev/null "http://127.0.0.1:$port/ready" || code=1
done
for _ in $(seq 40); do safe && break; sleep 0.5; done
for i in $(seq 10); do
	curl -s -o /dev/null "http://127.0.0.1:8080/page/$i"
	curl -s -o /dev/null "http://127.0.0.1:8081/sale/$i"
	curl -sk -o /dev/null "https://127.0.0.1:8443/safe/$i"
done
wait_for has '/safe/[0-9]+' 10
wait_for has '/sale/[0-9]+' 10
check "$folder/servers.made.json" "nginx in a pod" web-7d4b9c6f5-x2x4q server:/page/ 10
check "$folder/servers.made.json" "nginx in a pod, TLS by the container's own library" web-7d4b9c6f5-x2x4q server:/safe/ 10
check "$folder/servers.made.json" "a static program in a pod" shop-0 server:/sale/ 10

# Its file is deleted while it runs, as an update in place would; the layer below still has it, this process does not.
victim=$(/usr/bin/python3 -c 'import json, sys; print([p["pid"] for p in json.load(open(sys.argv[1])) if p["pod"] == "gone-0"][0])' "$folder/servers.made.json")
rm "/proc/$victim/root/app/shop"
curl -s -o /dev/null http://127.0.0.1:8081/crash
curl -s -o /dev/null http://127.0.0.1:8082/crash
wait_for crashed 2
check "$folder/servers.made.json" "a crash in a pod" shop-0 crash 1 sell_nothing
check "$folder/servers.made.json" "a crash of a program whose file was deleted" gone-0 crash 1 sell_nothing

/usr/bin/python3 - > "$folder/short.json" << 'END'
import json
print(json.dumps([{"pod": f"short-{i}", "namespace": "batch", "container": f"visitor-{i}", "image": "shop",
                   "args": ["visit", "8080", "3", "1000" if i < 3 else "0", "crash"]} for i in range(5)]))
END
kubelet short remove
wait_for crashed 7
for i in 0 1 2 3 4; do
	title="a pod that lived for a second and was removed"
	[ $i -lt 3 ] || title="a pod that ended as soon as it could and was removed"
	check "$folder/short.made.json" "$title, short-$i" short-$i client:/visit/ 3
	check "$folder/short.made.json" "$title, short-$i" short-$i crash 1 sell_nothing
done

# Without its runtime a container keeps its id, and nothing waits for what cannot come.
kill -KILL $containerd
wait $containerd 2> /dev/null
curl -s -o /dev/null http://127.0.0.1:8080/alone
wait_for has /alone 1
check "$folder/servers.made.json" "known names stay when the runtime has gone" web-7d4b9c6f5-x2x4q server:/alone 1

kill -TERM $agent
wait $agent
[ $? -eq 0 ] && echo "ok agent exits with 0" || { echo "not ok agent exits with 0"; code=1; }
# The runtime ends what holds a pod together by SIGKILL, every time.
if grep '"resourceLogs"' "$folder/spans" | grep -oE 'killed by PID [0-9]+ \((crun|containerd[^)]*)\)|"stringValue":"pause"' | sort | uniq -c | sed 's/^/# /' | grep .; then
	echo "not ok the end of a pod is no crash"
	code=1
else
	echo "ok the end of a pod is no crash"
fi
suppressed=$(sed -n "s/^limpet: not reported: \([0-9]*\) pods' sandboxes.*/\1/p" "$folder/agent.stderr")
if [ "${suppressed:-0}" -ge 5 ]; then
	echo "ok the ends of $suppressed pods were seen, and counted"
else
	echo "not ok the ends of five pods were seen, and counted: ${suppressed:-0}"
	code=1
fi
grep -E 'lost|metadata|warning' "$folder/agent.stderr" | sed 's/^/# /' | head -n 20
if grep -q metadata_late "$folder/agent.stderr"; then
	echo "not ok nothing went without its names"
	code=1
else
	echo "ok nothing went without its names"
fi
check_kernel_log pods
pkill -KILL -f '^/usr/bin/containerd-shim' 2> /dev/null
exit $code
