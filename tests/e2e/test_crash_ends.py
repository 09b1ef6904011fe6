#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ends that are crashes, and ends that are not: attach and run, kills and their senders, children, processes of a few
milliseconds, exit codes, and all that must stay silent."""
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "crash_targets")]
import build
import crash_reader
import crash_session
import gdb_judge
import tap
from crash_expectations import FAULTS, SHOP, check_event, check_names
from crash_session import Crash, CrashSession
from limpet_runner import Limpet

PROGRAM = "crash-pie-O2-nofp"
SHORT_LIVED = 20
WAIT_S = 20
QUIET = {"recover": 0, "threads-exit": 0, "threads-exec": 0}
EXITS = {"exit": 3, "recover-fail": 4}


def wait_for(condition, what):
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, f"not within {WAIT_S} s: {what}"
        time.sleep(0.01)


def raise_core_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def run_alone(program, way, code, kinds):
    """limpet run of one program: the exit code is what a shell would say; (type, …) are the events."""
    with tap.case(f"limpet run -- crash {way}: leaves with {code}, {len(kinds)} events"):
        with CrashFolder() as folder, Limpet.run([program, way], f"--sentry-file={folder}/envelopes",
                                                 f"--spool={folder}/spool") as limpet:
            limpet.start().wait()
            limpet.check_clean(code)
            tap.equal([event.type for event in crash_reader.read_crashes(f"{folder}/envelopes")], kinds, "types of the events")


# Answers its first request by reading through a null pointer: the request is broken, and the client sees its end.
SERVER = """
import ctypes, resource, socket, threading
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
listener = socket.create_server(("127.0.0.1", 0))
def ask():
    client = socket.create_connection(listener.getsockname())
    client.sendall(b"GET /orders/17 HTTP/1.1\\r\\nHost: shop\\r\\n\\r\\n")
    client.recv(1)
threading.Thread(target=ask).start()
accepted = listener.accept()[0]
accepted.recv(4096)
ctypes.string_at(8)
"""


def check_first_request():
    """Its segment comes a moment after its death: the process is counted by request, and by that alone."""
    with tap.case("a server that dies of its first request is counted once"), CrashFolder() as folder:
        envelopes = f"{folder}/envelopes"
        with Limpet.run([sys.executable, "-c", SERVER], f"--sentry-file={envelopes}", f"--spool={folder}/spool",
                        "--release=shop@1.0") as limpet:
            limpet.start().wait()
            limpet.check_clean(139)
        tap.equal([event.type for event in crash_reader.read_crashes(envelopes)], ["SIGSEGV"], "types of the events")
        tap.equal(crash_reader.read_sessions(envelopes), [], "sessions of a run")
        counts = [row for _, items in crash_reader.read_envelopes(envelopes) for item in items
                  if item["header"]["type"] == "sessions" for row in item["payload"]["aggregates"]]
        tap.equal([{key: row[key] for key in row if key != "started"} for row in counts], [{"crashed": 1}], "requests")


def attach_to(program, folder, envelopes):
    """Attached after everything was mapped: images and threads come from /proc."""
    with open(os.path.join(folder, "stdout"), "wb") as stdout:
        target = subprocess.Popen([program, "wait"], cwd=folder, stdout=stdout, stdin=subprocess.DEVNULL,
                                  preexec_fn=raise_core_limit)
    crash = Crash("attach", program, [program, "wait"], folder, {}, pid=target.pid)
    try:
        wait_for(lambda: crash.output(), "the target waits")
        with Limpet.attach(target.pid, f"--sentry-file={envelopes}", f"--spool={folder}/spool") as limpet:
            limpet.start().wait_ready()
            os.kill(target.pid, signal.SIGUSR2)
            crash.code = target.wait(WAIT_S)
            limpet.wait()
            limpet.check_clean()
    finally:
        target.kill()
        target.wait()
    crash.events = crash_reader.read_crashes(envelopes)
    return crash


def check_attach(program):
    with CrashFolder() as folder, tap.case("attach: the crash of a process that ran before, with all its images"):
        crash = attach_to(program, folder, os.path.join(folder, "envelopes"))
        gdb_judge.require_gdb()
        request = CrashSession.request_for(crash)
        crash.reference = gdb_judge.read_cores([request])[crash.core]
        event = check_event(crash, FAULTS["null"])
        check_names(event.frames, ["read_null", "wait_to_be_killed", *SHOP], True)
        verdict, _ = crash_session.compare_stacks(crash, event)
        tap.equal(verdict.disagreements, [], "frames that are not gdb's")


class CrashFolder:
    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="limpet-crash-")
        return self.folder.name

    def __exit__(self, *_):
        self.folder.cleanup()


def kill_waiting(session, program, title, number):
    crash = session.begin(title, program, "wait")
    wait_for(lambda: crash.output(), "the target waits")
    session.stage.ask(do="signal", pid=crash.pid, signal=int(number))
    return session.end(crash)


def check_killed(session, crash):
    with tap.case("kill -9 by another process: who did it"):
        tap.equal(crash.code, -9, "exit status")
        event = crash.event()
        crash_reader.check_rules(event)
        tap.equal(event.type, "SIGKILL", "type")
        stage_pid = session.stage_pid
        assert str(stage_pid) in event.cause and "python3" in event.cause, \
            f"{event.cause!r} does not name the sender, {stage_pid} (python3)"


def check_child(session, crash):
    with tap.case("a child after fork crashes: its event, none of the parent"):
        tap.equal((crash.code, crash.events), (0, []), "the parent's end and events")
        events = [event for event in session.events if event.pid == int(crash.output())]
        tap.equal(len(events), 1, "events of the child")
        assert events[0].frames[0].function == "read_null", events[0].describe()
        check_names(events[0].frames, ["read_null", "crash_child", *SHOP], True)


def check_undumpable(crash):
    with tap.case("not dumpable: no memory of it leaves, only the fact"):
        event = crash.event()
        crash_reader.check_rules(event)
        tap.equal((crash.code, event.type), (-11, "SIGSEGV"), "end")
        assert len(event.frames) <= 1, f"a stack of {len(event.frames)} frames"
        registers = {name: value for name, value in event.registers.items() if value and name not in ("rip", "pc")}
        tap.equal(registers, {}, "registers")


def check_quiet(crash, way):
    with tap.case(f"{way}: no event"):
        tap.equal(crash.code, QUIET[way], "exit status")
        tap.equal([event.describe() for event in crash.events], [], "events")


def check_exit(crash, way):
    with tap.case(f"{way}: an exit status, not a crash"):
        event = crash.event()
        crash_reader.check_rules(event)
        tap.equal((crash.code, event.type), (EXITS[way], "ExitStatus"), "end")
        assert str(EXITS[way]) in event.cause, event.cause
        if way == "exit":
            lines = [crumb.get("message", "") for crumb in event.breadcrumbs if crumb.get("category") == "stderr"]
            assert any("no key" in line for line in lines), f"standard error is not among the breadcrumbs: {lines}"


def check_sessions(session, crashes):
    """Release health agrees with the events: a crash in its envelope, exits and kills by themselves."""
    with tap.case("every crash carries a crashed session, every other end has its own"):
        for crash in crashes:
            if crash.code < 0 and len(crash.events) == 1:
                states = [row["status"] for row in crash.events[0].sessions]
                assert states and states[0] in ("crashed", "abnormal"), f"{crash.title}: sessions {states}"
        rows = crash_reader.read_sessions(session.sentry_path)
        assert rows, "no sessions at all"
        terminal = [row["sid"] for row in rows if row["status"] != "ok"]
        tap.equal(len(terminal), len(set(terminal)), "sessions that end once")
        for row in rows:
            assert row["status"] != "crashed" or row["errors"] >= 1, row


def crash_many(session, programs):
    program = programs[PROGRAM]
    ends = {way: session.crash(way, program, way) for way in (*QUIET, *EXITS, "undumpable", "child", "pipe")}
    ends["kill"] = kill_waiting(session, program, "kill -9", signal.SIGKILL)
    ends["term"] = kill_waiting(session, program, "kill -TERM", signal.SIGTERM)
    short = [session.crash(f"short life {number}", programs["crash-static-O2-nofp"], "null") for number in range(SHORT_LIVED)]
    at_once = [session.begin(f"at once {number}", program, "null") for number in range(SHORT_LIVED)]
    for crash in at_once:
        session.end(crash)
    return ends, short, at_once


def crash_unobserved(programs):
    """limpet does not run for a moment: all of these are long dead when it looks."""
    ways = ("null", "child", "assert", "null")
    with tap.case("an agent that looks later: as much is known of the dead"), CrashSession() as session:
        os.kill(session.limpet.pid, signal.SIGSTOP)
        for way in ways:
            session.crash(way, programs[PROGRAM], way)
        time.sleep(0.3)
        os.kill(session.limpet.pid, signal.SIGCONT)
        session.finish()
        tap.equal(len(session.events), len(ways), "events")
        for event in session.events:
            names = [frame.function for frame in event.frames]
            assert "read_shelf" in names and "main" in names, event.describe()


def main():
    programs = build.build("c")
    program = programs[PROGRAM]
    for way, code, kinds in (("null", 139, ["SIGSEGV"]), ("abort", 134, ["SIGABRT"]), ("divide", 136, ["SIGFPE"]),
                             ("exit", 3, ["ExitStatus"]), ("recover", 0, [])):
        run_alone(program, way, code, kinds)
    check_first_request()
    check_attach(program)
    crash_unobserved(programs)
    with CrashSession("--release=shop@1.0") as session:
        with tap.session("programs end under limpet"):
            session.stage_pid = session.stage.ask(do="pid")["pid"]
            ends, short, at_once = crash_many(session, programs)
            session.finish()
        for way in QUIET:
            check_quiet(ends[way], way)
        for way in EXITS:
            check_exit(ends[way], way)
        check_killed(session, ends["kill"])
        with tap.case("kill -TERM: no event by default"):
            tap.equal((ends["term"].code, ends["term"].events), (-15, []), "end and events")
        with tap.case("a broken pipe ends it: an event says so"):
            tap.equal((ends["pipe"].code, ends["pipe"].event().type), (-13, "SIGPIPE"), "end")
        check_child(session, ends["child"])
        check_undumpable(ends["undumpable"])
        for title, crashes in (("one after the other, each a few milliseconds old", short), ("at the same time", at_once)):
            with tap.case(f"{SHORT_LIVED} processes crash {title}: {SHORT_LIVED} complete events"):
                for crash in crashes:
                    check_event(crash, FAULTS["null"])
        check_sessions(session, session.crashes)
        with tap.case("nothing is lost"):
            session.limpet.check_clean()
    tap.finish()


if __name__ == "__main__":
    main()
