#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Exceptions of every CPython 3.8 to 3.13 that is installed, as its objects tell them: what no output shows is there too, with
the frames and lines that Python prints elsewhere.

usage: test_python_objects.py [VERSION…]      only these, such as 3.12; without: the oldest, one in the middle, the newest
       test_python_objects.py all             every one
"""
import dataclasses
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import crash_reader
import tap
from crash_session import CrashSession
from limpet_runner import Limpet
from quickstart import describe, exceptions_of, frames_of

PROGRAM = os.path.join(HERE, "python_objects", "raise_objects.py")
MINORS = range(8, 14)
HALF, MOST = 32, 64  # frames of an exception that are told
CHAIN = 5
WATCHED_S = 60
AT_ONCE = 8  # of them run side by side
SOURCES = {"file": "output+probe", "null": "output+probe", "closed": "probe", "kept": "probe"}
REDIRECTIONS = {"file": "", "null": " 2>/dev/null", "closed": " 2>&-", "kept": ""}
FRAME = re.compile(r'  File "(?P<file>.*)", line (?P<line>\d+)(, in (?P<function>.*))?')
REPEATED = re.compile(r"  \[Previous line repeated (\d+) more times?\]")
JOINTS = ("The above exception was the direct cause of the following exception:",
          "During handling of the above exception, another exception occurred:")


@dataclasses.dataclass(frozen=True)
class Way:
    name: str
    code: int = 1
    is_event: bool = True
    is_thread: bool = False
    has_value: bool = True  # that the objects tell
    modes: tuple = ("file", "null", "closed", "kept")


WAYS = (
    Way("plain"), Way("cause"), Way("context"), Way("suppressed"), Way("foreign"), Way("latin"), Way("wide"), Way("deep"),
    Way("deeper", modes=("closed",)), Way("several", has_value=False, modes=("file", "closed")), Way("empty", modes=("closed",)),
    Way("native", modes=("closed",), has_value=True), Way("sqlite", modes=("file", "closed")), Way("compiled", modes=("closed",)),
    Way("chain", modes=("closed",)),
    # Where there was no standard error when it began, a thread shows nothing to anybody.
    Way("thread", code=0, is_thread=True, modes=("file", "null", "kept")),
    Way("hook", is_event=False, modes=("file",)), Way("caught", code=0, is_event=False, modes=("file",)),
    Way("leave", code=3, is_event=False, modes=("file",)),
)


def find_pythons():
    """{minor: path}: by name, and where version managers keep them."""
    found = {}
    for minor in MINORS:
        name = f"python3.{minor}"
        places = [shutil.which(name)] + sorted(glob.glob(os.path.expanduser(f"~/.pyenv/versions/3.{minor}.*/bin/{name}")))
        for place in filter(None, places):
            # What is found may be a script that starts the one it chooses.
            question = "import os, sys; print(sys.version_info[1], os.path.realpath(sys.executable))"
            answer = subprocess.run([place, "-c", question], capture_output=True, text=True, check=False).stdout.split()
            if answer and answer[0] == str(minor):
                found.setdefault(minor, []).append(answer[1])
    return {minor: list(dict.fromkeys(paths)) for minor, paths in found.items()}


def parse(text):
    """What Python printed: [(type, value, [(file, line, function), …])], oldest first; frames outermost first."""
    chain, frames, value = [], [], None
    for line in text.split("\n"):
        frame, repeated = FRAME.fullmatch(line), REPEATED.fullmatch(line)
        if frame:
            frames.append((os.path.basename(frame["file"]), int(frame["line"]), frame["function"]))
        elif repeated:
            frames += [frames[-1]] * int(repeated[1])
        elif frames and line and not line.startswith(" ") and line not in JOINTS:
            kind, _, value = line.partition(": ")
            chain.append((kind.rpartition(".")[2], value, frames))
            frames = []
    return chain


def short(frames):
    return frames if len(frames) <= MOST else frames[:HALF] + frames[-HALF:]


def frames_in(exception):
    return [(os.path.basename(frame.get("abs_path") or frame.get("filename", "")), frame["lineno"], frame.get("function"))
            for frame in frames_of(exception) if "lineno" in frame]


def is_watched(limpet, python, pid):
    """Not what it had of its parent, which is another Python."""
    name = os.path.basename(python)
    return all(re.search(rf"watching {probe} of (lib)?{re.escape(name)}\S* for process {pid}$", limpet.stderr, re.MULTILINE)
               for probe in ("python-display", "python-display-file"))


def wait_for(what, condition):
    end = time.monotonic() + WATCHED_S
    while not condition():
        assert time.monotonic() < end, f"no {what} within {WATCHED_S} s"
        time.sleep(0.02)


def play(session, python, program):
    """{(way, mode): crash}: each begins when it is watched."""
    found = {}
    wanted = [(way, mode) for way in WAYS for mode in way.modes]
    for first in range(0, len(wanted), AT_ONCE):
        batch = []
        for way, mode in wanted[first:first + AT_ONCE]:
            words = [python, program, way.name] + (["kept"] if mode == "kept" else [])
            crash = session.begin(f"{way.name}, {mode}", "/bin/sh", "-c", f'exec "$@"{REDIRECTIONS[mode]}', "sh", *words)
            found[way, mode] = crash
            batch.append(crash)
        for crash in batch:
            wait_for(f"probe of {crash.title}", lambda crash=crash: is_watched(session.limpet, python, crash.pid))
            with open(os.path.join(crash.folder, "go"), "wb"):
                pass
        for crash in batch:
            session.end(crash)
    return found


def printed(python, program, way):
    """The judge: nobody watches this one."""
    with tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        with open(os.path.join(folder, "go"), "wb"):
            pass
        return parse(subprocess.run([python, program, way], cwd=folder, capture_output=True, text=True, check=False,
                                    encoding="utf-8").stderr)


def check_chain(way, mode, event, expected):
    seen = exceptions_of(event)
    is_told = SOURCES[mode] == "probe"
    if is_told:
        expected = expected[-CHAIN:]
    tap.equal([one["type"] for one in seen], [one[0] for one in expected], "types")
    if way.has_value or not is_told:
        tap.equal([one.get("value", "") for one in seen], [one[1] for one in expected], "values")
    for exception, (_, _, frames) in zip(seen, expected):
        wanted = short(frames) if is_told else None
        found = frames_in(exception)
        if is_told:
            tap.equal(found, wanted, "frames")
        else:
            tap.equal(found[-1], frames[-1], "innermost frame")


def check(way, mode, crash, expected):
    tap.equal(crash.code, way.code, f"how it ended; it said {crash.output('stderr')[:300]!r}")
    events = [event for event in crash.events if event.type != "ExitStatus"]
    tap.equal(len(events), int(way.is_event), "events" + "".join("\n" + describe(event.payload) for event in events))
    if not way.is_event:
        return
    event = events[0].payload
    mechanism = exceptions_of(event)[-1]["mechanism"]
    tap.equal((event["level"], mechanism["handled"], mechanism["type"]),
              ("error", False, "threading") if way.is_thread else ("fatal", False, "excepthook"), "level, handled, mechanism")
    tap.equal(event["contexts"]["limpet"]["source"], SOURCES[mode], "source")
    check_chain(way, mode, event, expected)


def test_python(python, label):
    with tap.session(label), tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        program = os.path.join(folder, "gr\u00f6\u00dfe_\u6570.py")
        shutil.copy(PROGRAM, program)
        judge = {way.name: printed(python, program, way.name) for way in WAYS}
        with CrashSession("--log-level=debug", "--exception-burst=100000") as session:
            crashes = play(session, python, program)
            session.finish()
            for (way, mode), crash in crashes.items():
                with tap.case(f"{label}, {way.name}, {mode}"):
                    check(way, mode, crash, judge[way.name])
            with tap.case(f"{label}: nothing else, and nothing lost"):
                tap.equal([describe(event.payload) for event in session.strangers()], [], "events of other processes")
                tap.equal((session.limpet.code, session.limpet.lost()), (0, {}), "exit code and losses")


def test_attach(python, label):
    """A process that ran before limpet did, and goes on afterwards."""
    with tap.case(f"{label}: attached to, a thread ends"), tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        envelopes = os.path.join(folder, "envelopes")
        expected = printed(python, PROGRAM, "thread")
        target = subprocess.Popen([python, PROGRAM, "thread", "kept"], cwd=folder)
        try:
            with Limpet.attach(target.pid, f"--sentry-file={envelopes}", f"--spool={folder}/spool", "--log-level=debug") as limpet:
                limpet.start().wait_ready()
                wait_for("watching", lambda: is_watched(limpet, python, target.pid))
                with open(os.path.join(folder, "go"), "wb"):
                    pass
                tap.equal(target.wait(60), 0, "its end")
                limpet.wait(60)
        finally:
            target.kill()
            target.wait()
        event, = crash_reader.read_crashes(envelopes)
        check_chain(Way("thread"), "kept", event.payload, expected)


def main():
    pythons = find_pythons()
    # Objects changed their layout with 3.11 and 3.12; what lies between differs in numbers only.
    wanted = sys.argv[1:] or ["3.8", "3.11", "3.13"]
    for minor in MINORS:
        if "all" not in wanted and f"3.{minor}" not in wanted:
            continue
        if minor not in pythons:
            tap.skip(f"CPython 3.{minor}", "not installed")
        for python in pythons.get(minor, []):
            version = subprocess.run([python, "-c", "import sys; print(sys.version.split()[0])"], capture_output=True, text=True,
                                     check=True).stdout.strip()
            test_python(python, f"CPython {version}")
            test_attach(python, f"CPython {version}")
    tap.finish()


if __name__ == "__main__":
    main()
