#!/usr/bin/python3
"""Measures what watching C++'s throws costs a program that throws as fast as it can: tests/e2e/throw_targets/throw_often.cc in one
thread, without limpet, traced without uprobes, and with them, alternating. Prints a table; nothing here fails because something
was slow.

usage: measure_throws.py LIMPET [--rounds N] [--throws N]
Processor time per throw; ratios are made within a round, and their median is printed. The first thousand throws of each second have
their stack copied: "rare" stays below that, "often" does not.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e", "throw_targets"))
import build

VARIANTS = (("without limpet", None), ("no uprobes", "--exception-probes=off"), ("uprobes", "--exception-probes=auto"))
DEPTH = 10


class Thrower:
    def __init__(self, program, throws):
        self.process = subprocess.Popen([program, "1", str(throws), str(DEPTH)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def attach(limpet, option, pid):
    log = tempfile.NamedTemporaryFile("r", prefix="limpet-bench-")
    tracer = subprocess.Popen([limpet, "attach", "--json=/dev/null", "--terminal=off", "--log-level=debug", option, str(pid)],
                              stderr=open(log.name, "w", encoding="utf-8"), env={**os.environ, "LIMPET_SPOOL": "off"})
    words = r"watching cpp-throw of \S+ for process" if option.endswith("auto") else r"^limpet: tracing "
    end = time.monotonic() + 60
    while not re.search(words, open(log.name, encoding="utf-8").read(), re.MULTILINE):
        if tracer.poll() is not None or time.monotonic() > end:
            sys.exit("measure_throws.py: limpet does not watch the program")
        time.sleep(0.02)
    return tracer


def measure_round(limpet, program, throws):
    """Nanoseconds per throw of each variant: the median of several goes, a second apart where they are rare."""
    results = {}
    for name, option in VARIANTS:
        thrower = Thrower(program, throws)
        tracer = attach(limpet, option, thrower.process.pid) if option else None
        thrower.measure()
        goes = []
        for _ in range(3):
            time.sleep(1.05)
            goes.append(thrower.measure())
        results[name] = statistics.median(goes)
        thrower.close()
        if tracer:
            tracer.terminate()
            tracer.wait()
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("limpet")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--throws", type=int, default=100000)
    arguments = parser.parse_args()
    programs = build.build()
    if not programs:
        print("C++ throws: not measured (no g++)")
        return
    for words, throws in (("rare, stacks copied", 900), ("often", arguments.throws)):
        rounds = [measure_round(arguments.limpet, programs["throw_often-O2"], throws) for _ in range(arguments.rounds)]
        print(f"C++ throws, {words}: processor time per throw, median of {arguments.rounds} rounds")
        for name, _ in VARIANTS:
            ratio = statistics.median(row[name] / row[VARIANTS[0][0]] for row in rounds)
            print(f"  {name:16} {statistics.median(row[name] for row in rounds) / 1000:8.2f} us {ratio:8.2f}")


if __name__ == "__main__":
    main()
