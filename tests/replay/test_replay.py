#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What was recorded from real programs gives the same spans as when it was accepted, whatever the machine."""
import difflib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from replay_runner import EXPECTED, recorded_names, replay


def check(name):
    with open(f"{EXPECTED}/{name}.jsonl", encoding="utf-8") as file:
        expected = file.read().splitlines()
    assert expected, "nothing is expected of it"
    actual = replay(name)
    difference = difflib.unified_diff(expected, actual, "expected", "replayed", lineterm="", n=0)
    assert actual == expected, "\n".join(difference)


def main():
    for name in recorded_names():
        with tap.case(f"replay of {name}"):
            check(name)
    tap.finish()


if __name__ == "__main__":
    main()
