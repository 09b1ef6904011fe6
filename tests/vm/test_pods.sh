#!/bin/bash
# Pods run by containerd and crun in a guest, traced by the whole-host agent: tests/vm/pods/pods.sh. On 6.1; VM_ALL=1: on 6.12 too.
# usage: tests/vm/test_pods.sh [VERSION…]        LIMPET=… another binary than .build/limpet
set -u
cd "$(dirname "$0")/../.."
. tests/vm/guest_run.sh
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
	guest_run pods "$kernel" --timeout 1200 -- tests/vm/pods/pods.sh "$limpet" "$images"
done
exit $failed
