#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Did the strict Sentry receiver get exactly one crash of this start of a unit, and all it should say? Prints what it found.

usage: find_crash.py FILE UNIT INVOCATION_ID RESTARTS      RESTARTS: of the unit before, since limpet runs. Answers by its exit code
"""
import json
import sys


def find(path, unit, invocation):
    """The crashes of this start, by their unit in the resource."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            for item in json.loads(line)["items"]:
                if item["header"]["type"] != "event" or "crash" not in item["payload"]["contexts"]:
                    continue
                resource = item["payload"]["contexts"]["otel"]["resource"]
                if resource.get("systemd.unit") == unit and resource.get("systemd.invocation_id") == invocation:
                    yield item["payload"]


def describe(event):
    tags, resource = event["tags"], event["contexts"]["otel"]["resource"]
    return (event["exception"]["values"][0]["type"], tags.get("systemd.unit"), tags.get("service"), resource.get("service.name"),
            resource.get("systemd.unit.restarts_seen"))


def main():
    path, unit, invocation, restarts = sys.argv[1:5]
    try:
        found = [describe(event) for event in find(path, unit, invocation)]
    except FileNotFoundError:
        found = []
    service = unit.removesuffix(".service")
    print(*found)
    sys.exit(found != [("SIGSEGV", unit, service, service, int(restarts))])


main()
