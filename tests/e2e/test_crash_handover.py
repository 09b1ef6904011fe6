#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One agent's kernel side after another's: whoever falls before, between, beside and after is told of exactly once, whole.

usage: test_crash_handover.py [host]      host: every process is traced, as a service does; in a guest only
"""
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import tap

DRIVER = os.path.join(ROOT, ".build", "tests", "e2e", "show_handover")

# Who told of the end: the last is that of a process whose signal the old rings told, and which outlived them.
TELLERS = {"read_by_old": "old agent", "alone": "handover", "threads": "handover", "held": "handover", "held_long": "new agent",
           "both": "handover", "after_cut": "new agent", "after_old": "new agent"}


def run():
    done = subprocess.run([DRIVER] + sys.argv[1:], stdout=subprocess.PIPE, text=True, timeout=120, check=False)
    if done.returncode == 77:
        raise tap.Skip(done.stdout.strip())
    assert done.returncode == 0, f"exit code {done.returncode}"
    return [line.split(" ", 6) for line in done.stdout.splitlines()]


lines = []
with tap.case("two agents, one after the other"):
    lines = run()
    # On a whole host also what tells the path of a program, and its ring.
    assert lines[0] == ["kept", *("7111" if "host" in sys.argv else "6110")], lines[0]
for name, teller in TELLERS.items():
    if not lines:
        tap.skip(name, "there is nothing to look at")
        continue
    with tap.case(f"{name}: told once, by the {teller}"):
        (found,) = [line[1:] for line in lines if line[0] == name]
        fatal, siblings, deaths, pages, copied = map(int, found[:5])
        assert (fatal, siblings, deaths) == (1, 2 if name == "threads" else 0, 1), found
        assert pages == copied > 0, found
        assert found[5] == teller, found
tap.finish()
