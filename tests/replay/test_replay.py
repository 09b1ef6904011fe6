#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What was recorded from real programs gives the same spans as when it was accepted, whatever the machine.

Cut between records, joined there, or without one, it gives no span that the whole has not, but for what is said to be
incomplete: cut once, or with the argument `all` at every record.
"""
import concurrent.futures
import difflib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from replay_runner import EXPECTED, read_recording, recorded_names, replay, replay_records

# A span that knows only a part says so.
MARKS = ("limpet.incomplete", "limpet.lossy", "limpet.statement.unknown", "limpet.headers.incomplete")


def check(name):
    with open(f"{EXPECTED}/{name}.jsonl", encoding="utf-8") as file:
        expected = file.read().splitlines()
    assert expected, "nothing is expected of it"
    actual = replay(name)
    difference = difflib.unified_diff(expected, actual, "expected", "replayed", lineterm="", n=0)
    assert actual == expected, "\n".join(difference)


def is_said_of_whole(span, whole):
    """What was not seen may be missing: the end of a name (a queue), all but its operation, an error, all but the connection."""
    if span.name.startswith(("TCP ", "TLS ")):
        return True
    operation = span.attributes.get("db.operation.name", span.attributes.get("messaging.operation.name"))
    return any(span.kind == other.kind and span.status in (0, other.status) and
               (span.name == operation or other.name.startswith(span.name)) for other in whole)


def check_part(header, records, whole, title):
    for span in replay_records(header, records):
        if not any(mark in span.attributes for mark in MARKS):
            assert is_said_of_whole(span, whole), f"{title}: {span}"


def check_cut(name, is_all):
    header, records = read_recording(name)
    whole = replay_records(header, records)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = []
        for cut in range(1, len(records)) if is_all else (len(records) // 2,):
            for word, part in (("cut", records[:cut]), ("joined", records[cut:]), ("without", records[:cut] + records[cut + 1:])):
                jobs.append(pool.submit(check_part, header, part, whole, f"{word} at record {cut} of {len(records)}"))
        errors = [str(job.exception()) for job in jobs if job.exception()]
        assert not errors, "\n".join(errors)


def main():
    for name in recorded_names():
        with tap.case(f"replay of {name}"):
            check(name)
    for name in recorded_names():
        with tap.case(f"replay of {name}, cut"):
            check_cut(name, "all" in sys.argv[1:])
    tap.finish()


if __name__ == "__main__":
    main()
