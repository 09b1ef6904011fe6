#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at what the strict Sentry receiver took of exceptions in a guest (tests/vm/agent_reports_exceptions.sh); speaks TAP.

usage: check_exception_events.py FILE NAME…              exactly these events, each once
"""
import json
import os
import sys

# type, value, file of the innermost frame, function, line of source ("": not looked at), level, handled. Indented it is from the
# file; without, it is as printed.
WANTED = {
    "served": ("OrderError", "nothing in the basket", "shop.py", "total", "    return price / count", "error", True),
    "terminated": ("shop::Closed", "closed on Sundays", None, None, "", "fatal", False),
    "contained": ("OrderError", "nothing in the basket", "container.py", "total", "return price / count", None, None),
    "ruby": ("ShopError", "line 1\nline 2", "raise.rb", "block in close", "", "fatal", False),
}


def items_of(path, kind):
    items = []
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                items += [item["payload"] for item in json.loads(line)["items"] if item["header"]["type"] == kind]
    except FileNotFoundError:
        pass
    return items


def raised(event):
    return event["exception"]["values"][-1]


def innermost(event):
    frames = raised(event).get("stacktrace", {}).get("frames", [])
    return frames[-1] if frames else {}


def file_of(event):
    return os.path.basename(innermost(event).get("abs_path") or innermost(event).get("filename") or "")


def describe(event):
    return (f"{raised(event)['type']}: {raised(event)['value']}: {event['level']}, handled {raised(event)['mechanism'].get('handled')}, "
            f"{file_of(event)}, {innermost(event)}")


class Report:
    failed = False

    def say(self, is_good, words, detail=""):
        print(f"{'ok' if is_good else 'not ok'} exceptions: {words}")
        if not is_good:
            self.failed = True
            print("# " + str(detail).replace("\n", "\n# "))


def check_one(report, name, events):
    kind, value, file, function, source, level, is_handled = WANTED[name]
    found = [event for event in events if raised(event)["type"] == kind and (file is None or file_of(event) == file)]
    report.say(len(found) == 1, f"{name}: {kind}, one event", "\n".join(describe(event) for event in events))
    for event in found:
        report.say(raised(event)["value"] == value, f"{name}: its message", describe(event))
        if function:
            report.say(innermost(event).get("function") == function, f"{name}: its innermost frame", describe(event))
        if source != "":
            is_from_file = bool(innermost(event).get("pre_context"))
            report.say((innermost(event).get("context_line"), is_from_file) == (source, source[0] == " "),
                       f"{name}: its line of source, {'and those around it' if is_from_file else 'as printed: there is no file'}",
                       describe(event))
        if level:
            report.say((event["level"], raised(event)["mechanism"].get("handled")) == (level, is_handled),
                       f"{name}: {level}, handled: {is_handled}", describe(event))


def check_request(report, path, events):
    failed = [one["contexts"]["trace"] for one in items_of(path, "transaction") if one["transaction"].endswith("/fail")]
    served = [event["contexts"].get("trace", {}) for event in events if file_of(event) == "shop.py"]
    report.say(any((trace["trace_id"], trace["span_id"]) == (one.get("trace_id"), one.get("span_id")) for trace in failed
                   for one in served), "served: the event is the failed request's", [failed, served])


def main():
    path, *names = sys.argv[1:]
    events = items_of(path, "event")
    report = Report()
    report.say(len(events) == len(names), f"{len(names)} exceptions, as many events", "\n".join(describe(event) for event in events))
    for name in names:
        check_one(report, name, events)
    check_request(report, path, events)
    with open(path + ".violations", encoding="utf-8") as file:
        broken = file.read()
    report.say(not broken, "the receiver found no rule broken", broken[:2000])
    return report.failed


if __name__ == "__main__":
    sys.exit(main())
