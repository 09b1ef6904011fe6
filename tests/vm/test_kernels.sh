#!/bin/bash
# limpet on stock Debian kernels in QEMU, one line per kernel and check: what agent_traces_http.sh finds of the whole-host
# agent in each guest, and what the records of crashes say there with each capture source (tests/e2e/test_crash_records.py).
# Each kernel's output, spans and the agent's stderr stay in .build/vm/runs/kernel-VERSION/.
# usage: tests/vm/test_kernels.sh [VERSION…]        LIMPET=… another binary than .build/limpet; VM_ALL=1: every part on each
set -u
cd "$(dirname "$0")/../.."
. tests/vm/guest_run.sh
limpet=${LIMPET:-.build/limpet}
[ $# -gt 0 ] || set -- 5.10 6.1 6.12 newest
failed=0

if [ ! -x "$limpet" ]; then
	echo "not ok whole-host agent: no $limpet; build it with: make"
	exit 1
fi
tests/e2e/crash_targets/build.py || exit 1
tests/e2e/runtime_targets/build.sh .build/tests/e2e/runtime_targets || exit 1
make -s .build/tests/e2e/show_handover || exit 1
gcc -O1 -static -o .build/exception_target tests/vm/exception_target.c || exit 1
tests/e2e/throw_targets/build.py || true
tests/e2e/test_profile.py build || exit 1
tests/vm/make_cluster.sh .build/vm/cluster.tar || exit 1
for kernel in "$@"; do
	guest_run kernel "$kernel" --timeout 1500 -- env VM_ALL="${VM_ALL:-}" VM_SOURCES="${VM_SOURCES:-}" tests/vm/whole_host.sh "$limpet"
done
exit $failed
