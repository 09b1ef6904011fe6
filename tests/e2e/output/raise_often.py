#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints far more about exceptions than anybody wants to read: raise_often.py WAY…"""
import os
import random
import sys
import threading
import time
import traceback


def fail(message):
    raise ValueError(message)


def flood(count, seconds):
    """So many tracebacks, evenly over that time, each from the same place."""
    begin = time.monotonic()
    for number in range(int(count)):
        try:
            fail("no stock")
        except ValueError:
            os.write(2, traceback.format_exc().encode())
        pause = begin + (number + 1) * float(seconds) / int(count) - time.monotonic()
        if pause > 0:
            time.sleep(pause)
    time.sleep(0.5)


def threads(count):
    """Two threads, line by line in turns, on one descriptor."""
    turn = threading.Barrier(2)

    def work(name):
        try:
            fail(f"failed in {name}")
        except ValueError:
            lines = traceback.format_exc().splitlines(keepends=True)
        for _ in range(int(count)):
            for line in lines:
                turn.wait()
                os.write(2, line.encode())
            time.sleep(0.2)

    both = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()


def value(size):
    fail("x" * int(size))


def recursion(depth):
    sys.setrecursionlimit(1000000)
    threading.stack_size(512 << 20)

    def descend(left):
        if left == 0:
            fail("at the bottom")
        descend(left - 1)

    def work():
        try:
            descend(int(depth))
        except ValueError:
            os.write(2, traceback.format_exc().encode())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def garbage(megabytes, seconds):
    """Random bytes behind what begins reports."""
    source = random.Random(1)
    blocks = [b"Traceback (most recent call last):\n" + source.randbytes(65501) for _ in range(16)]
    begin = time.monotonic()
    writes = int(int(megabytes) * float(seconds) * 16)
    for number in range(writes):
        os.write(2, blocks[number % 16])
        pause = begin + (number + 1) * float(seconds) / writes - time.monotonic()
        if pause > 0:
            time.sleep(pause)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
