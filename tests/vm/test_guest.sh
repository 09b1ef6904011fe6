#!/bin/bash
# The guest runner itself: what goes in, what comes out, what is mounted, and that a guest that hangs is ended in time.
set -u
cd "$(dirname "$0")/../.."
kernel=6.1
folder=$PWD/.build/vm/runs/guest-self-test
mkdir -p "$folder"
failed=0

report() { # $1 exit code of the check, $2 what was checked
	if [ "$1" -eq 0 ]; then echo "ok guest: $2"; else echo "not ok guest: $2" && failed=1; fi
}
if ! reason=$({ tests/vm/fetch_kernel.sh $kernel && tests/vm/fetch_qemu.sh; } 2>&1 > /dev/null); then
	echo "ok guest: the runner # SKIP $(echo "$reason" | tail -n 1)"
	exit 0
fi

# shellcheck disable=SC2016 # the guest's shell expands it
script='echo "out: $1|$2"; echo "err" >&2; echo kept > $GUEST_FOLDER/kept; echo lost > lost-in-guest
	for type in bpf tracefs debugfs cgroup2 devpts tmpfs; do grep -q " $type " /proc/mounts || echo "no $type"; done
	test ! -e "$3" || echo "the host'"'"'s /tmp is there"; ip -br addr show lo | grep -q 127.0.0.1 || echo "no lo"
	test -e /dev/fd/1 || echo "no /dev/fd"; test "$(id -u)" = 0 || echo "not root"; test -s /sys/kernel/btf/vmlinux || echo "no BTF"; echo "kernel: $(uname -r)"
	modprobe veth || echo "no modules"; exit 3'
rm -f "$folder/kept"
marker=$(mktemp)
trap 'rm -f "$marker"' EXIT
out=$(tests/vm/guest.sh --kernel $kernel --timeout 100 --folder "$folder" -- sh -c "$script" sh 'a b' '"c' "$marker" 2> "$folder/runner.stderr")
code=$?
[ $code -eq 3 ]
report $? "the script's exit code comes out (3: $code)"
[ "$out" = "$(printf 'out: a b|"c\nkernel: %s' "$(cat .build/vm/kernels/$kernel/release)")" ]
report $? "arguments go in, output comes out, mounts, lo, root, BTF and modules are there"
[ "$out" ] && echo "$out" | sed 's/^/# /'
grep -qx err "$folder/runner.stderr"
report $? "stderr comes out"
[ "$(cat "$folder/kept" 2> /dev/null)" = kept ] && [ ! -e lost-in-guest ]
report $? "files in GUEST_FOLDER come out, others do not"

tests/vm/guest.sh --kernel $kernel --timeout 12 --folder "$folder" -- sleep 1000 > /dev/null 2> "$folder/runner.stderr"
code=$?
[ $code -eq 124 ]
report $? "a script that hangs is ended (124: $code)"
! grep -qs qemu "/proc/$(cat "$folder/qemu.pid")/cmdline"
report $? "no QEMU is left"
# A hung kernel, as guest.sh sees it: nothing beats any more.
rm -f "$folder/kept" "$folder/runner.stderr"
GUEST_STILL_S=12 tests/vm/guest.sh --kernel $kernel --timeout 300 --folder "$folder" -- \
	sh -c 'sleep 12; echo up > $GUEST_FOLDER/kept; sleep 1000' > /dev/null 2> "$folder/runner.stderr" &
runner=$!
until [ "$(cat "$folder/kept" 2> /dev/null)" = up ] || ! kill -0 $runner 2> /dev/null; do sleep 0.2; done
kill -STOP "$(cat "$folder/qemu.pid")"
wait $runner
code=$?
[ $code -eq 125 ] && grep -q 'stands still' "$folder/runner.stderr"
report $? "a guest that stands still is ended before its time (125: $code)"
exit $failed
