#!/bin/sh
# What the Sentry exporters send, judged by others: a strict receiver of our own, Sentry's event schema, and Spotlight.
# Speaks TAP. The schema is looked for in $LIMPET_SCHEMAS, then in ../shared/schemas next to the repository.
set -u
cd "$(dirname "$0")/../.." || exit 1
here=tests/conformance
send=.build/tests/conformance/send_sentry_samples
npm=.build/npm
count=25
work=$(mktemp -d)
pids=
failed=0
trap 'for pid in $pids; do kill "$pid" 2> /dev/null; done; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

pass() { echo "ok sentry: $1"; }
fail() {
	failed=1
	echo "not ok sentry: $1"
	shift
	printf '# %s\n' "$@"
}
equal() { # name, wanted, got
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "wanted: $2" "got:    $3"; fi
}

wait_for() { # file: at most 15 s
	tries=0
	while [ ! -s "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 150 ] || return 1
		sleep 0.1
	done
}

# start_receiver NAME [option…] starts one; its port is in $port, its output in $work/NAME.
start_receiver() {
	name=$1
	shift
	/usr/bin/python3 tests/support/sentry_receiver.py --output "$work/$name" --port-file "$work/$name.port" \
		--key abc --project 7 --max-seconds 120 "$@" &
	receiver=$!
	pids="$pids $receiver"
	wait_for "$work/$name.port" || { echo "not ok sentry: the receiver did not start"; exit 1; }
	port=$(cat "$work/$name.port")
}
stop_receiver() {
	kill "$receiver"
	wait "$receiver" 2> /dev/null
	cat "$work/$name.violations" >> "$work/violations"
}
# ask EXPRESSION FILE: a Python expression over `accepted`, the list of accepted envelopes.
ask() {
	/usr/bin/python3 -c 'import json, sys
accepted = [json.loads(line) for line in open(sys.argv[2])]
items = [item for envelope in accepted for item in envelope["items"]]
def payloads(kind): return [item["payload"] for item in items if item["header"]["type"] == kind]
transactions, events = payloads("transaction"), payloads("event")
def kinds(number): return " ".join(item["header"]["type"] for item in accepted[number]["items"])
reports = sorted((row["reason"], row["category"], row["quantity"]) for item in items
	if item["header"]["type"] == "client_report" for row in item["payload"]["discarded_events"])
print(eval(sys.argv[1]))' "$1" "$2"
}
send_to() { # dsn, count, kind; lines in $work/sent, the last one in $result
	timeout 60 "$send" --dsn "$1" "$2" ${3:-} > "$work/sent" || fail "the sender ended with $?"
	result=$(grep '^result' "$work/sent")
}
crashes() { sed -n 's/^crash \([0-9a-f]*\) .*/\1/p' "$1" | sort; }
exceptions() { sed -n 's/^exception \([0-9a-f]*\) .*/\1/p' "$1" | sort; }
traces() { sed -n 's/^trace \([0-9a-f]*\) .*/\1/p' "$1" | sort; }

[ -x $send ] || { echo "not ok sentry: $send is not built; run: make $send"; exit 1; }
: > "$work/violations"

# Everything that is sent arrives, once, and breaks no rule.
start_receiver plain
send_to "http://abc@127.0.0.1:$port/7" $count
stop_receiver
equal "all is sent" "result rejected=0 retries=0 given_up=0 reason=none message=" "$result"
ask '"\n".join(sorted(t["contexts"]["trace"]["trace_id"] for t in transactions))' "$work/plain" > "$work/received"
traces "$work/sent" | cmp -s - "$work/received" && pass "$count transactions arrive once" || fail "other transactions arrive than were sent"
equal "event ids are unique" $count "$(ask 'len({t["event_id"] for t in transactions})' "$work/plain")"
equal "spans beyond 1 MiB are reported" True \
	"$(ask 'sum(599 - len(t["spans"]) for t in transactions if len(t["spans"]) > 2) == sum(q for r, c, q in reports) > 0' "$work/plain")"
equal "a received sampling context is passed on" 5 \
	"$(ask 'sum(e["headers"].get("trace", {}).get("transaction") == "GET /cart" for e in accepted)' "$work/plain")"

# Crashes of every kind: one envelope each, with their session and their minidump.
start_receiver crashes
send_to "http://abc@127.0.0.1:$port/7" 16 crashes
stop_receiver
equal "all crashes are sent" "result rejected=0 retries=0 given_up=0 reason=none message=" "$result"
ask '"\n".join(sorted(e["event_id"] for e in events))' "$work/crashes" > "$work/received"
crashes "$work/sent" | cmp -s - "$work/received" && pass "16 crashes arrive once" || fail "other crashes arrive than were sent"
equal "a crash has its session and minidump" "event session attachment, event session, event" \
	"$(ask '", ".join([kinds(1), kinds(0), kinds(7)])' "$work/crashes")"
equal "minidumps arrive whole" "[3000000, 3000000]" "$(ask '[a["size"] for a in payloads("attachment")]' "$work/crashes")"
equal "sessions agree with their events" "crashed crashed crashed crashed exited crashed abnormal" \
	"$(ask '" ".join(s["status"] for s in payloads("session")[:7])' "$work/crashes")"
equal "levels tell an exit from a death" "error fatal" "$(ask '" ".join([events[4]["level"], events[5]["level"]])' "$work/crashes")"
equal "a crash without a release gets one" "shop@68220ae2c65d65c1" "$(ask 'events[7]["release"]' "$work/crashes")"
equal "the largest crash is whole where it matters" "256 2048 100 64" \
	"$(ask 'f"""{len(events[3]["exception"]["values"][0]["stacktrace"]["frames"])} {len(events[3]["debug_meta"]["images"])} {len(events[3]["breadcrumbs"]["values"])} {len(events[3]["threads"]["values"])}"""' "$work/crashes")"

# Exceptions of every language, hostile ones, and one that is larger than an event may be.
start_receiver exceptions
send_to "http://abc@127.0.0.1:$port/7" 15 exceptions
stop_receiver
equal "all exceptions are sent" "result rejected=0 retries=0 given_up=0 reason=none message=" "$result"
ask '"\n".join(sorted(e["event_id"] for e in events))' "$work/exceptions" > "$work/received"
exceptions "$work/sent" | cmp -s - "$work/received" && pass "15 exceptions arrive once" || fail "other exceptions arrive than were sent"
equal "each has its platform" "python python node java go native php" "$(ask '" ".join(e["platform"] for e in events[:7])' "$work/exceptions")"
equal "chains run from the root cause to what was raised" \
	"JSONDecodeError,ZeroDivisionError OSError,TimeoutError,ValueError,ExceptionGroup Error,TypeError NullPointerException,IOException,IllegalStateException panic std::out_of_range Shop\\OrderException" \
	"$(ask '" ".join(",".join(v["type"] for v in e["exception"]["values"]) for e in events[:7])' "$work/exceptions")"
equal "causes say whose they are" "[(1, 0, 'chained', '__context__')] [(3, 2, 'chained', '__cause__'), (2, 0, 'chained', 'exceptions[1]'), (1, 0, 'chained', 'exceptions[0]')] [(1, 0, 'chained', 'cause')] [(2, 0, 'chained', None), (1, 0, 'suppressed', None)]" \
	"$(ask '" ".join(str([(m["exception_id"], m["parent_id"], m["type"], m.get("source")) for m in (v["mechanism"] for v in e["exception"]["values"][:-1])]) for e in events[:4])' "$work/exceptions")"
equal "a handled one is no death" "error True False, fatal False True" \
	"$(ask '", ".join(" ".join(str(x) for x in (e["level"], e["exception"]["values"][-1]["mechanism"]["handled"], e["threads"]["values"][0]["crashed"])) for e in (events[0], events[5]))' "$work/exceptions")"
equal "a C++ exception has the machine's frames" "7 3 SIGABRT" \
	"$(ask 'f"""{len(events[5]["exception"]["values"][0]["stacktrace"]["frames"])} {len(events[5]["debug_meta"]["images"])} {events[5]["exception"]["values"][0]["mechanism"]["meta"]["signal"]["name"]}"""' "$work/exceptions")"
equal "goroutines are threads" "4714 1 'goroutine 4714'" "$(ask '" ".join(repr(t["id"]) for t in events[4]["threads"]["values"])' "$work/exceptions")"
equal "the source is around the line" "2 '    return 1 / rate()' 1" \
	"$(ask 'next(f"""{len(f["pre_context"])} {f["context_line"]!r} {len(f["post_context"])}""" for f in events[0]["exception"]["values"][-1]["stacktrace"]["frames"][-1:])' "$work/exceptions")"
equal "the runtime is known" "{'name': 'CPython', 'version': '3.11.2'}" "$(ask 'events[0]["contexts"]["runtime"]' "$work/exceptions")"
equal "of too large a chain all members and the ends of stacks stay" "16 20" \
	"$(ask 'f"""{len(events[14]["exception"]["values"])} {len(events[14]["exception"]["values"][-1]["stacktrace"]["frames"])}"""' "$work/exceptions")"

# Sessions: several updates in one envelope.
start_receiver sessions
send_to "http://abc@127.0.0.1:$port/7" 20 sessions
stop_receiver
equal "all sessions are sent" "result rejected=0 retries=0 given_up=0 reason=none message=" "$result"
equal "sessions travel together" "2 16 4" "$(ask 'f"""{len(accepted)} {len(payloads("session"))} {len(payloads("sessions"))}"""' "$work/sessions")"
equal "counts arrive" 8008 "$(ask 'sum(a.get("exited", 0) + a.get("errored", 0) for s in payloads("sessions") for a in s["aggregates"])' "$work/sessions")"

# Each part of a crash has a limit of its own.
start_receiver attachments --fault limits@1 --rate-limits "60:attachment:key"
send_to "http://abc@127.0.0.1:$port/7" 3 crashes
stop_receiver
equal "a limit on attachments spares the event" "event session, [('ratelimit_backoff', 'attachment', 3000000)]" \
	"$(ask 'f"""{kinds(1)}, {reports}"""' "$work/attachments")"
start_receiver errors --fault 429@1 --rate-limits "60:error:key"
send_to "http://abc@127.0.0.1:$port/7" 2 crashes
stop_receiver
equal "a limit on errors spares the session" "session client_report, [('ratelimit_backoff', 'attachment', 3000000), ('ratelimit_backoff', 'error', 1)]" \
	"$(ask 'f"""{kinds(0)} {kinds(1)}, {reports}"""' "$work/errors")"
equal "a crash held back is named" \
	"result rejected=2 retries=0 given_up=0 reason=rate_limited message=Sentry at 127.0.0.1:$port refused a crash: HTTP 429; the project's quota or rate limit is used up" "$result"
start_receiver small --fault 413@2
send_to "http://abc@127.0.0.1:$port/7" 2 crashes
stop_receiver
equal "a minidump that is too large is left out" "event session, [('send_error', 'attachment', 3000000)]" "$(ask 'f"""{kinds(1)}, {reports}"""' "$work/small")"

# A DSN under a path, with a secret key.
start_receiver prefix
send_to "http://abc:secret@127.0.0.1:$port/some/prefix/7" 1
stop_receiver
equal "a DSN with path and secret works" 1 "$(ask 'len(transactions)' "$work/prefix")"

# The receiver is as strict as it says.
start_receiver strict
/usr/bin/python3 $here/sentry_receiver_refuses.py "$port" "$work/plain" "$work/crashes" "$work/sessions" "$work/exceptions"
kill "$receiver"

# Faults. 429: dropped, held back, the server counts the first itself.
start_receiver limited --fault 429@3 --rate-limits "60:transaction;profile_duration:key"
send_to "http://abc@127.0.0.1:$port/7" 9
stop_receiver
equal "429 holds back the rest" \
	"result rejected=7 retries=0 given_up=0 reason=rate_limited message=Sentry at 127.0.0.1:$port refused a transaction: HTTP 429; the project's quota or rate limit is used up" "$result"
equal "429 is reported as backoff" "2 True" \
	"$(ask 'f"""{len(transactions)} {("ratelimit_backoff", "transaction", 6) in reports and not any(r == "send_error" for r, c, q in reports)}"""' "$work/limited")"
start_receiver quota --fault limits@2 --rate-limits "60::organization"
send_to "http://abc@127.0.0.1:$port/7" 4
stop_receiver
equal "limits that come with 200 count" "2" "$(ask 'len(transactions)' "$work/quota")"
start_receiver refusing --fault 413@1 --fault 503@2
send_to "http://abc@127.0.0.1:$port/7" 9
stop_receiver
equal "413 and 503 drop one each" \
	"result rejected=2 retries=0 given_up=0 reason=server_refused message=Sentry at 127.0.0.1:$port refused a transaction: HTTP 503, fault 503; see the server's log" "$result"
equal "413 and 503 are reported" "7 [2]" \
	"$(ask 'f"""{len(transactions)} {[q for r, c, q in reports if (r, c) == ("send_error", "transaction")]}"""' "$work/refusing")"
# The third reset comes on a connection that worked before: libcurl opens another one by itself.
start_receiver resetting --fault reset@1 --fault reset@2 --fault reset@6
send_to "http://abc@127.0.0.1:$port/7" 9
stop_receiver
case $result in
"result rejected=0 retries=2 given_up=0 reason=none message="*127.0.0.1*) pass "a reset connection is tried again" ;;
*) fail "a reset connection is tried again" "$result" ;;
esac
ask '"\n".join(sorted(t["contexts"]["trace"]["trace_id"] for t in transactions))' "$work/resetting" > "$work/received"
traces "$work/sent" | cmp -s - "$work/received" && pass "after resets all have arrived once" || fail "after resets others arrived than were sent"
send_to "http://abc@127.0.0.1:$port/7" 1
case $result in
"result rejected=0 retries=5 given_up=1 reason=none message="*127.0.0.1:$port*) pass "a server that is gone is named" ;;
*) fail "a server that is gone is named" "$result" ;;
esac
equal "no rule was broken" "" "$(cat "$work/violations")"

# The file: appended twice, every envelope whole.
timeout 60 $send --file "$work/envelopes" 10 > "$work/sent" && timeout 60 $send --file "$work/envelopes" 5 >> "$work/sent"
/usr/bin/python3 tests/support/sentry_receiver.py --check "$work/envelopes" > "$work/stored" || fail "the file breaks a rule"
ask '"\n".join(sorted(t["contexts"]["trace"]["trace_id"] for t in transactions))' "$work/stored" > "$work/received"
traces "$work/sent" | cmp -s - "$work/received" && pass "--sentry-file holds 15 envelopes" || fail "the file holds others than were sent"

# Sentry's own schema.
schema=${LIMPET_SCHEMAS:-../shared/schemas}/event.schema.json
if [ ! -r "$schema" ]; then
	echo "ok sentry: transactions keep Sentry's schema # SKIP no $schema; set LIMPET_SCHEMAS"
elif ! /usr/bin/python3 -c 'import jsonschema' 2> /dev/null; then
	echo "ok sentry: transactions keep Sentry's schema # SKIP no python3-jsonschema; run: make deps"
else
	equal "crashes keep Sentry's schema" 16 "$(/usr/bin/python3 -W ignore $here/sentry_schema_check.py "$schema" "$work/crashes" 2>&1)"
	equal "exceptions keep Sentry's schema" 15 "$(/usr/bin/python3 -W ignore $here/sentry_schema_check.py "$schema" "$work/exceptions" 2>&1)"
	equal "transactions keep Sentry's schema" $count "$(/usr/bin/python3 -W ignore $here/sentry_schema_check.py "$schema" "$work/plain" 2>&1)"
fi

# Spotlight, a reader we did not write.
name="Spotlight has the same transactions"
skip() { echo "ok sentry: $name # SKIP $1"; exit $failed; }
command -v node > /dev/null && command -v npm > /dev/null || skip "no node or npm"
modules=$npm/spotlight
if [ ! -e $modules/.installed ]; then
	mkdir -p $modules
	# Another hono than the one it was built with answers 500 to everything.
	echo '{"private": true, "dependencies": {"@spotlightjs/spotlight": "4.11.8"}, "overrides": {"hono": "4.12.25"}}' > $modules/package.json
	timeout 240 npm install --prefix $modules --no-audit --no-fund --ignore-scripts --fetch-retries=1 --fetch-retry-mintimeout=1000 --loglevel=error > "$work/npm" 2>&1 ||
		skip "npm cannot install @spotlightjs/spotlight: $(grep -m 1 -i error "$work/npm" | tr -d '#')"
	touch $modules/.installed
fi
node $here/spotlight_server.mjs $modules "$work/spotlight.port" > "$work/spotlight.log" 2>&1 &
spotlight=$!
pids="$pids $spotlight"
wait_for "$work/spotlight.port" || { fail "Spotlight does not start" "$(tail -n 5 "$work/spotlight.log")"; exit 1; }
port=$(cat "$work/spotlight.port")
send_to "http://abc@127.0.0.1:$port/7" $count
equal "Spotlight accepts all" "result rejected=0 retries=0 given_up=0 reason=none message=" "$result"
timeout 60 /usr/bin/python3 $here/spotlight_received.py "$port" transaction $count | sort > "$work/spotlight"
traces "$work/spotlight" > "$work/received"
traces "$work/sent" | cmp -s - "$work/received" && pass "$name" || fail "$name" "$(wc -l < "$work/received") of $count traces"
# The largest were trimmed to 1 MiB; the others must be complete.
grep '^trace .* [123]$' "$work/sent" | sort > "$work/small.sent"
grep '^trace .* [123]$' "$work/spotlight" | cmp -s - "$work/small.sent" && pass "Spotlight has the same spans" || fail "Spotlight has other spans"

send_to "http://abc@127.0.0.1:$port/7" 16 crashes
timeout 60 /usr/bin/python3 $here/spotlight_received.py "$port" event 16 | sort > "$work/spotlight"
crashes "$work/spotlight" > "$work/received"
crashes "$work/sent" | cmp -s - "$work/received" && pass "Spotlight has the same crashes" || fail "Spotlight has other crashes" "$(wc -l < "$work/received") of 16"
send_to "http://abc@127.0.0.1:$port/7" 7 exceptions
timeout 60 /usr/bin/python3 $here/spotlight_received.py "$port" event 23 | grep '^exception' | sort > "$work/spotlight"
grep '^exception' "$work/sent" | sort | cmp -s - "$work/spotlight" && pass "Spotlight has the same exceptions" || fail "Spotlight has other exceptions" "$(cat "$work/spotlight")"
send_to "http://abc@127.0.0.1:$port/7" 20 sessions
timeout 60 /usr/bin/python3 $here/spotlight_received.py "$port" sessions 4 | grep -c '^sessions 2001' > "$work/received"
equal "Spotlight has the same sessions" 4 "$(cat "$work/received")"
exit $failed
