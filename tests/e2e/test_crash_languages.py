#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""C++, Rust and Go: exceptions nobody catches, panics, and runtimes that take every fault into their own hands."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "crash_targets")]
import build
import crash_reader
import gdb_judge
import tap
from crash_expectations import NULL, OVERFLOW, check_event, ended, fault
from crash_session import CrashSession, check_agreement

CPP_SHOP = [f"shop::Shop::{name}" for name in ("read", "count", "find", "take", "serve", "open")] + ["main"]
UNCAUGHT = r"uncaught C\+\+ exception"
CPP = {
    "terminate": ended("SIGABRT", UNCAUGHT, ["shop::throw_nowhere", *CPP_SHOP]),
    "null-method": fault("SEGV_MAPERR", r"null pointer.*0x20\b", ["shop::Till::count", "shop::use_missing_object", *CPP_SHOP], 0x20),
    "null-virtual": fault("SEGV_MAPERR", r"null pointer", ["shop::call_missing_virtual", *CPP_SHOP], 0),
    "map-miss": ended("SIGABRT", UNCAUGHT, ["shop::Register::look_up", "shop::miss_in_map", *CPP_SHOP]),
    "noexcept": ended("SIGABRT", UNCAUGHT, ["shop::break_promise", *CPP_SHOP]),
    "library-throw": ended("SIGABRT", UNCAUGHT, ["library::serve_one", "library::serve", "shop::throw_through_library",
                                                         *CPP_SHOP]),
}
CPP_STDERR = {"terminate": "no such article", "map-miss": "out_of_range", "noexcept": "no such article",
              "library-throw": "no such article"}

RUST_SHOP = [f"crash_rust::{name}" for name in
             ("read_shelf", "count_stock", "find_article", "take_order", "serve_customer", "open_shop")]
RUST = {
    "null": fault("SEGV_MAPERR", r"null pointer.*0x10\b", ["crash_rust::read_null", *RUST_SHOP, "crash_rust::main"], 0x10,
                  is_first_exact=False),
    "panic": ended("SIGABRT", r"abort|panic", ["crash_rust::panic_plainly", *RUST_SHOP, "crash_rust::main"]),
    "index": ended("SIGABRT", r"abort|panic", ["crash_rust::Shelf::article", "crash_rust::index_beyond_end", *RUST_SHOP]),
    "unwrap": ended("SIGABRT", r"abort|panic", ["crash_rust::unwrap_nothing", *RUST_SHOP, "crash_rust::main"]),
    "thread": ended("SIGABRT", r"abort|panic", ["crash_rust::panic_plainly", *RUST_SHOP]),
    # The standard library's own action aborts; the overflow is what is reported.
    "overflow": fault(None, OVERFLOW, ["crash_rust::descend"] * 5, is_first_exact=False),
}
RUST["overflow"].status = -6
RUST_STDERR = {"panic": "panicked at", "index": "index out of bounds", "unwrap": "ParseIntError", "thread": "panicked at"}

GO_SHOP = [f"main.{name}" for name in ("readShelf", "countStock", "findArticle", "takeOrder", "serveCustomer", "openShop")]
GO = {
    "nil": fault("SEGV_MAPERR", r"null pointer", ["main.readNil", *GO_SHOP, "main.main"], 0x20),
    "goroutine": fault("SEGV_MAPERR", r"null pointer", ["main.readNil", *GO_SHOP], 0x20),
}
GO_EXITS = {"panic": 2, "index": 2, "exit": 3}
GO_QUIET = ("recover", "leave")


def check_stderr(event, words):
    lines = [crumb.get("message", "") for crumb in event.breadcrumbs if crumb.get("category") == "stderr"]
    assert any(words in line for line in lines) or words in event.cause, f"nothing says {words!r}: {lines}, {event.cause!r}"


def crash_and_judge(session, language, ways, validator, stderr):
    """All programs of a language in all their ways, judged by gdb."""
    programs = build.build(language)
    if not programs:
        return tap.skip(f"{language} programs", "its compiler is not installed")
    rows = [(session.crash(f"{name} {way}", program, way), way) for name, program in programs.items() for way in ways]
    return [lambda crash=crash, way=way: check_native(crash, way, ways, validator, stderr) for crash, way in rows]


def check_native(crash, way, ways, validator, stderr):
    with tap.case(crash.title):
        event = check_event(crash, ways[way], "stripped" not in crash.title)
        crash_reader.check_rules(event, validator)
        if way in stderr:
            check_stderr(event, stderr[way])
        if crash.title.startswith("crash_rust") and way == "thread":
            tap.equal([thread.name for thread in event.threads if thread.is_crashed], ["till-2"], "the thread that crashed")


def crash_go(session):
    programs = build.build("go")
    rows = []
    for name, program in programs.items():
        for way in (*GO, *GO_EXITS, *GO_QUIET):
            rows.append((session.crash(f"{name} {way}", program, way), way))
        rows.append((session.crash(f"{name} nil, GOTRACEBACK=crash", program, "nil",
                                   environment={"GOTRACEBACK": "crash"}), "core"))
    return rows


def go_stack(text):
    """(pc, functions) that Go itself prints of a fault: the goroutine that failed comes first."""
    pc = re.search(r"^\[signal .* pc=(0x[0-9a-f]+)\]", text, re.MULTILINE)
    stack = re.search(r"^goroutine \d+.* \[running.*\]:\n((?:.+\n)*)", text, re.MULTILINE)
    assert pc and stack, f"Go printed no stack: {text}"
    # (...) is what it prints of a function that was put into its caller.
    lines = [line for line in stack.group(1).splitlines()
             if not line.startswith(("\t", "created by ", "goroutine ")) and not line.endswith("(...)")]
    names = [line.rsplit("(", 1)[0] for line in lines]
    return int(pc.group(1), 16), [name for name in names if not name.startswith(("panic", "runtime."))]


def check_go(crash, way, validator):
    with tap.case(crash.title):
        if way in GO_QUIET:
            tap.equal((crash.code, len(crash.events)), (0, 0), "exit status and events")
            return
        event = crash.event()
        crash_reader.check_rules(event, validator)
        if way in GO_EXITS:
            tap.equal((crash.code, event.type), (GO_EXITS[way], "ExitStatus"), "exit status and type")
            assert str(GO_EXITS[way]) in event.cause, event.cause
            return
        expected = GO["nil" if way == "core" else way]
        expected.status = -6 if way == "core" else 2
        # Without optimization Go checks a pointer by touching where it points to, before the field.
        expected.address = 0 if "-O0" in crash.title else 0x20
        crash.reference = None
        check_event(crash, expected)
        pc, names = go_stack(crash.output("stderr"))
        tap.equal(event.frames[0].pc, pc, "program counter")
        found = [gdb_judge.plain_name(frame.function) for frame in event.frames]
        tap.equal(found[:min(10, len(names))], names[:10], "functions, as Go prints them")


def main():
    with CrashSession("--exceptions=off") as session:
        validator = crash_reader.event_validator()
        checks = []
        with tap.session("programs crash under limpet"):
            checks += crash_and_judge(session, "cpp", CPP, validator, CPP_STDERR) or []
            caught = session.crash("C++ exception caught", build.path("crash_cpp-pie-O2"), "caught")
            checks += crash_and_judge(session, "rust", RUST, validator, RUST_STDERR) or []
            go_rows = crash_go(session)
            for crash in session.crashes:
                crash.has_later_core = crash.title.startswith("crash_rust") and crash.title.endswith("overflow")
            session.finish()
            session.ask_gdb()
        for check in checks:
            check()
        with tap.case(caught.title):
            tap.equal((caught.code, len(caught.events)), (0, 0), "exit status and events")
        with tap.case("nothing is lost, nobody else has an event"):
            session.limpet.check_clean()
            tap.equal([event.describe() for event in session.strangers()], [], "events of others")
        for crash, way in go_rows:
            check_go(crash, way, validator)
        check_agreement(session.crashes)
    tap.finish()


if __name__ == "__main__":
    main()
