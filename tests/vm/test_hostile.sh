#!/bin/bash
# A hostile container beside the whole-host agent, in a guest: tests/vm/hostile.sh. On 6.1.
# usage: tests/vm/test_hostile.sh [VERSION…]        LIMPET=… another binary than .build/limpet
set -u
cd "$(dirname "$0")/../.."
limpet=${LIMPET:-.build/limpet}
[ $# -gt 0 ] || set -- 6.1
failed=0
mkdir -p .build/vm
gcc -O1 -o .build/vm/hostile_container tests/vm/hostile_container.c || exit 1
for kernel in "$@"; do
	folder=$PWD/.build/vm/runs/hostile-$kernel
	rm -rf "$folder"
	mkdir -p "$folder"
	tests/vm/guest.sh --kernel "$kernel" --timeout 900 --folder "$folder" -- tests/vm/hostile.sh "$limpet" "$PWD/.build/vm/hostile_container" \
		> "$folder/tap" 2> "$folder/runner.stderr"
	code=$?
	if [ $code -eq 77 ]; then
		echo "ok $kernel: hostile # SKIP $(tail -n 1 "$folder/runner.stderr")"
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
