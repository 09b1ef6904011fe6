#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fuzzes the parser that has had the least CPU time so far, a minute after the other, at the lowest priority, and keeps the
books in tests/fuzz/campaign.json: CPU seconds (user and system, of the fuzzer itself), runs and findings of each. It stops
when every parser has had --hours. Several may run beside each other; what they learn stays in .build/fuzz-campaign/.

usage: tests/fuzz/campaign.py [--hours 1] [--slice 60] [--parsers NAME,…] | --table        (build first: make fuzz FUZZ_SECONDS=1)
"""
import argparse
import fcntl
import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager

import fuzz_seeds

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BOOKS = os.path.join(ROOT, "tests/fuzz/campaign.json")
WORK = os.path.join(ROOT, ".build/fuzz-campaign")
# The parsers of what goes over the wire, and of the SQL in it.
PARSERS = ("http1 http2 postgresql mysql redis mongodb kafka amqp nats memcached cassandra dns websocket fastcgi http_refinements "
           "sql_text").split()


@contextmanager
def books():
    """The books, nobody else writing; what was changed is written in one piece."""
    os.makedirs(WORK, exist_ok=True)
    with open(os.path.join(WORK, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with open(BOOKS, encoding="utf-8") as file:
                kept = json.load(file)
        except FileNotFoundError:
            kept = {}
        yield kept
        with open(BOOKS + ".new", "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1, sort_keys=True)
            file.write("\n")
        os.replace(BOOKS + ".new", BOOKS)


def page_of(kept, parser):
    return kept.setdefault(parser, {"cpu_seconds": 0, "runs": 0, "findings": 0})


def choose(parsers, wanted_seconds):
    """The parser with the least so far that nobody else is at, and the lock that says so (None, None: all have had enough)."""
    with books() as kept:
        wanting = [name for name in parsers if page_of(kept, name)["cpu_seconds"] < wanted_seconds]
        for name in sorted(wanting, key=lambda name: kept[name]["cpu_seconds"]):
            os.makedirs(os.path.join(WORK, name), exist_ok=True)
            lock = open(os.path.join(WORK, name, "lock"), "w", encoding="utf-8")  # pylint: disable=consider-using-with
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return name, lock
            except OSError:
                lock.close()
    return None, None


def yield_to_everybody():
    os.setpriority(os.PRIO_PROCESS, 0, 19)
    try:  # a session of its own is a group of its own, whose weight is what counts
        with open("/proc/self/autogroup", "w", encoding="utf-8") as file:
            file.write("19")
    except OSError:
        pass


def fuzz(parser, seconds):
    """One slice: returns CPU seconds, runs, and whether something was found."""
    program = os.path.join(ROOT, ".build/tests/fuzz/fuzz_" + parser)
    folder = os.path.join(WORK, parser)
    os.makedirs(folder + "/corpus", exist_ok=True)
    os.makedirs(folder + "/found", exist_ok=True)
    fuzz_seeds.write_seeds(parser, folder)
    kept = os.path.join(ROOT, "tests/fuzz/corpus", parser)
    command = [program, folder + "/corpus", folder + "/seeds", *([kept] if os.path.isdir(kept) else []), f"-max_total_time={seconds}",
               "-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1", f"-artifact_prefix={folder}/found/",
               f"-dict={folder}/dictionary"]
    with open(folder + "/log", "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    with open(folder + "/log", encoding="utf-8", errors="replace") as log:
        runs = re.findall(r"stat::number_of_executed_units:\s*(\d+)", log.read())
    return usage.ru_utime + usage.ru_stime, int(runs[-1]) if runs else 0, process.returncode != 0


def table(parsers):
    with books() as kept:
        for parser in parsers:
            page = page_of(kept, parser)
            print(f"{parser:18} {page['cpu_seconds']:7.0f} CPU s {page['runs']:14,} runs {page['findings']:3} found")
        print(f"{'together':18} {sum(kept[parser]['cpu_seconds'] for parser in parsers):7.0f} CPU s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--slice", type=int, default=60)
    parser.add_argument("--parsers", default=",".join(PARSERS))
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    parsers = given.parsers.split(",")
    if given.table:
        table(parsers)
        return 0
    yield_to_everybody()
    found = False
    while True:
        name, lock = choose(parsers, given.hours * 3600)
        if name is None:
            break
        begin = time.time()
        seconds, runs, is_found = fuzz(name, given.slice)
        lock.close()
        found |= is_found
        with books() as kept:
            page = kept[name]
            page["cpu_seconds"] = round(page["cpu_seconds"] + seconds, 1)
            page["runs"] += runs
            page["findings"] += is_found
        print(f"{time.strftime('%H:%M:%S')} {name}: {seconds:.0f} CPU s in {time.time() - begin:.0f} s, {runs} runs"
              f"{', FOUND something: ' + os.path.join(WORK, name) if is_found else ''}", flush=True)
        if is_found and seconds < 1:  # it does not even start: no use in coming back at once
            time.sleep(given.slice)
    return found


if __name__ == "__main__":
    sys.exit(main())
