#!/bin/bash
# What the OTLP and json_lines exporters send, judged by Google's protobuf classes, by protoc and by @elastic/mockotlpserver:
# the same ids and counts on both sides, and the outcome each kind of answer must have.
set -u
cd "$(dirname "$0")/../.." || exit 1
sender=.build/tests/conformance/send_samples
work=$(mktemp -d /tmp/limpet-otlp-test-XXXXXX)
server=
number=0
failed=0
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY OTEL_EXPORTER_OTLP_HEADERS

stop_server() {
	[ -z "$server" ] || { kill "$server" 2> /dev/null && wait "$server" 2> /dev/null; }
	server=
}
trap 'stop_server; rm -rf "$work"' EXIT

report() { # $1 code, $2 what
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		failed=1
	fi
}

skip() { # $1 what, $2 why
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

wait_for_port() { # $1 file
	for _ in $(seq 200); do
		[ -s "$1" ] && return 0
		kill -0 "$server" 2> /dev/null || break
		sleep 0.05
	done
	echo "# the server did not start" >&2
	return 1
}

start_receiver() { # faults…
	local arguments=()
	for fault in "$@"; do arguments+=(--fault "$fault"); done
	rm -rf "$work/port" "$work/raw"
	mkdir "$work/raw"
	tests/support/otlp_receiver.py --port 0 --port-file "$work/port" --output "$work/received" --raw-dir "$work/raw" \
		"${arguments[@]}" &
	server=$!
	wait_for_port "$work/port" && endpoint=http://127.0.0.1:$(cat "$work/port")
}

judge() { # $1 name of the check in judge_otlp.py, rest: its arguments; what is printed says why it failed
	/usr/bin/python3 tests/conformance/judge_otlp.py "$@" >&2
}

one_run() { # $1 what, $2 check, $3 COUNT BATCH ATTEMPTS, $4 kind, rest: faults
	local what=$1 check=$2 numbers=$3 kind=$4
	shift 4
	start_receiver "$@" || { report 1 "$what"; return; }
	# shellcheck disable=SC2086
	$sender $numbers "$kind=$endpoint" > "$work/sent"
	code=$?
	stop_server
	[ $code -eq 0 ] && judge "$check" "$work/sent" "$work/received"
	report $? "$what"
}

if ! [ -x $sender ]; then
	report 1 "send_samples is not built: make test-programs"
	exit 1
fi
if ! /usr/bin/python3 -c 'import google.protobuf' 2> /dev/null || ! [ -x /usr/bin/protoc ]; then
	skip "OTLP by Google's protobuf" "python3-protobuf or protobuf-compiler is not installed"
	exit 0
fi

one_run "gzip: 200 segments in batches of 64, same ids and counts" all_received "200 64 1" otlp
one_run "plain: 200 segments in batches of 64, same ids and counts" all_received_plain "200 64 1" otlp_plain

# Two exporters, the same items: the JSON line means what the protobuf says. The raw bodies go on to protoc.
if start_receiver; then
	$sender 20 5 1 "otlp=$endpoint" "json_lines=$work/lines" > "$work/sent"
	code=$?
	stop_server
	[ $code -eq 0 ] && judge same_as_lines "$work/received" "$work/lines"
	report $? "json_lines: Google's parser reads every line, equal to the protobuf of the same items"
	protoc -Iexporters/otlp/proto \
		--decode=opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest \
		opentelemetry/proto/collector/trace/v1/trace_service.proto < "$work/raw/0.pb" > "$work/decoded"
	code=$?
	[ $code -eq 0 ] && [ "$(grep -c '^      span_id: ' "$work/decoded")" -eq 15 ] &&
		! grep -qE '^ *[0-9]+(:| \{)' "$work/decoded" &&
		protoc -Iexporters/otlp/proto \
			--encode=opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest \
			opentelemetry/proto/collector/trace/v1/trace_service.proto < "$work/decoded" | cmp -s - "$work/raw/0.pb"
	report $? "protoc decodes a captured body without unknown fields and encodes it to the same bytes"
else
	report 1 "the receiver starts"
fi

one_run "crashes: 100 log records in batches of 32, each in the span it broke" crashes_received "100 32 1" otlp_logs
one_run "crashes: rejected log records are counted, not tried again" crashes_partly_refused "4 4 2" otlp_logs \
	"partial|2|quota exceeded"

one_run "exceptions: 100 log records of every language, each in the span it broke" exceptions_received "100 32 1" otlp_exceptions

if start_receiver; then
	$sender 20 5 1 "otlp_exceptions=$endpoint" "json_lines_exceptions=$work/exception-lines" > "$work/sent"
	code=$?
	stop_server
	[ $code -eq 0 ] && judge same_crashes_as_lines "$work/received" "$work/exception-lines"
	report $? "exceptions in json_lines: Google's parser reads every line, equal to the protobuf of the same exceptions"
else
	report 1 "the receiver starts for exceptions"
fi

if start_receiver; then
	$sender 20 5 1 "otlp_logs=$endpoint" "json_lines_crashes=$work/crash-lines" > "$work/sent"
	code=$?
	stop_server
	[ $code -eq 0 ] && judge same_crashes_as_lines "$work/received" "$work/crash-lines"
	report $? "crashes in json_lines: Google's parser reads every line, equal to the protobuf of the same crashes"
	protoc -Iexporters/otlp/proto \
		--decode=opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest \
		opentelemetry/proto/collector/logs/v1/logs_service.proto < "$work/raw/0.pb" > "$work/decoded"
	code=$?
	[ $code -eq 0 ] && [ "$(grep -c '^      event_name: "exception"' "$work/decoded")" -eq 5 ] &&
		! grep -qE '^ *[0-9]+(:| \{)' "$work/decoded" &&
		protoc -Iexporters/otlp/proto \
			--encode=opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest \
			opentelemetry/proto/collector/logs/v1/logs_service.proto < "$work/decoded" | cmp -s - "$work/raw/0.pb"
	report $? "protoc decodes log records without unknown fields and encodes them to the same bytes"
else
	report 1 "the receiver starts for crashes"
fi

one_run "503 with Retry-After in seconds is tried again after that time" retried_after_a_second "3 3 2" otlp "503|1|starting"
date=$(LC_ALL=C date -u -d '+30 minutes' '+%a, %d %b %Y %H:%M:%S GMT')
one_run "503 with Retry-After as an HTTP-date" retry_after_a_date "3 3 1" otlp "503|$date|later"
one_run "429 without Retry-After is tried again" retried "3 3 2" otlp "429"
one_run "400 is not tried again; the Status message is told" refused "3 3 2" otlp "400||bad span 7"
one_run "partial_success: rejected spans are counted, not tried again" partly_refused "4 4 2" otlp "partial|2|quota exceeded"
one_run "partial_success without rejected spans is a warning" warned "4 4 2" otlp "partial|0|deprecated field"
one_run "a reset connection is tried again" retried "3 3 2" otlp "reset"
one_run "an oversized response is dropped and counted" oversized "3 3 2" otlp "oversized"
one_run "the next batch goes out after a failed one" all_but_first "6 3 1" otlp "500"

# A judge from npm, installed under .build once.
npm_packages=.build/npm/node_modules
mock=$npm_packages/@elastic/mockotlpserver
if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
	skip "@elastic/mockotlpserver" "node or npm is not installed"
elif ! [ -d $mock ] && ! timeout 300 npm install --no-fund --no-audit --ignore-scripts --prefix .build/npm \
	@elastic/mockotlpserver@0.10.0 > "$work/npm.log" 2>&1; then
	skip "@elastic/mockotlpserver" "npm cannot install it: $(grep -m 1 -i error "$work/npm.log" | tr -d '#')"
else
	rm -f "$work/port" "$work/received"
	node tests/conformance/mock_otlp_server.js $npm_packages "$work/port" "$work/received" >&2 &
	server=$!
	if wait_for_port "$work/port"; then
		endpoint=http://127.0.0.1:$(cat "$work/port")
		$sender 100 32 1 "otlp=$endpoint" > "$work/sent"
		code=$?
		[ $code -eq 0 ] && judge mock_received "$work/sent" "$work/received"
		report $? "@elastic/mockotlpserver: 100 segments, same ids and counts"
		: > "$work/received"
		$sender 100 32 1 "otlp_logs=$endpoint" > "$work/sent"
		code=$?
		[ $code -eq 0 ] && judge mock_received_crashes "$work/sent" "$work/received"
		report $? "@elastic/mockotlpserver: 100 crashes as log records, same ids, severity and attributes"
		: > "$work/received"
		$sender 100 32 1 "otlp_exceptions=$endpoint" > "$work/sent"
		code=$?
		[ $code -eq 0 ] && judge mock_received_exceptions "$work/sent" "$work/received"
		report $? "@elastic/mockotlpserver: 100 exceptions as log records, same ids, severity, types and places"
	else
		report 1 "@elastic/mockotlpserver starts"
	fi
	stop_server
fi
echo "1..$number"
exit $failed
