#!/bin/bash
# Pods run by containerd and crun in a guest, traced by the whole-host agent: tests/vm/pods/pods.sh. On 6.1; VM_ALL=1: on 6.12 too.
# usage: tests/vm/test_pods.sh [VERSION…]        LIMPET=… another binary than .build/limpet
set -u
cd "$(dirname "$0")/../.."
limpet=${LIMPET:-.build/limpet}
[ $# -gt 0 ] || { [ -n "${VM_ALL:-}" ] && set -- 6.1 6.12 || set -- 6.1; }
failed=0
for program in containerd ctr crun musl-gcc; do
	if ! command -v $program > /dev/null; then
		echo "ok pods # SKIP no $program; install what the tests need with: tests/support/install_packages.sh test"
		exit 0
	fi
done
images=$PWD/.build/vm/pods
tests/vm/pods/make_images.py "$images" || exit 1
for kernel in "$@"; do
	folder=$PWD/.build/vm/runs/pods-$kernel
	rm -rf "$folder"
	mkdir -p "$folder"
	tests/vm/guest.sh --kernel "$kernel" --timeout 1200 --folder "$folder" -- tests/vm/pods/pods.sh "$limpet" "$images" \
		> "$folder/tap" 2> "$folder/runner.stderr"
	code=$?
	if [ $code -eq 77 ]; then
		echo "ok $kernel: pods # SKIP $(tail -n 1 "$folder/runner.stderr")"
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
