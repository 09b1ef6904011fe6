# The Debian package in the guest of service.sh, which sources this: installed, upgraded while there is work, and purged. TAP lines
# go to the standard output. Expects service.sh's functions and $out, $work, $root (a .deb) and $next (a later one).

# What is in the kernel, but for systemd's own: programs of the kinds limpet has, and the names of maps.
list_kernel_objects() {
	bpftool prog show | sed -nE 's/^[0-9]+: (raw_tracepoint|tracing|kprobe|perf_event) .*/\1/p' | sort | uniq -c
	bpftool map show | sed -nE 's/^[0-9]+: ([a-z_]+)  name ([A-Za-z0-9_.]+) .*/\1 \2/p' | sort | uniq -c
	bpftool link show | sed -nE 's/^[0-9]+: ([a-z_]+) .*/\1/p' | sort | uniq -c
}
is_kernel_clean() { list_kernel_objects | cmp -s - $work/kernel_objects; }
# There is nothing to fetch: what the package depends on is installed, and of what could be had no list is read.
run_apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dir::State::lists=$work/no_lists -o Dir::Cache=$work/no_cache \
		-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" < /dev/null > $work/dpkg 2>&1 && return
	sed 's/^/# /' $work/dpkg
	return 1
}
# The names of whatever is where a package, systemd or limpet may write. Of the rest, which is large, two levels are enough to see
# what was put there.
list_files() {
	{
		find /etc /run /usr/bin /usr/sbin /usr/lib/systemd /usr/lib/sysusers.d /usr/lib/tmpfiles.d /var -xdev \
			\( -path $work -o -path /run/systemd -o -path /run/log -o -path /var/log/journal \) -prune -o -print
		find /boot /home /opt /root /srv /usr/lib /usr/local /usr/share /usr/share/*/*completions -xdev -maxdepth 2
	} 2> /dev/null | sort -u
}

install_package() {
	list_kernel_objects > $work/kernel_objects
	list_files > $work/files_before
	# A container image's way to forbid what is looked at here; and manual pages take minutes.
	rm -f /usr/sbin/policy-rc.d /var/lib/man-db/auto-update
	# The root is shared: on the machine somebody may install something just now, which is none of this guest's business.
	rm -f /var/lib/dpkg/updates/*
	mkdir -p $work/no_lists/partial $work/no_cache/archives/partial
	run_apt install "$root"
	report $? "apt installs the package: $(grep -c '^Setting up' $work/dpkg) set up"
	dpkg -L limpet > $work/files
	grep -q 'the service is enabled, but not started: it has no destination yet' $work/dpkg &&
		grep -q 'set sentry.dsn or otlp.endpoint in /etc/limpet/limpet.yaml, then: systemctl start limpet' $work/dpkg
	report $? "and says what it waits for: $(grep destination $work/dpkg)"
	[ "$(systemctl is-enabled limpet) $(property ActiveState) $(property ExecMainPID)" = "enabled inactive 0" ]
	report $? "it is $(systemctl is-enabled limpet), and was not tried: $(property ActiveState)"
}

has_span_of() { grep -q "\"stringValue\":\"$1\"" /var/lib/limpet/spans.jsonl; }
# When systemd saw the last agent go, and the present one said that it is ready.
window() { echo "$1:$(property ActiveExitTimestampMonotonic):$(property ActiveEnterTimestampMonotonic)"; }
is_another() { [ "$(property ActiveState)" = active ] && [ "$(property MainPID)" != "$1" ]; } # $1 the process before
count_takeovers() { journalctl -u limpet -o cat | grep -c 'took over from the agent before'; }
has_taken_over() { [ "$(count_takeovers)" -gt "$1" ]; }
is_killed_under_load() {
	local before takeovers
	before=$(property MainPID)
	takeovers=$(count_takeovers)
	systemctl kill -s KILL --kill-who=main limpet
	wait_until 120 is_another "$before"
	report $? "upgrade: one that is killed is started again: $(property StatusText | cut -c 1-60)"
	wait_until 60 has_taken_over "$takeovers"
	report $? "upgrade: and takes over: $(journalctl -u limpet -o cat | grep 'took over' | tail -n 1)"
}
has_empty_spool() { limpet status | grep -q '; 0 in the spool'; }
upgrades() {
	local before windows
	before=$(property MainPID)
	rm -rf /etc/systemd/system/limpet.service.d
	systemctl daemon-reload
	systemctl reset-failed limpet
	cp .build/service/victim $work/
	(
		ulimit -c 0
		cd $work && exec /usr/bin/python3 "$OLDPWD/tests/vm/service/make_load.py" 8081 $work/victim $work/stop $work/made
	) 2> "$out/load.stderr" &
	local load=$!
	wait_until 60 has_span_of /kept/30
	run_apt install "$next"
	report $? "upgrade: a later package installs while there is work"
	! grep -q 'not started' $work/dpkg
	report $? "upgrade: and has nothing to say of destinations"
	wait_until 120 has_status '^tracing'
	pid=$(property MainPID)
	[ "$pid" != "$before" ] && [ "$(readlink /proc/$pid/exe)" = /usr/bin/limpet ] && [ "$(dpkg-query -W -f '${Version}' limpet)" = 0.1.0+1 ]
	report $? "upgrade: the new program runs, of version $(dpkg-query -W -f '${Version}' limpet)"
	[ "$(stat -c '%U:%G %a' /etc/limpet/limpet.yaml)" = "root:limpet 640" ] && grep -q 'json_file: /var/lib' /etc/limpet/limpet.yaml
	report $? "upgrade: the settings are what they were"
	windows=$(window upgrade)
	sleep 10
	is_killed_under_load
	windows+=" $(window killed)"
	sleep 10
	touch $work/stop
	wait $load
	# The last of each kind, then a moment for what comes twice.
	wait_until 60 has_span_of "$(grep -o '/new/[0-9]*' $work/made | tail -n 1)"
	wait_until 60 grep -q "\"process_id\": $(grep '"crash"' $work/made | tail -n 1 | sed 's/.*"name": "\([0-9]*\)".*/\1/')\\b" "$out/sentry.jsonl"
	wait_until 60 has_empty_spool
	sleep 2
	cp $work/made /var/lib/limpet/spans.jsonl "$out/"
	# shellcheck disable=SC2086
	/usr/bin/python3 tests/vm/service/check_upgrade.py $work/made "$out/spans.jsonl" "$out/sentry.jsonl" $windows
	[ $? -eq 0 ] || code=1
	journalctl -u limpet -o cat | grep -E 'lost:|spans in' | sed 's/^/# /'
}

purges() {
	systemctl reset-failed limpet
	systemctl start limpet
	! is_kernel_clean
	report $? "purge: before it the kernel held $(list_kernel_objects | wc -l) kinds of objects"
	run_apt purge limpet
	report $? "purge: it is done, and the service was running"
	systemctl daemon-reload
	[ "$(property LoadState) $(property ActiveState)" = "not-found inactive" ]
	report $? "purge: the service is gone: $(property LoadState)"
	[ -z "$(getent passwd limpet)$(getent group limpet)$(pgrep -x limpet)" ]
	report $? "purge: so are user, group and processes"
	local left
	left=$(xargs -d '\n' sh -c 'for file; do [ -d "$file" ] || [ ! -e "$file" ] || echo "$file"; done' _ < $work/files)
	[ -z "$left" ]
	report $? "purge: of $(wc -l < $work/files) names in the package no file is left $(echo $left)"
	# What an administrator put there stays theirs. The rest is this test's units, and what apt and who it wakes keep for themselves.
	left=$(list_files | comm -13 $work/files_before - | grep -vE '^/etc/credstore(/limpet\.sentry-dsn)?$|^/etc/systemd/system/shop-[a-z]*\.service$' |
		grep -vE '^/var/(lib/(apt|dpkg)|log|cache/(apt|debconf|ldconfig))/[a-z./-]*(-old|\.log|\.bin|aux-cache|extended_states|lock)$' |
		grep -vE '^/run/adduser$|^/var/lib/(PackageKit/[a-z.-]*|systemd/linger)$|^/var/tmp/systemd-private-[0-9a-f]*-systemd-[a-z]*\.service-')
	left+=$(find /run/systemd /sys/fs/bpf -iname '*limpet*' -not -name '*limpet-guest*')
	[ -z "$left" ]
	report $? "purge: where there were $(wc -l < $work/files_before) names no other is left $(echo $left)"
	left=$(grep -rl limpet /etc /var/lib/systemd 2> /dev/null | grep -vE '^/etc/(hostname|credstore/limpet\.sentry-dsn|systemd/system/limpet-guest.*|(passwd|group|shadow|gshadow)-)$')
	[ -z "$left" ]
	report $? "purge: no setting names it any more $(echo $left)"
	wait_until 30 is_kernel_clean
	diff $work/kernel_objects <(list_kernel_objects) > $work/objects_left
	report $? "purge: the kernel holds what it did before the package: $(wc -l < $work/kernel_objects) kinds of objects $(paste -sd ' ' $work/objects_left)"
}
