#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What --json writes of every recording is what its schema says, line by line; and the schema refuses what it should."""
import copy
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from json_line_schema import check_line, complaint, load_validator
from limpet_runner import RELEASE, environment_for
from replay_runner import RECORDINGS, recorded_names


def lines_of(name):
    done = subprocess.run([os.environ.get("LIMPET", RELEASE), "replay", "--json=-", "--log-level=warning", os.path.join(RECORDINGS, f"{name}.rec")],
                          stdout=subprocess.PIPE, check=True, timeout=60, env=environment_for())
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def without(line, *path):
    """A copy of the line with one thing taken away."""
    changed = copy.deepcopy(line)
    place = changed
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return changed


def replaced(line, value, *path):
    changed = copy.deepcopy(line)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


def check_refusals(validator, line):
    span = ("resourceSpans", 0, "scopeSpans", 0, "spans", 0)
    resource = ("resourceSpans", 0, "resource")
    for broken in (without(line, *span, "traceId"), without(line, *span, "endTimeUnixNano"), without(line, *resource),
                   replaced(line, "0" * 32, *span, "traceId"), replaced(line, 17, *span, "startTimeUnixNano"),
                   replaced(line, 9, *span, "kind"), replaced(line, "x", *span, "unknownField"),
                   replaced(line, [], *resource, "attributes"), replaced(line, {"code": 0}, *span, "status"),
                   replaced(line, [{"key": "a", "value": {"intValue": 1}}], *span, "attributes"),
                   {**line, "resourceLogs": []}, {}, []):
        assert complaint(validator, broken), f"accepted: {json.dumps(broken)[:400]}"


try:
    validator = load_validator()
except tap.Skip as reason:
    tap.skip("the schema of --json", str(reason))
    tap.finish()
seen = {"resourceSpans": 0, "resourceLogs": 0}
for name in recorded_names():
    with tap.case(f"{name}: every line is what the schema says"):
        lines = lines_of(name)
        assert lines, "no line"
        for line in lines:
            check_line(validator, line)
            for kind in seen:
                seen[kind] += kind in line
with tap.case("spans were among them, and exceptions"):
    assert seen["resourceSpans"] > 100 and seen["resourceLogs"] > 0, seen
with tap.case("the schema refuses what no line may be"):
    check_refusals(validator, next(line for line in lines_of("chain") if "resourceSpans" in line))
tap.finish()
