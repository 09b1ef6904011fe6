#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The full-screen view of recordings, in tmux: its figures are those of the JSON lines of the same recording.

No privileges, no kernel: what is on the screen is what the pipeline gave. Live: tests/e2e/test_screen.py.
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from limpet_runner import RELEASE, environment_for
from operation_names import operation_of
from replay_runner import RECORDINGS
from screen_reader import Operation, operations
from span_reader import read_attributes
from tmux_screen import TmuxScreen

LIMPET = os.environ.get("LIMPET", RELEASE)


def recording(name):
    return os.path.join(RECORDINGS, f"{name}.rec")


def spans_of(name):
    done = subprocess.run([LIMPET, "replay", "--json=-", "--log-level=error", recording(name)], stdout=subprocess.PIPE,
                          check=True, timeout=60, env=environment_for())
    for line in done.stdout.decode().splitlines():
        for scope in json.loads(line).get("resourceSpans", ()):
            service = next(a["value"]["stringValue"] for a in scope["resource"]["attributes"] if a["key"] == "service.name")
            for span in scope["scopeSpans"][0]["spans"]:
                yield service, span


def operations_of(name):
    """Counted from the JSON lines."""
    counts, errors = collections.Counter(), collections.Counter()
    for service, span in spans_of(name):
        key = operation_of(service, span["kind"], span["name"], read_attributes(span.get("attributes", [])))
        counts[key] += 1
        errors[key] += span.get("status", {}).get("code") == 2
    return {Operation(*key, count, errors[key]) for key, count in counts.items()}


def screen_of(name, columns, rows, folder=None):
    return TmuxScreen([LIMPET, "replay", "--plain=off", recording(name)], columns, rows, folder)


def check_operations(name):
    with tap.case(f"{name}: operations are those of its JSON lines"), screen_of(name, 200, 50) as screen:
        expected = operations_of(name)
        total, failed = sum(operation.count for operation in expected), sum(operation.errors for operation in expected)
        screen.wait_for(f" {total} spans, {failed} error")
        tap.equal(set(operations(screen.lines())), expected, "operations")


check_operations("flask_app")
check_operations("chain")
check_operations("postgresql")
with tap.case("traces: as many as there are, the slowest first, one opens and closes"), screen_of("chain", 80, 24) as screen:
    screen.wait_for("ENDED")
    sizes = collections.Counter(span["traceId"] for _, span in spans_of("chain"))  # ids are other ones in each replay
    screen.keys("2").wait_for(rf" 2 Traces {len(sizes)} ")
    screen.keys("v")
    lines, _ = screen.wait_for(r"\[slowest\]")
    took = [float(match[1]) for match in (re.match(r"\d\d:\d\d:\d\d\.\d+ +([\d.]+) ms", line) for line in lines) if match]
    tap.equal(took, sorted(took, reverse=True), "the slowest first")
    tap.equal(len(took), len(sizes), "traces")
    screen.keys("Enter")
    _, match = screen.wait_for(r"trace ([0-9a-f]{32}) +(\d+) spans")
    assert int(match[2]) in sizes.values(), (match[0], sizes)
    screen.keys("Escape").wait_for("slowest")
with tap.case("exceptions: listed, opened"), screen_of("failing_python", 80, 24) as screen:
    screen.wait_for("ENDED")
    screen.keys("3").wait_for(r"ValueError +python3 +\d+ +no stock for 1")
    screen.keys("Enter").wait_for(r"failing_server\.py:27")
with tap.case("filter, order, help, pause, save"), tempfile.TemporaryDirectory(prefix="limpet-test-") as folder, \
        screen_of("flask_app", 80, 24, folder) as screen:
    screen.wait_for("2 Traces 9 ")
    screen.keys("/").type("seven")
    screen.keys("Enter").wait_for(r"filter 'seven': 1 row")
    assert not any("/two" in line for line in screen.lines()), screen.lines()
    screen.keys("Escape").wait_for("/two")
    screen.keys("s").wait_for("by rate")
    screen.keys("r").wait_for("by rate, reversed")
    screen.keys("?").wait_for("any key back")
    screen.keys("x", "p").wait_for("go on")
    screen.keys("w")
    _, match = screen.wait_for(r"saved as (limpet-\S+\.txt)")
    with open(os.path.join(folder, match[1]), encoding="utf-8") as file:
        saved = file.read()
    for title in ("Operations", "Traces", "Crashes", "Profile", "Syscalls", "Drops", "Slowest traces"):
        assert f"== {title} ==" in saved, saved
    assert "/s/{id}/{id}/seven" in saved, saved
with tap.case("another size: drawn anew, nothing is left of the old one"), screen_of("flask_app", 80, 24) as screen:
    screen.wait_for("ENDED")
    screen.resize(200, 50).wait_for("last minute")
    tap.equal(len([line for line in screen.lines() if "1-6 tabs" in line]), 1, "lines of keys")
    assert "1-6 tabs" in screen.lines()[49], screen.lines()
    screen.resize(40, 10).wait_for("limpet")
    assert all(len(line) <= 40 for line in screen.lines()), screen.lines()
    screen.resize(80, 24).wait_for("last min")
for key in ("q", "C-c"):
    with tap.case(f"{key}: the terminal is as it was, and has the summary"), screen_of("flask_app", 80, 24) as screen:
        screen.wait_for("ENDED")
        screen.keys(key)
        code, lines = screen.wait_left()
        tap.equal(code, 0, "exit code")
        assert any(re.match(r"9 traces, 9 spans, 1 error in ", line) for line in lines), lines
        assert any(line == "limpet: 9 spans in 9 segments" for line in lines), lines
with tap.case("no terminal, --plain: lines as ever"):
    done = subprocess.run([LIMPET, "replay", "--plain=off", recording("flask_app")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, check=True, timeout=60, text=True, env=environment_for())
    assert "\x1b" not in done.stdout and "9 traces, 9 spans, 1 error" in done.stdout, done.stdout
tap.finish()
