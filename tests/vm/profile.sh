#!/bin/bash
# Runs inside a guest (whole_host.sh starts it): the profile of programs that know where their time goes, and that the kernel had
# nothing to say about it. Emulated, the clock is coarse and the machine slow: fewer seconds, wider shares. TAP without a plan.
# usage: tests/vm/profile.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
export LIMPET=$1 PROFILE_SECONDS=${PROFILE_SECONDS:-6} PROFILE_HZ=${PROFILE_HZ:-99} PROFILE_POINTS=${PROFILE_POINTS:-8}
export PROFILE_SLACK=${PROFILE_SLACK:-80} PROFILE_PYTHONS=system
code=0

for case in ${PROFILE_CASES:-shares kernel waits python new_cpu}; do
	script=test_profile
	[ "$case" != python ] || script=test_profile_runtimes
	timeout 300 "tests/e2e/$script.py" "$case" > /tmp/tap 2> "$GUEST_FOLDER/$case.stderr" || code=1
	grep -E '^(ok|not ok|#) ' /tmp/tap | sed -E 's/^(ok|not ok) [0-9]+ - /\1 /'
	sed 's/^/# /' "$GUEST_FOLDER/$case.stderr" | tail -n 40
done
if dmesg | grep -E 'BUG:|WARNING:|Oops' | sed 's/^/# kernel log: /' | grep .; then
	echo "not ok no complaint in the kernel log"
	code=1
else
	echo "ok no complaint in the kernel log"
fi
exit $code
