#!/bin/bash
# What fails without each capability of the service, in guests: the table in deploy/README.md. It takes minutes and changes
# with the unit and the kernels alone, so it runs with VM_ALL=1, on 5.10, 6.1 and the newest kernel; or where they are named.
# usage: tests/vm/test_capabilities.sh [VERSION…]
set -u
cd "$(dirname "$0")/../.."
failed=0
mkdir -p .build/vm/runs
if [ $# -eq 0 ] && [ -z "${VM_ALL:-}" ]; then
	echo "ok capabilities # SKIP it takes minutes; run it with: VM_ALL=1 tests/vm/test_capabilities.sh"
	exit 0
fi
[ $# -gt 0 ] || set -- 6.1 5.10 newest
for kernel in "$@"; do
	folder=$PWD/.build/vm/runs/capabilities-$kernel
	tests/vm/guest.sh --kernel "$kernel" --timeout 1500 --folder "$folder" -- tests/vm/service/capabilities.sh .build/limpet \
		2> "$folder.stderr" | sed -E "s/^(ok|not ok) /\1 $kernel /"
	code=${PIPESTATUS[0]}
	if [ "$code" -eq 77 ]; then
		echo "ok capabilities: $kernel # SKIP $(tail -n 1 "$folder.stderr")"
	elif [ "$code" -ne 0 ]; then
		echo "not ok capabilities: $kernel: exit code $code"
		failed=1
	fi
done
exit $failed
