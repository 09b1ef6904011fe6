#!/bin/bash
# Runs inside a guest (test_kernels.sh starts it): the records of crashes with each capture source, those of one agent handed to
# the next, and that the kernel had nothing to say about it. Speaks TAP without a plan.
# usage: tests/vm/crash_records.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
export LIMPET=$1
code=0

for source in ${VM_SOURCES:-auto}; do
	timeout 300 tests/e2e/test_crash_records.py $source > /tmp/tap 2> "$GUEST_FOLDER/$source.stderr" || code=1
	grep -E '^(ok|not ok) ' /tmp/tap | sed -E "s/^(ok|not ok) [0-9]+ - /\1 $source: /"
	sed 's/^/# /' "$GUEST_FOLDER/$source.stderr" | tail -n 40
done
timeout 300 tests/e2e/test_crash_handover.py host > /tmp/tap 2> "$GUEST_FOLDER/handover.stderr" || code=1
grep -E '^(ok|not ok) ' /tmp/tap | sed -E "s/^(ok|not ok) [0-9]+ - /\1 handover: /"
sed 's/^/# /' "$GUEST_FOLDER/handover.stderr" | tail -n 40
dmesg | grep -E 'BUG:|WARNING:|Oops' | sed 's/^/# kernel log: /'
if dmesg | grep -qE 'BUG:|WARNING:|Oops'; then
	echo "not ok no complaint in the kernel log"
else
	echo "ok no complaint in the kernel log"
fi
exit $code
