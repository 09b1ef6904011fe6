#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A crash loop under full HTTP load: every crash is an event, counted as suppressed, or a counted loss; no span is lost to
it, and the agent's memory does not grow with it."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "crash_targets")]
import build
import crash_reader
import tap
from limpet_runner import RELEASE, Limpet
from process_stage import Stage
from target_servers import EpollServer

PYTHON = "/usr/bin/python3"
WAYS = ("null", "abort", "divide", "illegal", "overflow", "double-free", "thread", "bus", "in-usr1", "null-call")
WARM_UP, COUNT, SECONDS = 200, 1000, 25  # faster than the 1,000 in 60 s that are asked for
CONNECTIONS = 20
CRASH_LOSSES = ("crash_ring_full", "crashes_full", "crash_table_full", "crash_incomplete", "spool_full", "spool_failed")


class Load:
    """wrk again and again until told to stop; served counts what it got."""

    def __init__(self, address):
        self.address, self.served, self.runs, self.is_over = address, 0, 0, False
        self.thread = threading.Thread(target=self.go)
        self.thread.start()

    def go(self):
        while not self.is_over:
            done = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", "-d2s", f"http://{self.address[0]}:{self.address[1]}/s/200/13/load/1"],
                                  stdout=subprocess.PIPE, text=True, check=True)
            self.served += int(re.search(r"(\d+) requests in", done.stdout).group(1))
            self.runs += 1

    def stop(self):
        self.is_over = True
        self.thread.join()


def crash_often(stage, program, folder, count, seconds):
    """How many died, as the loop itself saw it."""
    command = [PYTHON, build.source("crash_often.py"), str(count), str(seconds), program, *WAYS]
    tap.equal(stage.wait_process(stage.start_in_folder(command, folder)), 0, "exit status of the loop")
    with open(os.path.join(folder, "stdout"), encoding="utf-8") as file:
        return int(file.read())


def run_loop(limpet, stage, folder, envelopes):
    program = build.build("c")["crash-pie-O2-nofp"]
    with EpollServer(families=("ipv4",)) as target:
        stage.connect()
        stage.start_target(target)
        limpet.wait_ready()
        load = Load(target.address)
        died = crash_often(stage, program, folder, WARM_UP, 5)
        time.sleep(1)
        before_kib = limpet.resident_kib()
        died += crash_often(stage, program, folder, COUNT, SECONDS)
        load.stop()
        time.sleep(2)
        after_kib = limpet.resident_kib()
        stage.finish()
        limpet.wait(120)
    check_loop(limpet, load, died, envelopes, (before_kib, after_kib))


def check_loop(limpet, load, died, envelopes, resident_kib):
    events = crash_reader.read_crashes(envelopes)
    lost = limpet.lost()
    found = re.search(r"^limpet: not reported: (\d+) crash", limpet.stderr, re.MULTILINE)
    suppressed = int(found.group(1)) if found else 0
    crash_losses = sum(lost.get(reason, 0) for reason in CRASH_LOSSES)
    print(f"# {died} crashes: {len(events)} events, {suppressed} suppressed, lost: {lost}; {load.served} requests, "
          f"{limpet.totals()[0]} spans; resident {resident_kib} KiB")
    with tap.case(f"{WARM_UP + COUNT} crashes: events, suppressed and counted losses are as many"):
        tap.equal(died, WARM_UP + COUNT, "crashes")
        tap.equal(len(events) + suppressed + crash_losses, died, "accounted for")
        assert len(events) >= len(WAYS), f"{len(events)} events of {len(WAYS)} kinds of crash"
    with tap.case("no span is lost to the crashes"):
        # wrk leaves with requests under way, at most one per connection and run.
        assert load.served <= limpet.totals()[0] <= load.served + load.runs * CONNECTIONS, \
            f"{limpet.totals()[0]} spans of {load.served} requests"
        tap.equal({reason: count for reason, count in lost.items() if reason not in CRASH_LOSSES}, {}, "other losses")
    with tap.case("the agent's memory is where it was"):
        assert resident_kib[1] - resident_kib[0] <= 4096, f"it grew from {resident_kib[0]} to {resident_kib[1]} KiB"


def main():
    if not shutil.which("wrk"):
        tap.skip("crashes under load", "wrk is not installed")
        tap.finish()
    with tempfile.TemporaryDirectory(prefix="limpet-crash-") as folder, Stage() as stage, tap.session("a crash loop under load"):
        envelopes = os.path.join(folder, "envelopes")
        with Limpet.run(stage.command, f"--sentry-file={envelopes}", f"--spool={folder}/spool", "--exit-events=off",
                        stdin=stage.stdin_read, binary=RELEASE, has_json=False) as limpet:
            limpet.start()
            run_loop(limpet, stage, folder, envelopes)
    tap.finish()


if __name__ == "__main__":
    main()
