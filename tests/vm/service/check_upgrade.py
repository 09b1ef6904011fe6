#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What was made during an upgrade against what was told of it; speaks TAP without a plan.

usage: check_upgrade.py MADE BEGIN END SPANS SENTRY
MADE: of make_load.py. BEGIN, END: microseconds on the monotonic clock at which systemd began to stop the old agent, and the
new one said that it is ready. SPANS: OTLP JSON lines. SENTRY: of the strict receiver. Whatever was over before this window or
began after it is told exactly once, what lies in it once or not at all.
"""
import collections
import json
import sys


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


def crash_pids(envelopes):
    for envelope in envelopes:
        for item in envelope["items"]:
            if item["header"]["type"] == "event" and "crash" in item["payload"]["contexts"]:
                yield str(item["payload"]["contexts"]["crash"]["process_id"])


failed = False


def report(is_good, what):
    global failed
    failed = failed or not is_good
    print(("ok" if is_good else "not ok") + " service: upgrade: " + what)


made = read(sys.argv[1])
window = int(sys.argv[2]) / 1e6, int(sys.argv[3]) / 1e6
report(min(one["begin"] for one in made) < window[0] < window[1] < max(one["end"] for one in made),
       "the old agent was stopped and the new one ready while there was work")
print(f"# nothing is seen for {window[1] - window[0]:.1f} s")
for kind, status, what, told in (("request", 200, "requests", span_names(read(sys.argv[4]))),
                                 ("crash", -11, "crashes", crash_pids(read(sys.argv[5])))):
    times = collections.Counter(told)
    mine = [one for one in made if one["kind"] == kind]
    before = [one for one in mine if one["end"] < window[0]]
    after = [one for one in mine if one["begin"] > window[1]]
    within = [one for one in mine if one not in before and one not in after]
    for one in before + after:
        if times[one["name"]] != 1:
            print(f"# {kind} {one['name']} told {times[one['name']]} times: it ended {one['end'] - window[0]:+.3f} s of the stop, "
                  f"and began {one['begin'] - window[1]:+.3f} s of the start")
    wrong = sum(times[one["name"]] != 1 for one in before + after)
    report(all(one["status"] == status for one in mine), f"{what}: {len(mine)} were made, all as they should be")
    report(before and after and within and not wrong,
           f"{what}: {len(before)} before the window and {len(after)} after it, {wrong} of them not told exactly once")
    seen = sum(times[one["name"]] > 0 for one in within)
    report(all(times[one["name"]] < 2 for one in within),
           f"{what}: {len(within)} in the window, {seen} of them told once, {len(within) - seen} not seen")
sys.exit(failed)
