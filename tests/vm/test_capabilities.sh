#!/bin/bash
# What fails without each capability of the service, in guests: the table in deploy/README.md. It takes minutes and changes
# with the unit and the kernels alone, so it runs with VM_ALL=1, on 5.10, 6.1 and the newest kernel; or where they are named.
# usage: tests/vm/test_capabilities.sh [VERSION…]
set -u
cd "$(dirname "$0")/../.."
. tests/vm/guest_run.sh
failed=0
if [ $# -eq 0 ] && [ -z "${VM_ALL:-}" ]; then
	echo "ok capabilities # SKIP it takes minutes; run it with: VM_ALL=1 tests/vm/test_capabilities.sh"
	exit 0
fi
[ $# -gt 0 ] || set -- 6.1 5.10 newest
for kernel in "$@"; do
	guest_run capabilities "$kernel" --timeout 1500 -- tests/vm/service/capabilities.sh .build/limpet
done
exit $failed
