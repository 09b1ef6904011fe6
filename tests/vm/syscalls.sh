#!/bin/bash
# Runs inside a guest: system calls of traced programs are counted to the last one, detail is given up under --max-overhead,
# and the kernel has nothing to say about it. Speaks TAP without a plan.
# usage: tests/vm/syscalls.sh LIMPET
set -u
export LIMPET=$1
folder=$GUEST_FOLDER
code=0
. tests/vm/guest_checks.sh
timeout 400 tests/e2e/test_syscalls.py > /tmp/tap 2> "$folder/stderr" || code=1
grep -E '^(ok|not ok) ' /tmp/tap | sed -E 's/^(ok|not ok) [0-9]+ - /\1 system calls: /'
sed 's/^/# /' "$folder/stderr" | tail -n 40
check_kernel_log "system calls"
exit $code
