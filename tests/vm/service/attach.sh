# `limpet attach` to a unit, in the guest of service.sh, which sources this, when no agent runs any more. TAP lines go to the
# standard output. Expects service.sh's functions and $out; the unit shop-web is nginx: a master and its worker.

# As limpet says it: "812 nginx, 813 nginx", the first of them the unit's main process.
list_unit() { # $1 unit
	local pid list=
	for pid in $(sort -n "/sys/fs/cgroup/system.slice/$1.service/cgroup.procs"); do
		list+="${list:+, }$pid $(cat "/proc/$pid/comm")"
	done
	echo "$list"
}

has_none() { [ "$(count_ours)" = 0 ]; }
refuses_unit() { # $1 what is attached to, $2 what is said
	limpet attach "$1" --duration=1s > $work/refused 2>&1
	[ "$? $(cat $work/refused)" = "5 limpet: cannot attach to ${1#unit:}: $2" ]
	report $? "attach: $1: $(cat $work/refused)"
}

attaches_to_unit() {
	local count=6 list attached i
	wait_until 30 curl -sf -o /dev/null http://127.0.0.1:8081/before
	list=$(list_unit shop-web)
	rm -f "$out/attach.stderr" "$out/attach.jsonl"
	limpet attach shop-web --events=spans --plain --duration=8s --json="$out/attach.jsonl" > "$out/attach.plain" 2> "$out/attach.stderr" &
	attached=$!
	wait_until 60 grep -q 'attached in' "$out/attach.stderr"
	for i in $(seq $count); do
		curl -s -o /dev/null "http://127.0.0.1:8081/attached/$i"
	done
	wait $attached
	report $? "attach: it exits with 0 when its time is over"
	grep -qE '^limpet: tracing unit shop-web: 2 processes \((fentry|tracepoints)\)$' "$out/attach.stderr"
	report $? "attach: $(grep -m 1 tracing "$out/attach.stderr")"
	grep -qxF "limpet: processes: $list" "$out/attach.stderr"
	report $? "attach: all of the unit, by name: $(grep processes: "$out/attach.stderr")"
	/usr/bin/python3 tests/vm/service/check_paths.py "$out/attach.jsonl" shop-web /attached/ $count > $work/paths
	report $? "attach: each of $count requests is one span of shop-web.service: $(cat $work/paths)"
	[ "$(grep -c '^shop-web GET /attached/' "$out/attach.plain")" = $count ] && grep -qE "^limpet: $count spans in $count segments$" "$out/attach.stderr"
	report $? "attach: as many are printed: $(grep -E 'spans in|lost:' "$out/attach.stderr" | paste -sd ' ')"
	grep -qE '^limpet: detached from unit shop-web after [0-9.]+ s$' "$out/attach.stderr" && wait_until 30 has_none &&
		[ "$(list_unit shop-web)" = "$list" ] && curl -sf -o /dev/null http://127.0.0.1:8081/after
	report $? "attach: $(grep detached "$out/attach.stderr"): nothing is left in the kernel, and the unit goes on"
	refuses_unit unit:shop-nowhere 'no process of that unit runs; see: systemctl status'
	refuses_unit shop-nowhere 'no process, unit or container of that name runs; list them with: ps -e, systemctl list-units, docker ps'
}
