#!/bin/bash
# What fails without each capability of the service, in guests: the table in deploy/README.md. VM_ALL=1: on 5.10 and the newest
# kernel too.
set -u
cd "$(dirname "$0")/../.."
failed=0
mkdir -p .build/vm/runs
for kernel in 6.1 ${VM_ALL:+5.10 newest}; do
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
