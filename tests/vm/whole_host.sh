#!/bin/bash
# Runs inside a guest (test_kernels.sh starts it): everything a whole-host agent is to do, in one boot. Speaks TAP without a
# plan. The records of crashes are looked at with the source the agent would choose; VM_SOURCES="tracepoint fentry" looks at
# both.
# usage: tests/vm/whole_host.sh LIMPET       files for a look afterwards go to $GUEST_FOLDER
set -u
folder=$GUEST_FOLDER
code=0
failed=0
part_limit_s=${VM_PART_LIMIT_S:-600} # several times what the longest takes
run_part() { # $1 folder, $2 limpet: sets failed
	local watcher
	mkdir -p "$1"
	# What was running when a part came to no end is the only trace of why.
	(
		sleep $((part_limit_s - 5)) &
		trap 'kill $!' TERM
		wait $! && ps -eo pid,ppid,stat,etimes,time,wchan:24,args | tail -n 40 > "$1/unfinished"
	) &
	watcher=$!
	GUEST_FOLDER=$1 timeout --kill-after=10 "$part_limit_s" "tests/vm/$part.sh" "$2" > "$1/tap"
	failed=$?
	kill $watcher 2> /dev/null
	wait $watcher 2> /dev/null
	if [ -s "$1/unfinished" ]; then
		{
			echo "not ok $part: it ends within $part_limit_s s; what ran then:"
			cut -c 1-160 "$1/unfinished" | sed 's/^/# /'
		} >> "$1/tap"
	fi
	if [ $failed -ne 0 ] && ! grep -q '^not ok ' "$1/tap"; then
		echo "not ok $part: exit code $failed" >> "$1/tap"
	fi
	! grep -q '^not ok ' "$1/tap" || failed=1
}
parts="agent_traces_http crash_records program_output agent_reports_crashes agent_reports_exceptions runtime_probes
	cpp_throws python_exceptions tls tls_kernel kubernetes discovery attach_container short_lives from_the_start profile syscalls"
for part in $parts; do
	# The oldest and the newest kernel differ most; the ones between bring nothing new to these, or other guests show it there
	# (test_service.sh runs on 6.12), or e2e natively on a new one; 6.12 takes what the newest needs minutes for.
	# VM_ALL=1: every part on every kernel.
	case ${VM_ALL:-}$part-$GUEST_KERNEL-${VM_SOURCES:-} in
	crash_records-6.1- | crash_records-6.12- | program_output-6.1-* | program_output-6.12-* | runtime_probes-6.1-* | \
		cpp_throws-6.1-* | cpp_throws-6.12-* | python_exceptions-6.1-* | python_exceptions-6.12-* | \
		agent_reports_crashes-6.12-* | short_lives-6.1-* | short_lives-newest-* | from_the_start-5.10-* | from_the_start-6.12-* | \
		from_the_start-newest-* | profile-6.1-* | profile-6.12-* | syscalls-6.1-* | syscalls-6.12-* | discovery-5.10-* | \
		discovery-6.1-* | discovery-newest-* | attach_container-5.10-* | attach_container-6.12-* | attach_container-newest-* | \
		program_output-newest-* | cpp_throws-newest-* | python_exceptions-newest-* | syscalls-5.10-*) continue ;;
	kubernetes-5.10-* | kubernetes-6.12-* | kubernetes-newest-*) continue ;; # nothing in it is the kernel's
	esac
	begin=$SECONDS
	run_part "$folder/$part" "$1"
	# An emulated machine beside others is slow: once more, and what failed at first is said.
	if [ $failed -ne 0 ] && [ "${TEST_ATTEMPTS:-2}" -gt 1 ]; then
		sed -E "s/^not ok /# $part: at first failed: /; s/^ok .*//; /^$/d" "$folder/$part/tap"
		run_part "$folder/$part-again" "$1"
		cat "$folder/$part-again/tap"
	else
		cat "$folder/$part/tap"
	fi
	[ $failed -eq 0 ] || code=1
	echo "# $part: $((SECONDS - begin)) s"
done
exit $code
