#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What was made while agents came and went against what was told of it; speaks TAP without a plan.

usage: check_upgrade.py MADE SPANS SENTRY NAME:BEGIN:END…
MADE: of make_load.py. SPANS: OTLP JSON lines. SENTRY: of the strict receiver. NAME: upgrade or killed, then microseconds on the
monotonic clock at which systemd saw the old agent go, and the new one said that it is ready. A request that was over before such
a window or began after it is told exactly once, one within it once or not at all. A crash is told exactly once, whenever it was.
But what an agent had read and was still at work on when it was killed may be lost with it: AT_WORK_S at most.
"""
import collections
import json
import sys

AT_WORK_S = {"request": 10, "crash": 5}


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def span_names(spans):
    for line in spans:
        for resource in line.get("resourceSpans", []):
            service = [one["value"]["stringValue"] for one in resource["resource"]["attributes"] if one["key"] == "service.name"]
            if service != ["shop-web"]:
                continue
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    yield from (one["value"]["stringValue"] for one in span["attributes"]
                                if span["kind"] == 2 and one["key"] == "url.path")


def crash_events(envelopes):
    """An agent that is killed may have sent what its spool still holds: the same event, which Sentry takes once."""
    seen = set()
    for envelope in envelopes:
        for item in envelope["items"]:
            event = item["payload"] if item["header"]["type"] == "event" else None
            if event and "crash" in event["contexts"] and event["event_id"] not in seen:
                seen.add(event["event_id"])
                yield str(event["contexts"]["crash"]["process_id"]), event


failed = False


def report(is_good, what):
    global failed
    failed = failed or not is_good
    print(("ok" if is_good else "not ok") + " service: upgrade: " + what)


def is_within(one, window):
    return one["end"] >= window["begin"] and one["begin"] <= window["end"]


def is_at_work(one):
    """Might an agent have had it in hand when it was killed?"""
    return any(window["name"] == "killed" and -AT_WORK_S[one["kind"]] < one["end"] - window["begin"] < 0 for window in windows)


def check_requests(told):
    mine = [one for one in made if one["kind"] == "request"]
    outside = [one for one in mine if not is_at_work(one) and not any(is_within(one, window) for window in windows)]
    within = [one for one in mine if one not in outside]
    wrong = [one for one in outside if told[one["name"]] != 1]
    for one in wrong:
        print(f"# request {one['name']} told {told[one['name']]} times, {one['begin'] - windows[0]['begin']:+.3f} s of the stop")
    report(all(one["status"] == 200 for one in mine), f"requests: {len(mine)} were made, all as they should be")
    report(outside and within and not wrong, f"requests: {len(outside)} outside the windows, {len(wrong)} of them not told exactly once")
    seen = sum(told[one["name"]] > 0 for one in within)
    report(all(told[one["name"]] < 2 for one in within),
           f"requests: {len(within)} in the windows or at work on, {seen} of them told once, {len(within) - seen} not seen")


def check_crashes(events):
    told = collections.Counter(pid for pid, _ in events)
    mine = [one for one in made if one["kind"] == "crash"]
    excused = [one for one in mine if told[one["name"]] == 0 and is_at_work(one)]
    wrong = [one for one in mine if told[one["name"]] != 1 and one not in excused]
    for one in wrong:
        print(f"# crash {one['name']} told {told[one['name']]} times: " + ", ".join(
            f"{one['end'] - window['begin']:+.3f} s of {window['name']}, {one['begin'] - window['end']:+.3f} s of what came then"
            for window in windows))
    report(all(one["status"] == -11 for one in mine), f"crashes: {len(mine)} were made, all as they should be")
    report(mine and not wrong, f"crashes: each of {len(mine)} is told exactly once, but {len(excused)} that went with a killed agent")
    for window in windows:
        within = {one["name"] for one in mine if window["begin"] < one["begin"] and one["end"] < window["end"]}
        whole = [event for pid, event in events if pid in within and event["exception"]["values"][0]["type"] == "SIGSEGV"
                 and event["exception"]["values"][0].get("stacktrace", {}).get("frames")]
        report(within and len(whole) == len(within),
               f"crashes: {len(within)} while no agent ran ({window['name']}), {len(whole)} of them with signal and stack")
        print("# " + ", ".join(sorted({str(event["tags"].get("service")) for pid, event in events if pid in within})))


made = read(sys.argv[1])
windows = []
for argument in sys.argv[4:]:
    name, begin, end = argument.split(":")
    windows.append({"name": name, "begin": int(begin) / 1e6, "end": int(end) / 1e6})
for window in windows:
    report(min(one["begin"] for one in made) < window["begin"] < window["end"] < max(one["end"] for one in made),
           f"{window['name']}: the old agent went and the new one was ready while there was work: {window['end'] - window['begin']:.1f} s")
check_requests(collections.Counter(span_names(read(sys.argv[2]))))
check_crashes(list(crash_events(read(sys.argv[3]))))
sys.exit(failed)
