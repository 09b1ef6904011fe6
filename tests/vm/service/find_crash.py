#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Did the strict Sentry receiver get the crash of this start of a unit? Prints its title; answers by its exit code.

usage: find_crash.py FILE UNIT INVOCATION_ID
"""
import json
import sys


def find(path, unit, invocation):
    with open(path, encoding="utf-8") as file:
        for line in file:
            for item in json.loads(line)["items"]:
                event = item["payload"]
                if item["header"]["type"] != "event" or event.get("tags", {}).get("systemd.unit") != unit:
                    continue
                resource = event["contexts"]["otel"]["resource"]
                if resource.get("systemd.invocation_id") == invocation and resource.get("systemd.unit") == unit:
                    return event["exception"]["values"][0]["type"]
    return None


try:
    found = find(*sys.argv[1:4])
except FileNotFoundError:
    found = None
print(found)
sys.exit(found is None)
