#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A crash loop: runs PROGRAM COUNT times, evenly over SECONDS, in one WAY after the other. No core files.

usage: crash_often.py COUNT SECONDS PROGRAM WAY…      prints how many of them died of a signal
"""
import resource
import subprocess
import sys
import tempfile
import time


def main():
    count, seconds, program, ways = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    begin, died, running = time.monotonic(), 0, []
    with tempfile.TemporaryDirectory(prefix="limpet-often-") as folder:
        for number in range(count):
            time.sleep(max(0.0, begin + seconds * number / count - time.monotonic()))
            running.append(subprocess.Popen([program, ways[number % len(ways)]], cwd=folder, stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL))
            if len(running) > 8:
                died += running.pop(0).wait() < 0
        for process in running:
            died += process.wait() < 0
    print(died, flush=True)


if __name__ == "__main__":
    main()
