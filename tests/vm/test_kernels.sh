#!/bin/bash
# limpet on stock Debian kernels in QEMU, one line per kernel and check: what agent_traces_http.sh finds of the whole-host
# agent in each guest, and what the records of crashes say there with each capture source (tests/e2e/test_crash_records.py).
# Each kernel's output, spans and the agent's stderr stay in .build/vm/runs/kernel-VERSION/.
# usage: tests/vm/test_kernels.sh [VERSION…]        LIMPET=… another binary than .build/limpet
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
for kernel in "$@"; do
	folder=$PWD/.build/vm/runs/kernel-$kernel
	rm -rf "$folder"
	mkdir -p "$folder"
	tests/vm/guest.sh --kernel "$kernel" --timeout 600 --folder "$folder" -- tests/vm/whole_host.sh "$limpet" > "$folder/tap" \
		2> "$folder/runner.stderr"
	code=$?
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
