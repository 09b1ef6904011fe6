#!/bin/bash
# limpet on stock Debian kernels in QEMU, one line per kernel and check: what agent_traces_http.sh finds of the whole-host
# agent in each guest, and what the records of crashes say there with each capture source (tests/e2e/test_crash_records.py).
# Each kernel's output, spans and the agent's stderr stay in .build/vm/runs/kernel-VERSION/.
# usage: tests/vm/test_kernels.sh [VERSION…]        LIMPET=… another binary than .build/limpet; VM_ALL=1: every part on each
set -u
cd "$(dirname "$0")/../.."
limpet=${LIMPET:-.build/limpet}
[ $# -gt 0 ] || set -- 5.10 6.1 6.12 newest
failed=0

if [ ! -x "$limpet" ]; then
	echo "not ok whole-host agent: no $limpet; build it with: make"
	exit 1
fi
tests/e2e/crash_targets/build.py || exit 1
tests/e2e/runtime_targets/build.sh .build/tests/e2e/runtime_targets || exit 1
gcc -O1 -static -o .build/exception_target tests/vm/exception_target.c || exit 1
tests/e2e/throw_targets/build.py || true
tests/vm/make_cluster.sh .build/vm/cluster.tar || exit 1
run_guest() { # $1 how many threads emulate: multi, single
	rm -rf "$folder"
	mkdir -p "$folder"
	GUEST_TCG_THREADS=$1 tests/vm/guest.sh --kernel "$kernel" --timeout 1500 --folder "$folder" -- \
		env VM_ALL="${VM_ALL:-}" VM_SOURCES="${VM_SOURCES:-}" tests/vm/whole_host.sh "$limpet" \
		> "$folder/tap" 2> "$folder/runner.stderr"
}

for kernel in "$@"; do
	folder=$PWD/.build/vm/runs/kernel-$kernel
	run_guest multi
	code=$?
	# The kernel patches its code with int3 while other CPUs run it; QEMU with a thread per CPU now and then lets one trap on a
	# byte that is gone (in __schedule, between two instructions: no code of ours is there). One thread cannot.
	if [ $code -eq 125 ] && grep -aq 'Oops: int3' "$folder/console"; then
		echo "# $kernel: QEMU trapped on code being patched; once more, emulated by one thread"
		run_guest single
		code=$?
	fi
	# What failed was run again in there (whole_host.sh): here only a guest that did not come to its end.
	if [ $code -ne 0 ] && [ $code -ne 77 ] && ! grep -q '^not ok ' "$folder/tap" && [ "${TEST_ATTEMPTS:-2}" -gt 1 ]; then
		echo "# $kernel: at first failed: the guest's script did not run to its end (exit code $code)"
		tail -n 1 "$folder/tap" | sed "s/^/# $kernel: at first failed: the last it said: /"
		tail -n 12 "$folder/runner.stderr" | sed "s/^/# $kernel: at first failed: /"
		rm -rf "$folder.first"
		mv "$folder" "$folder.first"
		run_guest multi
		code=$?
	fi
	tail -n 1 "$folder/runner.stderr" | grep '^guest.sh: kernel' | sed 's/^/# /'
	if [ $code -eq 77 ]; then
		echo "ok $kernel: whole-host agent # SKIP $(tail -n 1 "$folder/runner.stderr")"
		continue
	fi
	sed -E "s/^(ok|not ok) /\1 $kernel: /" "$folder/tap"
	! grep -q '^not ok ' "$folder/tap" || failed=1
	if [ $code -ne 0 ] && ! grep -q '^not ok ' "$folder/tap"; then
		echo "not ok $kernel: the guest's script ran to its end (exit code $code, see $folder)"
		tail -n 40 "$folder/runner.stderr" | sed 's/^/# /'
		failed=1
	fi
done
exit $failed
