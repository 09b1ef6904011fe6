#!/bin/bash
# Runs inside a guest (test_kernels.sh starts it): everything a whole-host agent is to do, in one boot. Speaks TAP without a
# plan. The records of crashes are looked at with the source the agent would choose; VM_SOURCES="tracepoint fentry" looks at
# both.
# usage: tests/vm/whole_host.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
folder=$GUEST_FOLDER
code=0
for part in agent_traces_http crash_records agent_reports_crashes; do
	# The oldest and the newest kernel differ most; the ones between bring nothing new to the records.
	case $part-$GUEST_KERNEL-${VM_SOURCES:-} in crash_records-6.1- | crash_records-6.12-) continue ;; esac
	begin=$SECONDS
	mkdir -p "$folder/$part"
	GUEST_FOLDER=$folder/$part "tests/vm/$part.sh" "$1" || code=1
	echo "# $part: $((SECONDS - begin)) s"
done
exit $code
