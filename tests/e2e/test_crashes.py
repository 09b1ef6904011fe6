#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every way a C program dies, in every way it can be built: one event each, and it says what gdb says of the core of
the same crash."""
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "crash_targets")]
import build
import crash_reader
import tap
from crash_expectations import FAULTS, LATER_CORES, check_event
from crash_session import CrashSession, check_agreement

EVERY_WAY = ("crash-pie-O0-fp", "crash-pie-O2-nofp")
NO_FUNCTION = ("null-call", "data-jump")
NO_JUDGE = ("jit",)  # gdb has no rule for code without a file
CORE_WAYS = ("null", "abort", "overflow")


def plan():
    """(program, way) of everything that is crashed here."""
    rows = [(name, way) for name in EVERY_WAY for way in FAULTS]
    matrix = [f"crash-{link}-{level}-{frames}" for link in ("pie", "static") for frames in ("fp", "nofp")
              for level in ("O0", "O2", "O2-stripped")]
    rows += [(name, way) for name in matrix if name not in EVERY_WAY for way in CORE_WAYS]
    rows += [("crash-static-O2-nofp", "thread"), ("crash-pie-O2-stripped-nofp", "in-usr1"), ("crash-no-build-id", "null"),
             ("crash-no-unwind-tables", "null")]
    return rows


def crash_one(session, programs, name, way):
    title = f"{name} {way}"
    if way == "unlinked":
        folder = tempfile.mkdtemp(dir=session.folder.name)
        copy = shutil.copy(programs[name], os.path.join(folder, "crash-copy"))
        crash = session.crash(title, copy, way, copy, folder=folder)
        crash.program = crash.deleted_copy = programs[name]
        return crash
    level = "O0" if "O0" in name else "O2"
    arguments = [programs[f"crash_library-{level}.so"]] if "library" in way else []
    crash = session.crash(title, programs[name], way, *arguments)
    crash.deleted_copy = arguments[0] if way == "deleted-library" else ""
    crash.has_later_core = way in LATER_CORES
    crash.has_no_function = way in NO_FUNCTION
    return crash


def check_one(crash, name, way, validator):
    expected = FAULTS[way]
    event = check_event(crash, expected, "stripped" not in name)
    crash_reader.check_rules(event, validator)
    if way in ("thread", "thread-overflow"):
        names = sorted(thread.name for thread in event.threads if not thread.is_main)
        tap.equal(names, [f"worker-{number}" for number in range(1, 9)], "names of the threads")
        tap.equal([thread.name for thread in event.threads if thread.is_crashed], ["worker-2"], "the thread that crashed")


def main():
    programs = build.build("c")
    with CrashSession() as session:
        crashes = []
        with tap.session("C programs crash under limpet"):
            crashes = [(crash_one(session, programs, name, way), name, way) for name, way in plan()]
            session.finish()
            session.ask_gdb()
        validator = crash_reader.event_validator()
        for crash, name, way in crashes:
            with tap.case(crash.title):
                check_one(crash, name, way, validator)
            if way == "jit":
                os.unlink(f"/tmp/perf-{crash.pid}.map")
        with tap.case("every event is a log record too, with the same words and stack"):
            records = crash_reader.read_log_records(session.limpet.json_path)
            tap.equal(len(records), len(session.events), "log records")
            for event in session.events:
                crash_reader.check_log_record(event, records)
        with tap.case("nothing is lost, nobody else has an event"):
            session.limpet.check_clean()
            tap.equal([event.describe() for event in session.strangers()], [], "events of others")
        check_agreement([crash for crash, _, way in crashes if way not in NO_JUDGE])
    tap.finish()


if __name__ == "__main__":
    main()
