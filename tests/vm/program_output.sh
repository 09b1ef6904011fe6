#!/bin/bash
# Runs inside a guest (whole_host.sh starts it): the records of programs' output, and that the kernel had nothing to say about
# it. Speaks TAP without a plan.
# usage: tests/vm/program_output.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
code=0

timeout 400 tests/e2e/test_program_output.py kernel > /tmp/output-tap 2> "$GUEST_FOLDER/stderr" || code=1
grep -E '^(ok|not ok) ' /tmp/output-tap | sed -E 's/^(ok|not ok) [0-9]+ - /\1 output: /'
sed 's/^/# /' "$GUEST_FOLDER/stderr" | tail -n 40
dmesg | grep -E 'BUG:|WARNING:|Oops' | sed 's/^/# kernel log: /'
if dmesg | grep -qE 'BUG:|WARNING:|Oops'; then
	echo "not ok no complaint in the kernel log"
else
	echo "ok no complaint in the kernel log"
fi
exit $code
