# SPDX-License-Identifier: Apache-2.0
"""What a full screen of 200 columns says, as numbers."""
import collections
import re

COLUMNS, ROWS = 200, 50
UNITS = {"µs": 1e3, "ms": 1e6, "s": 1e9}
Durations = collections.namedtuple("Durations", "p50 p95 p99 max")
Operation = collections.namedtuple("Operation", "service kind name count errors")
Call = collections.namedtuple("Call", "count errors by_error")


def operations(lines):
    """By the tab of operations."""
    shown = set()
    for line in lines:
        found = re.match(r"(\S+) +(server|client|producer|consumer|internal) +(\S.*?) {2,}(\d+) +\S+/s +(\d+) ", line)
        if found:
            shown.add(Operation(found[1], found[2], found[3], int(found[4]), int(found[5])))
    return shown


def durations(lines):
    """By the tab of operations, in nanoseconds: {("server", "GET /"): Durations(…)}."""
    shown = {}
    for line in lines:
        found = re.match(r"\S+ +(server|client) +(\S.*?) {2,}\d+ +\S+/s +\d+" + r" +([\d.]+) (µs|ms|s)" * 4, line)
        if found:
            shown[found[1], found[2]] = Durations(*(float(found[i]) * UNITS[found[i + 1]] for i in (3, 5, 7, 9)))
    return shown


def calls(lines):
    """By the tab of system calls: {"read": Call(12, 3, {"EAGAIN": 3})}."""
    shown = {}
    for line in lines:
        found = re.match(r"(\w+) +(\d+) +\S+ \S+ +\S+ \S+ +\S+ \S+ +(\d+)(?: +(E.*))?$", line)
        if found:
            errors = dict(pair.split(" ") for pair in (found[4] or "").split(", ") if pair)
            shown[found[1]] = Call(int(found[2]), int(found[3]), {name: int(count) for name, count in errors.items()})
    return shown


def drops(lines):
    """By the tab of drops: {"ring_full": 7}."""
    found = (re.match(r" +(\d+)  (\w+) {2,}\S", line) for line in lines)
    return {match[2]: int(match[1]) for match in found if match}
