#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what the CPU profile costs a program that only computes (tests/e2e/profile_targets/shares.c): the same work without
limpet, attached without a profile, at 99 and at 999 Hz, alternating. Prints a table; nothing here fails because something was slow.

usage: measure_profile.py LIMPET [--rounds N] [--seconds S]
The program's CPU time has the time of the ticks in it; ratios are made within a round, and their median is printed. "agent" is the
CPU time of limpet and its symbol processes, in percent of one CPU.
"""
import argparse
import glob
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import profiled

VARIANTS = (("without limpet", None), ("attached", ()), ("99 Hz", ("--profile=99",)), ("999 Hz", ("--profile=999",)),
            ("999 Hz, on-CPU alone", ("--profile=999", "--profile-off-cpu=0")))


class Worker:
    def __init__(self, program, seconds):
        self.process = subprocess.Popen([program, "fixed", str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "up\n"

    def measure(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def family_cpu_ns(pid):
    """Of a process, its threads and its children."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with open(path, encoding="utf-8") as file:
            total += int(file.read().split()[0])
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        with open(path, encoding="utf-8") as file:
            total += sum(family_cpu_ns(int(child)) for child in file.read().split())
    return total


class Tracer:
    def __init__(self, limpet, options, pid):
        self.log = tempfile.NamedTemporaryFile("r", prefix="limpet-bench-")
        begin = time.monotonic()
        self.process = subprocess.Popen([limpet, "attach", "--json=/dev/null", "--terminal=off", *options, str(pid)],
                                        stderr=open(self.log.name, "w", encoding="utf-8"), env={**os.environ, "LIMPET_SPOOL": "off"})
        while not re.search(r"^limpet: tracing ", open(self.log.name, encoding="utf-8").read(), re.MULTILINE):
            if self.process.poll() is not None or time.monotonic() > begin + 60:
                sys.exit(f"measure_profile.py: limpet does not attach: {open(self.log.name, encoding='utf-8').read()}")
            time.sleep(0.005)
        self.attach_s = time.monotonic() - begin

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def measure_round(limpet, program, seconds):
    """CPU time of the work, of the agent in percent, and seconds to attach, by variant."""
    results = {}
    for name, options in VARIANTS:
        worker = Worker(program, seconds)
        tracer = Tracer(limpet, options, worker.process.pid) if options is not None else None
        worker.measure()
        begin, used = time.monotonic_ns(), family_cpu_ns(tracer.process.pid) if tracer else 0
        goes = [worker.measure() for _ in range(3)]
        agent = 100 * (family_cpu_ns(tracer.process.pid) - used) / (time.monotonic_ns() - begin) if tracer else 0
        results[name] = (statistics.median(goes), agent, tracer.attach_s if tracer else 0)
        worker.close()
        if tracer:
            tracer.close()
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("limpet")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1)
    arguments = parser.parse_args()
    program = profiled.build()["nofp"]
    rounds = [measure_round(arguments.limpet, program, arguments.seconds) for _ in range(arguments.rounds)]
    print(f"CPU profile: the same work's CPU time, median of {arguments.rounds} rounds")
    for name, _ in VARIANTS:
        ratio = statistics.median(row[name][0] / row[VARIANTS[0][0]][0] for row in rounds)
        print(f"  {name:22} {statistics.median(row[name][0] for row in rounds) / 1e6:9.1f} ms  {100 * (ratio - 1):+6.2f} %   "
              f"agent {statistics.median(row[name][1] for row in rounds):5.2f} %   "
              f"attached in {statistics.median(row[name][2] for row in rounds):.2f} s")


if __name__ == "__main__":
    main()
