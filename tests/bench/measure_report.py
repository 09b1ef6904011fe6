#!/usr/bin/python3
"""Measures what a page of a recording of a busy minute takes: time, CPU time and memory of `limpet report`, for a million spans
unless told otherwise. Prints a line; nothing here fails because something was slow.

usage: measure_report.py LIMPET MAKE_RECORDING [--spans N] [--rounds N]
"""
import argparse
import os
import resource
import statistics
import subprocess
import tempfile
import time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("limpet")
    parser.add_argument("make_recording")
    parser.add_argument("--spans", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recording, page = os.path.join(folder, "busy.rec"), os.path.join(folder, "page.html")
        subprocess.run([options.make_recording, recording, str(options.spans)], check=True)
        walls, cpus = [], []
        for _ in range(options.rounds):
            before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            subprocess.run([options.limpet, "report", recording, "--html", page], check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            walls.append(time.monotonic() - begin)
            cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"report of {options.spans} spans ({os.path.getsize(recording) / 1e6:.0f} MB): {statistics.median(walls):.1f} s, "
              f"{statistics.median(cpus):.1f} s of CPU, {1e6 * statistics.median(cpus) / options.spans:.1f} us per span, "
              f"at most {megabytes:.0f} MB of memory, page of {os.path.getsize(page) / 1e6:.2f} MB")


main()
