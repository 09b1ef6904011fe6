#!/bin/bash
# Runs inside a guest (test_kernels.sh starts it): which processes of a whole host the agent traces, by rules and without;
# tests/vm/check_discovery.py says what. Speaks TAP without a plan.
# usage: tests/vm/discovery.sh LIMPET [PART…]       files for a look afterwards go to $GUEST_FOLDER
set -u
. tests/vm/guest_checks.sh
folder=$GUEST_FOLDER
code=0
work=$(mktemp -d)
gcc -O1 -static -o "$work/ring_flood" tests/vm/ring_flood.c || exit 1
gcc -O1 -static -o "$work/short_lives" tests/vm/short_lives.c || exit 1
mkdir -p "$work/out"
/usr/bin/python3 tests/vm/check_discovery.py "$1" "$work/ring_flood" "$work/out" "${@:2}" || code=1
cp "$work"/out/*.stderr "$folder"
[ $code -eq 0 ] || cp "$work"/out/*.jsonl "$folder"
check_kernel_log discovery
exit $code
