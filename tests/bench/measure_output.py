#!/usr/bin/python3
"""Measures what searching output costs a process that logs as fast as it can: write_lines.c into a pipe that is drained, without
limpet, traced without exceptions, and with them, alternating. Prints a table; nothing here fails because something was slow.

usage: measure_output.py LIMPET WRITER [--rounds N] [--pieces N]
A round is one measurement of each variant; ratios are made within a round, and their median is printed. Processor time of the
writing thread is what counts: the clock is also other programs'.
"""
import argparse
import ctypes
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

from measure import bpf_objects, cpu_ns, program_names

BPF_ENABLE_STATS, BPF_STATS_RUN_TIME = 32, 0
PIECE_BYTES, WARM_UP_PIECES = 4096, 2000
BARE, OFF, ON = "without limpet", "exceptions off", "exceptions on"
VARIANTS = ((BARE, None), (OFF, "--exceptions=off"), (ON, "--exceptions=on"))


class Writer:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.drain = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)

    def write(self, pieces):
        """Processor time and clock, in nanoseconds per piece."""
        self.process.stdin.write(f"{pieces}\n")
        self.process.stdin.flush()
        return [int(value) / pieces for value in self.process.stdout.readline().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stderr.close()
        self.drain.wait()


class Tracer:
    """limpet, attached to the writer."""

    def __init__(self, limpet, pid, option):
        self.log = tempfile.NamedTemporaryFile(prefix="limpet-bench-")
        self.process = subprocess.Popen([limpet, "attach", "--json=/dev/null", "--terminal=off", option, str(pid)],
                                        stderr=self.log, env={**os.environ, "LIMPET_SPOOL": "off"})
        end = time.monotonic() + 60
        while not re.search(r"^limpet: tracing ", self.words(), re.MULTILINE):
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit(f"measure_output.py: limpet does not start: {self.words()}")
            time.sleep(0.02)

    def words(self):
        with open(self.log.name, encoding="utf-8") as file:
            return file.read()

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def measure(writer, limpet, option, pieces):
    """(processor time, clock, limpet's processor time, the program's), all per piece; the last two None without limpet."""
    tracer = Tracer(limpet, writer.process.pid, option) if option else None
    writer.write(WARM_UP_PIECES)
    before = cpu_ns(tracer.process.pid) if tracer else 0
    _, programs_before = bpf_objects(tracer.process.pid) if tracer else ({}, {})
    cpu, clock = writer.write(pieces)
    if not tracer:
        return cpu, clock, None, None
    own = (cpu_ns(tracer.process.pid) - before) / pieces
    _, programs = bpf_objects(tracer.process.pid)
    names = program_names()
    runs = [time_ns - programs_before.get(number, (0, 0))[1] for number, (_, time_ns) in programs.items()
            if names.get(number) == "on_output_call"]
    tracer.close()
    return cpu, clock, own, sum(runs) / pieces if runs else None


def statistics_on():
    """BPF statistics for as long as this runs, through a descriptor: no setting of the machine is changed."""
    number = {"x86_64": 321, "aarch64": 280}[platform.machine()]
    kind = ctypes.c_uint32(BPF_STATS_RUN_TIME)
    return ctypes.CDLL(None, use_errno=True).syscall(number, BPF_ENABLE_STATS, ctypes.byref(kind), 4)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("limpet")
    parser.add_argument("writer")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--pieces", type=int, default=50000)
    arguments = parser.parse_args()
    results = {name: [] for name, _ in VARIANTS}
    writer = Writer(arguments.writer)
    writer.write(WARM_UP_PIECES)
    for number in range(arguments.rounds):
        for name, option in VARIANTS[number % 3:] + VARIANTS[:number % 3]:
            results[name].append(measure(writer, arguments.limpet, option, arguments.pieces))
    # The program's own time apart: statistics cost something themselves.
    statistics_fd = statistics_on()
    program_ns = measure(writer, arguments.limpet, "--exceptions=on", arguments.pieces)[3] if statistics_fd >= 0 else None
    writer.close()
    print(f"output: {arguments.rounds} rounds of {arguments.pieces} writes of {PIECE_BYTES} bytes to standard error, a drained pipe")
    print(f"{'':16}{'ns of CPU/write':>16}{'MB/s of CPU':>13}{'MB/s of clock':>15}{'limpet ns/write':>17}")
    for name, _ in VARIANTS:
        cpu, clock = (statistics.median(result[i] for result in results[name]) for i in (0, 1))
        own = statistics.median(result[2] for result in results[name]) if results[name][0][2] is not None else 0
        print(f"{name:16}{cpu:16.0f}{PIECE_BYTES * 1e3 / cpu:13.0f}{PIECE_BYTES * 1e3 / clock:15.0f}{own:17.1f}")
    for one, other in ((OFF, BARE), (ON, OFF), (ON, BARE)):
        ratios = [a[0] / b[0] for a, b in zip(results[one], results[other])]
        print(f"{one} / {other}: {(statistics.median(ratios) - 1) * 100:+.1f} % of CPU "
              f"({(min(ratios) - 1) * 100:+.1f} to {(max(ratios) - 1) * 100:+.1f})")
    if program_ns is not None:
        print(f"the program that searches: {program_ns:.0f} ns per write, with what all other calls cost it")


if __name__ == "__main__":
    main()
