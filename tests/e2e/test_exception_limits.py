#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that print far too much about exceptions: few events leave, the others are counted, and limpet stays small and calm.

Also what is no exception at all: ordinary log files, by the hundred megabytes, give no event.
"""
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import crash_reader
import http_load
import ordinary_logs
import span_checks
import tap
from http_load import Request
from limpet_runner import RELEASE, Limpet
from process_stage import PYTHON, Stage
from span_reader import SERVER
from target_servers import EpollServer

PROGRAM = os.path.join(HERE, "output", "raise_often.py")
FLOOD, FLOOD_S = 20000, 5
BURST, PER_S = 100, 1
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
# Each of them is at least one report that was not read whole.
OUTPUT_LOSSES = ("exception_ring_full", "output_rate", "output_gap", "output_unreadable", "output_streams_full", "exception_table_full")


class Watched:
    """limpet with a stage under it; its memory and time are looked at while programs run."""

    def __init__(self, *options):
        self.stage = Stage()
        self.limpet = Limpet.run(self.stage.command, *options, stdin=self.stage.stdin_read, binary=RELEASE)
        self.sentry_path = self.limpet.path("envelopes")
        self.limpet.arguments.insert(2, f"--sentry-file={self.sentry_path}")
        self.events, self.lost, self.text, self.spans = [], {}, "", []

    def __enter__(self):
        self.limpet.start()
        self.stage.connect()
        self.limpet.wait_ready()
        return self

    def __exit__(self, *details):
        self.limpet.__exit__(*details)
        self.stage.__exit__(*details)

    def run_program(self, *arguments):
        folder = self.limpet.path("-".join(arguments))
        os.mkdir(folder)
        pid = self.stage.start_in_folder([PYTHON, PROGRAM, *arguments], folder)
        return pid, lambda: self.stage.wait_process(pid)

    def cpu_s(self):
        with open(f"/proc/{self.limpet.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def finish(self):
        self.stage.finish()
        self.limpet.wait(120)
        tap.equal(self.limpet.code, 0, f"exit code: {self.limpet.stderr}")
        self.events = crash_reader.read_crashes(self.sentry_path) if os.path.exists(self.sentry_path) else []
        self.lost, self.text, self.spans = self.limpet.lost(), self.limpet.stderr, self.limpet.spans()
        return self

    def suppressed(self):
        found = re.search(r"^limpet: not reported: (\d+) exceptions? like", self.text, re.MULTILINE)
        return int(found.group(1)) if found else 0


def raised(event):
    return event.payload["exception"]["values"][-1]


def check_flood():
    with Watched() as watched, EpollServer(families=("ipv4",)) as server:
        watched.stage.start_target(server)
        http_load.run_load(server.address, [Request("/s/200/5/warm")] * 100, 4)
        before_kib = watched.limpet.resident_kib()
        _, wait = watched.run_program("flood", str(FLOOD), str(FLOOD_S))
        begin, begin_cpu = time.monotonic(), watched.cpu_s()
        outcomes = []
        while time.monotonic() < begin + FLOOD_S:
            outcomes += http_load.run_load(server.address, [Request(f"/s/200/5/{len(outcomes) + n}") for n in range(200)], 4)
        code = wait()
        took_s = time.monotonic() - begin
        cpu = (watched.cpu_s() - begin_cpu) / (time.monotonic() - begin)
        grown_kib = watched.limpet.resident_kib() - before_kib
        watched.finish()
    sent = len(watched.events)
    lost = watched.lost
    print(f"# {FLOOD} printed, {sent} events, lost {lost}, RSS +{grown_kib} KiB, {100 * cpu:.0f} % of a CPU, "
          f"{len(outcomes)} requests in {took_s:.1f} s")
    for line in watched.text.splitlines():
        print(f"# {line[:200]}")
    with tap.case("20,000 tracebacks in 5 s: a burst, then one per second"):
        tap.equal(code, 0, "exit code of the program")
        assert BURST <= sent <= BURST + PER_S * (took_s + 2), f"{sent} events in {took_s:.1f} s"
        tap.equal({(raised(event)["type"], raised(event)["value"]) for event in watched.events}, {("ValueError", "no stock")}, "what")
    with tap.case("what was seen was sent, or counted"):
        seen = sent + watched.suppressed()
        missing = FLOOD - seen
        counted = sum(lost.get(reason, 0) for reason in OUTPUT_LOSSES)
        assert 0 <= missing <= counted, f"{seen} of {FLOOD} seen, {counted} counted as lost: {lost}"
    with tap.case("limpet stays small"):
        assert grown_kib < 10240, f"grew by {grown_kib} KiB"
    with tap.case("requests at the same time lose nothing"):
        spans = span_checks.of_kind(watched.spans, SERVER)
        tap.equal([outcome.error for outcome in outcomes if outcome.error], [], "errors of the client")
        tap.equal(len(spans), len(outcomes) + 100, "server spans")
        tap.equal({reason: count for reason, count in lost.items() if reason not in OUTPUT_LOSSES}, {}, "other losses")


def check_shapes():
    with Watched() as watched:
        pids = {}
        for arguments in (("threads", "10"), ("value", "300000"), ("recursion", "100000")):
            pid, wait = watched.run_program(*arguments)
            pids[pid] = arguments[0]
            wait()
        watched.finish()
    by_way = {way: [event for event in watched.events if pids.get(event.pid) == way] for way in pids.values()}
    print(f"# lost: {watched.lost}")
    with tap.case("two threads, line by line in turns: each has its own"):
        values = [raised(event)["value"] for event in by_way["threads"]]
        tap.equal((values.count("failed in one"), values.count("failed in two"), len(values)), (10, 10, 20), "events")
        for event in by_way["threads"]:
            tap.equal(len(raised(event)["stacktrace"]["frames"]), 2, "frames")
    with tap.case("a message of 300 KB"):
        tap.equal(len(by_way["value"]), 1, "events")
        value = raised(by_way["value"][0])["value"]
        assert 0 < len(value) <= 8192 and set(value) <= set("x."), f"{len(value)}: {value[:40]!r}"
    with tap.case("100,000 frames deep"):
        tap.equal(len(by_way["recursion"]), 1, "events")
        frames = raised(by_way["recursion"][0])["stacktrace"]["frames"]
        assert frames[-1]["function"] == "fail" and len(frames) <= 256, f"{len(frames)} frames, innermost {frames[-1]}"


def check_garbage():
    with Watched() as watched:
        before_kib, begin, begin_cpu = watched.limpet.resident_kib(), time.monotonic(), watched.cpu_s()
        _, wait = watched.run_program("garbage", "50", "3")
        wait()
        cpu = (watched.cpu_s() - begin_cpu) / (time.monotonic() - begin)
        grown_kib = watched.limpet.resident_kib() - before_kib
        watched.finish()
    print(f"# 50 MB/s of random bytes: {100 * cpu:.1f} % of a CPU, RSS +{grown_kib} KiB, lost {watched.lost}")
    with tap.case("50 MB/s of random bytes behind markers: no event, a bounded share of a CPU"):
        tap.equal([raised(event) for event in watched.events], [], "events")
        assert cpu < 0.5, f"{100 * cpu:.0f} % of a CPU"
        assert grown_kib < 10240, f"grew by {grown_kib} KiB"


def check_ordinary_logs():
    for name, path in ordinary_logs.make_all():
        size = os.path.getsize(path)
        with Limpet.run(["cat", path], binary=RELEASE) as limpet:
            sentry_path = limpet.path("envelopes")
            limpet.arguments.insert(2, f"--sentry-file={sentry_path}")
            begin = os.times()
            limpet.start().wait(120)
            end = os.times()
            used = end.children_user + end.children_system - begin.children_user - begin.children_system
            events = crash_reader.read_crashes(sentry_path) if os.path.exists(sentry_path) else []
            print(f"# {name}: {size >> 20} MiB in {end.elapsed - begin.elapsed:.2f} s, {used:.2f} s of CPU with cat's, lost {limpet.lost()}")
            with tap.case(f"{size >> 20} MiB of {name}: no event"):
                tap.equal((limpet.code, len(events)), (0, 0), f"exit code and events: {[event.payload for event in events[:1]]}")


def main():
    check_flood()
    check_shapes()
    check_garbage()
    check_ordinary_logs()
    tap.finish()


if __name__ == "__main__":
    main()
