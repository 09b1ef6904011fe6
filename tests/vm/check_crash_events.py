#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at what the strict Sentry receiver took from an agent in a guest; speaks TAP, or only answers by its exit code.

usage: check_crash_events.py FILE --count N | --has TYPE | --has-image PATH          (quiet: is it there yet?)
       check_crash_events.py FILE --title TITLE --suite | --oom BYTES | --container PROGRAM WAY ID | --times N TYPE
"""
import json
import sys
from collections import Counter

# What tests/vm/agent_reports_crashes.sh makes: type, words of the cause, a function among the first frames ("" none).
SUITE = {
    "null": ("SIGSEGV", "null pointer", "read_null"), "read-only": ("SIGSEGV", "read-only", "write_read_only"),
    "overflow": ("SIGSEGV", "stack overflow", ""), "divide": ("SIGFPE", "division by zero", "divide_by_zero"),
    "bus": ("SIGBUS", "", "read_past_file"), "illegal": ("SIGILL", "illegal", "run_illegal_instruction"),
    "null-call": ("SIGSEGV", "null", "call_null"), "assert": ("SIGABRT", "assertion", "fail_assertion"),
    "double-free": ("SIGABRT", "", "free_twice"), "in-usr1": ("SIGSEGV", "null pointer", "crash_in_usr1"),
    "thread": ("SIGSEGV", "null pointer", ""), "child": ("SIGSEGV", "null pointer", ""),
    "library": ("SIGSEGV", "null pointer", ""), "seccomp": ("SIGSYS", "", ""), "undumpable": ("SIGSEGV", "", ""),
}
EVENTS_OF_SUITE = len(SUITE) + 3  # two more builds, and the one killed


def events_of(path):
    events = []
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                events += [item["payload"] for item in json.loads(line)["items"] if item["header"]["type"] == "event"]
    except FileNotFoundError:
        pass
    return events


def exception(event):
    return event["exception"]["values"][0]


def functions(event):
    frames = exception(event).get("stacktrace", {}).get("frames", [])
    return [frame.get("function", "") for frame in reversed(frames)]


def describe(event):
    return f"{exception(event)['type']}: {exception(event)['value']}: {' < '.join(functions(event)[:8])}"


def has_image(event, path):
    return any(image["code_file"] == path for image in event.get("debug_meta", {}).get("images", []))


class Report:
    def __init__(self, title):
        self.title = title
        self.failed = False

    def say(self, is_good, words, detail=""):
        print(f"{'ok' if is_good else 'not ok'} {self.title}: {words}")
        if not is_good:
            self.failed = True
            print("# " + str(detail).replace("\n", "\n# "))


def check_suite(report, events):
    counted = ", ".join(f"{count} {kind}" for kind, count in Counter(exception(event)["type"] for event in events).items())
    report.say(len(events) == EVENTS_OF_SUITE, f"{EVENTS_OF_SUITE} crashes, as many events ({counted})",
               "\n".join(describe(event) for event in events))
    left = list(events)
    for way, (kind, words, function) in SUITE.items():
        found = [event for event in left if exception(event)["type"] == kind and words in exception(event)["value"] and
                 (not function or function in functions(event)[:12])]
        report.say(bool(found), f"{way}: {kind}, {words or 'its cause'}{', in ' + function if function else ''}",
                   "\n".join(describe(event) for event in left))
        if found:
            left.remove(min(found, key=lambda event: len(functions(event))) if not function else found[0])
    killed = [event for event in events if exception(event)["type"] == "SIGKILL"]
    report.say(len(killed) == 1 and "killed by" in exception(killed[0])["value"], "kill -9: one event that says who did it",
               [describe(event) for event in killed])
    ids = [event["event_id"] for event in events]
    report.say(len(set(ids)) == len(ids), "every event once")


def check_oom(report, events, limit):
    found = [event for event in events if exception(event)["type"] == "OOMKill"]
    report.say(len(found) == 1, "one event", [describe(event) for event in events])
    for event in found:
        text = json.dumps(event)
        report.say(str(limit) in text, f"it knows the limit of {limit} bytes", exception(event))


def check_container(report, events, program, way, name):
    found = [event for event in events if has_image(event, program)]
    report.say(len(found) == 1, "one event", [describe(event) for event in events])
    for event in found:
        if way == "null" and not any(functions(event)):
            report.say(True, "functions of a file that is gone # SKIP it was gone before the agent could open it")
        else:
            report.say("read_null" in functions(event)[:3], "functions of a file that is gone", describe(event))
        report.say(name in json.dumps(event), "it names the container", event.get("tags"))


def check_times(report, events, count, kind):
    report.say([exception(event)["type"] for event in events] == [kind] * count, f"{count} crashes, as many events",
               "\n".join(describe(event) for event in events))


def main():
    path, option, *rest = sys.argv[1:]
    events = events_of(path)
    if option == "--count":
        return len(events) < int(rest[0])
    if option == "--has":
        return not any(exception(event)["type"] == rest[0] for event in events)
    if option == "--has-image":
        return not any(has_image(event, rest[0]) for event in events)
    report = Report(rest[0])
    check, *values = rest[1:]
    {"--suite": lambda: check_suite(report, events), "--oom": lambda: check_oom(report, events, int(values[0])),
     "--container": lambda: check_container(report, events, *values),
     "--times": lambda: check_times(report, events, int(values[0]), values[1])}[check]()
    violations = path + ".violations"
    with open(violations, encoding="utf-8") as file:
        broken = file.read()
    report.say(not broken, "the receiver found no rule broken", broken[:2000])
    return report.failed


if __name__ == "__main__":
    sys.exit(main())
