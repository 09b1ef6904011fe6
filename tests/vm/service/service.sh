#!/bin/bash
# Runs inside a guest whose PID 1 is systemd (test_service.sh starts it): limpet as its unit has it, from the installation to the
# end. Speaks TAP without a plan.
# usage: tests/vm/service/service.sh FILE.deb LATER.deb | ROOT       ROOT: what `make install` made; a look afterwards: $GUEST_FOLDER
set -u
root=$1 next=${2:-}
out=$GUEST_FOLDER
work=/run/shop
code=0
mkdir -p $work

report() { # $1 exit code of the check, $2 what was checked
	if [ "$1" -eq 0 ]; then
		echo "ok service: $2"
	else
		echo "not ok service: $2"
		code=1
	fi
}
wait_until() { # $1 seconds, rest: a command
	local end=$((SECONDS + $1))
	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.3
	done
}
property() { systemctl show -p "$1" --value "${2:-limpet}"; }
said() { journalctl -u limpet -o cat 2> /dev/null | grep -q -- "$1"; }
has_status() { property StatusText | grep -q -- "$1"; }
has_spans() { # $1 service, $2 what their paths begin with, $3 how many
	/usr/bin/python3 tests/vm/service/check_paths.py /var/lib/limpet/spans.jsonl "$@"
}
# systemd has programs of its own for the units it fences in: only ours are counted, by what they are.
count_ours() { bpftool prog show 2> /dev/null | grep -cE '^[0-9]+: (raw_tracepoint|tracing|kprobe|perf_event)'; }

install_limpet() {
	if [ -n "$next" ]; then
		install_package
		return
	fi
	cp -a "$root"/. /
	systemd-sysusers /usr/lib/sysusers.d/limpet.conf
	systemctl daemon-reload
}

refuses_without_destination() {
	systemctl start limpet 2> /dev/null
	report $((! $?)) "without a destination it does not start"
	has_status 'not started: agent: no destination is set'
	report $? "and its status says so: $(property StatusText | cut -c 1-90)"
	sleep 6
	[ "$(property ExecMainStatus) $(property NRestarts) $(property ActiveState)" = "2 0 failed" ]
	report $? "it is not tried again: exit code $(property ExecMainStatus), $(property NRestarts) restarts, $(property ActiveState)"
	systemctl reset-failed limpet
}

start_units() {
	local nginx
	nginx=$(tests/support/start_nginx.sh $work/nginx 8081) && kill -QUIT "$nginx"
	sed -i '1i daemon off;' $work/nginx/nginx.conf
	for unit in shop-web shop-app; do
		printf '[Service]\nEnvironment=PATH=/usr/sbin:/usr/bin:/sbin:/bin\nRestart=on-failure\nRestartSec=1\nExecStart=' \
			> /etc/systemd/system/$unit.service
	done
	echo "/usr/sbin/nginx -e $work/nginx/error.log -p $work/nginx -c $work/nginx/nginx.conf" >> /etc/systemd/system/shop-web.service
	cp tests/vm/service/shop_app.py $work/
	echo "/usr/bin/python3 $work/shop_app.py 8082" >> /etc/systemd/system/shop-app.service
	write_database_units
	systemctl daemon-reload
	systemctl start shop-web
	[ -z "$postgres" ] || start_database
}

starts() {
	# A program of its own name: a rule for it needs no look at other processes, which may be gone too soon for that.
	cp "$(readlink -f /usr/bin/python3)" $work/sentry_receiver
	$work/sentry_receiver tests/support/sentry_receiver.py --output "$out/sentry.jsonl" --port 0 --port-file $work/port \
		--max-seconds 1500 > /dev/null 2> "$out/receiver.stderr" &
	wait_until 60 test -s $work/port
	mkdir -p -m 700 /etc/credstore
	(umask 077 && echo "http://key@127.0.0.1:$(cat $work/port)/7" > /etc/credstore/limpet.sentry-dsn)
	cat > /etc/limpet/limpet.yaml <<- END
		terminal:
		  json_file: /var/lib/limpet/spans.jsonl
		delivery:
		  schedule_delay: 200ms
		service:
		  metrics_listen: 9464
		crash:
		  burst: 10000
		discovery: # told of the receiver, it would tell the receiver of that, and so on
		  ignore_executables: sentry_receiver
	END
	systemctl start limpet
	report $? "it starts, and has told systemd so"
	[ "$(property ActiveState)" = active ] && has_status '^tracing [0-9]* process'
	report $? "status: $(property StatusText | cut -c 1-90)"
	pid=$(property MainPID)
	[ "$(stat -c %U /proc/$pid)" = limpet ] && grep -q '^NoNewPrivs:.1' /proc/$pid/status
	report $? "as a user of its own, capabilities $(sed -n 's/^CapEff:\t*//p' /proc/$pid/status)"
	[ "$(stat -c %a:%U /run/limpet/status.sock /var/lib/limpet/spool)" = "$(printf '660:limpet\n700:limpet')" ]
	report $? "its socket and its spool are its own: $(stat -c %a:%U /run/limpet/status.sock /var/lib/limpet/spool | paste -sd ' ')"
	grep -q '^  sentry' <(limpet status)
	report $? "the DSN came as a credential"
	journalctl -u limpet -o json | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
ours = [line for line in lines if line.get("LIMPET_STAGE") and line.get("SYSLOG_IDENTIFIER") == "limpet"]
wanted = [line for line in ours if line["MESSAGE"].startswith("tracing every process") and line["PRIORITY"] == "6"
          and line["CODE_FILE"] == "agent/session.c" and line["CODE_FUNC"] == "session_announce" and line["_PID"] == sys.argv[1]]
sys.exit(not wanted)' "$pid"
	report $? "its log is in the journal, with fields"
	! journalctl -u limpet -o cat | grep -q '^limpet: '
	report $? "and nothing of it without fields"
}
traces_units() {
	systemctl start shop-app
	wait_until 60 curl -sf -o /dev/null http://127.0.0.1:8082/ready
	for i in 1 2 3; do
		curl -s http://127.0.0.1:8081/web/$i http://127.0.0.1:8082/app/$i > /dev/null
	done
	wait_until 60 has_spans shop-web /web/ 3
	report $? "nginx, there before, is the service shop-web of shop-web.service: $(has_spans shop-web /web/ 3)"
	wait_until 60 has_spans shop-app /app/ 3
	report $? "Python, started later, is the service shop-app of shop-app.service: $(has_spans shop-app /app/ 3)"
	traces_database
}
has_crash() { /usr/bin/python3 tests/vm/service/find_crash.py "$out/sentry.jsonl" shop-app.service "$@"; }
is_back() { # $1 restarts, $2 the invocation before
	[ "$(property NRestarts shop-app)" = "$1" ] && [ "$(property InvocationID shop-app)" != "$2" ] && curl -sf -o /dev/null http://127.0.0.1:8082/back
}
reports_crashes() {
	local invocations=() restarts
	for restarts in 0 1; do
		invocations[restarts]=$(property InvocationID shop-app)
		curl -s -o /dev/null http://127.0.0.1:8082/crash
		wait_until 90 has_crash "${invocations[restarts]}" $restarts
		report $? "the crash of a unit is one event with unit, invocation id and $restarts restarts: $(has_crash "${invocations[restarts]}" $restarts)"
		wait_until 90 is_back $((restarts + 1)) "${invocations[restarts]}"
		report $? "the unit is back, as another invocation: systemd counts $(property NRestarts shop-app) restarts"
	done
	has_crash "${invocations[0]}" 0 > /dev/null
	report $? "the first is told once, and its restarts are what they were"
}

answers() {
	limpet status > "$out/status"
	report $? "limpet status answers"
	sed 's/^/# /' "$out/status"
	grep -q '^  shop-web  *[0-9]* segments, 0 failed' "$out/status" && grep -qE '^  sentry .*: well; [1-9][0-9]* sent' "$out/status" &&
		grep -q 'up [0-9]' "$out/status" && grep -q '^  2 crash' "$out/status"
	report $? "with services, destinations, uptime and crashes"
	setpriv --reuid=65534 --regid=65534 --clear-groups limpet status > /dev/null 2> $work/refused
	[ $? -ne 0 ] && grep -qE 'Permission denied|root and members' $work/refused
	report $? "not to anybody: $(cut -c 1-100 $work/refused)"
	setpriv --reuid=65534 --regid=65534 --groups="$(getent group limpet | cut -d : -f 3)" limpet status > $work/allowed
	[ $? -eq 0 ] && grep -q '^destinations:' $work/allowed
	report $? "but to members of its group"
	curl -s http://127.0.0.1:9464/metrics > "$out/metrics"
	grep -q '^limpet_service_segments_total{service="shop-web"} [1-9]' "$out/metrics" &&
		grep -q '^limpet_destination_up{destination="sentry[^"]*"} 1$' "$out/metrics" && grep -q '^limpet_crashes_total 2$' "$out/metrics"
	report $? "metrics, $(grep -vc '^#' "$out/metrics") samples"
	[ "$(curl -s http://127.0.0.1:9464/healthz)-$(curl -s http://127.0.0.1:9464/readyz)" = ok-ok ]
	report $? "healthy and ready"
	! ss -Hltn | grep ':9464 ' | grep -qv '127.0.0.1:9464'
	report $? "on loopback only"
	systemd-analyze security --threshold=30 limpet.service > "$out/security" 2>&1
	report $? "its exposure, loaded, is at most 3.0: $(tail -n 1 "$out/security" | grep -o '[0-9]*\.[0-9]')"
}

reloads() {
	cp /etc/limpet/limpet.yaml $work/good.yaml
	printf 'sampling:\n  ratio: 0\ncapture:\n  max_processes: 2048\n' >> /etc/limpet/limpet.yaml
	systemctl reload limpet
	report $? "systemctl reload"
	wait_until 60 said 'sample is 0 now (it was 1)'
	report $? "what can change has changed"
	wait_until 60 said 'max-processes has changed: it takes effect at the next start'
	report $? "what cannot is said"
	curl -s http://127.0.0.1:8081/web/unsampled http://127.0.0.1:8081/web/unsampled > /dev/null
	wait_until 30 sh -c 'limpet status | grep -q "segments* not sampled"'
	report $? "and it works: nothing is sampled any more"
	printf 'samplign:\n  ratio: 1\n' >> /etc/limpet/limpet.yaml
	systemctl reload limpet
	wait_until 60 said "limpet.yaml:[0-9]*: unknown key 'samplign'"
	report $? "a bad file is refused: $(journalctl -u limpet -o cat | grep samplign | tail -n 1 | cut -c 1-100)"
	wait_until 60 has_status 'the new settings were refused and the old ones stay'
	report $? "and the status says so"
	[ "$(property MainPID)" = "$pid" ] && [ "$(property ActiveState)" = active ]
	report $? "the agent is the same all the while"
	cp $work/good.yaml /etc/limpet/limpet.yaml
	systemctl reload limpet
	wait_until 60 said 'sample is 1 now (it was 0)'
	report $? "and takes a good one again"
	reloads_under_load
}

# Requests all the time, until it was told three times: how many these are is known only then.
ask_until() { # $1 a file that ends it; how many were answered goes there
	local count=0
	until [ -e "$1" ]; do
		curl -sf -o /dev/null "http://127.0.0.1:8081/reloaded/$((count + 1))" && count=$((count + 1)) || break
	done
	echo $count > "$1.count"
}
reloads_under_load() {
	ask_until $work/reloaded &
	local load=$! count
	for name in one two three; do
		sed "s/sentry_receiver/&,none-$name/" $work/good.yaml > /etc/limpet/limpet.yaml
		systemctl reload limpet
		wait_until 30 said "ignore-executables is sentry_receiver,none-$name now"
		report $? "its rules are others while there is work: $name"
	done
	touch $work/reloaded
	wait $load
	count=$(cat $work/reloaded.count)
	[ "$count" -ge 3 ]
	report $? "$count requests were answered while rules changed"
	wait_until 60 has_spans shop-web /reloaded/ "$count"
	report $? "each of them is one span: $(has_spans shop-web /reloaded/ "$count")"
	cp $work/good.yaml /etc/limpet/limpet.yaml
}

is_watched() {
	mkdir -p /etc/systemd/system/limpet.service.d
	printf '[Service]\nWatchdogSec=8s\n' > /etc/systemd/system/limpet.service.d/watchdog.conf
	systemctl daemon-reload
	systemctl restart limpet
	pid=$(property MainPID)
	sleep 15
	[ "$(property MainPID)" = "$pid" ] && [ "$(property NRestarts)" = 0 ]
	report $? "while it turns the watchdog leaves it alone"
	local programs
	programs=$(count_ours)
	kill -STOP "$pid"
	wait_until 90 sh -c "[ \"\$(systemctl show -p NRestarts --value limpet)\" = 1 ]"
	report $? "one that is stopped is killed and started again"
	[ "$(journalctl -u limpet -o cat | grep -cE "Watchdog timeout \(limit 8s\)|Failed with result 'watchdog'|code=killed, status=9/KILL")" = 3 ]
	report $? "by the watchdog, once: $(journalctl -u limpet -o cat | grep -E 'Watchdog timeout' | paste -sd ' ')"
	wait_until 90 has_status '^tracing' && [ "$(property MainPID)" != "$pid" ]
	report $? "the next one traces: $(property StatusText | cut -c 1-60)"
	wait_until 30 test "$(count_ours)" = "$programs"
	report $? "the one that was killed has left no program in the kernel: $(count_ours) as before"
	curl -s -o /dev/null http://127.0.0.1:8081/watched/1
	wait_until 60 has_spans shop-web /watched/ 1
	report $? "the next one tells what is asked then: $(has_spans shop-web /watched/ 1)"
}

stops() {
	[ "$(count_ours)" -gt 0 ]
	report $? "$(count_ours) programs are in the kernel while it runs"
	[ "$(property NFileDescriptorStore)" = 10 ]
	report $? "systemd keeps $(property NFileDescriptorStore) descriptors for the next one: seven links, three rings"
	systemctl stop limpet
	[ "$(property Result) $(property ExecMainStatus)" = "success 0" ]
	report $? "it stops with $(property Result), exit code $(property ExecMainStatus)"
	wait_until 30 sh -c '! bpftool prog show | grep -qE "^[0-9]+: (raw_tracepoint|tracing|kprobe|perf_event)"'
	report $? "nothing of it is left in the kernel, and systemd keeps $(property NFileDescriptorStore) descriptors"
	[ ! -e /run/limpet/status.sock ]
	report $? "nor its socket"
	limpet status 2>&1 | grep -q 'no agent answers'
	report $? "limpet status says that nobody answers"
}

[ -z "$next" ] || . tests/vm/service/package.sh
. tests/vm/service/database.sh
. tests/vm/service/attach.sh
install_limpet
if ! command -v limpet > /dev/null; then
	echo "not ok service: limpet is installed"
	exit 1
fi
limpet check > "$out/check" 2>&1
refuses_without_destination
start_units
starts
traces_units
reports_crashes
answers
reloads
is_watched
[ -z "$next" ] || upgrades
stops
attaches_to_unit
dmesg | grep -E 'BUG:|WARNING:|Oops' | sed 's/^/# kernel log: /'
! dmesg | grep -qE 'BUG:|WARNING:|Oops'
report $? "no complaint in the kernel log"
journalctl -o short-monotonic > "$out/journal"
cp /var/lib/limpet/spans.jsonl "$out/"
[ -z "$next" ] || purges
[ $code -eq 0 ] || journalctl -u limpet -o cat | tail -n 40 | sed 's/^/# /'
exit $code
