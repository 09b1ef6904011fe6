#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""C++ exceptions that nobody catches, in every way they can end a program: one event each, with type, text and the stack of the
throw, whether the runtime printed something or not; and exceptions that were caught: none.

Each program waits until limpet says that it watches it.
"""
import dataclasses
import os
import re
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "throw_targets")]
import build
import tap
from crash_session import CrashSession

WATCHED_S = 20
ERROR, RANGE = ("shop::Error", "no such order"), ("std::out_of_range", "shelf 7")
ABORTED, TRAPPED, FAULTED = -6, -4, -11


@dataclasses.dataclass
class Way:
    name: str
    exception: tuple = None  # type and text
    frames: tuple = ()       # the innermost ones, but for the runtime's templates
    code: int = ABORTED
    signal: str = ""         # the type of the event when it is none of an exception
    is_printed: bool = True
    is_kept: bool = False    # the stack of the end does not have them


SERVED = ("shop::throw_error", "shop::serve")
TIDY = ("shop::throw_error", "shop::serve_tidily", "shop::serve_tidily_noexcept")
WAYS = [
    Way("main", ERROR, (*SERVED,)),
    Way("range", RANGE, ("shop::throw_range", "shop::serve")),
    Way("system", ("std::system_error", "open: No such file or directory"), ("shop::throw_system", "shop::serve")),
    Way("template", ("shop::Missing<shop::Plain>", "no item"), ("shop::throw_template", "shop::serve")),
    Way("custom", ("shop::Custom", "custom text"), ("shop::throw_custom", "shop::serve")),
    Way("plain", ("shop::Plain", None), ("shop::throw_plain", "shop::serve")),
    Way("int", ("int", None), ("shop::throw_int", "shop::serve")),
    Way("noexcept", ERROR, (*SERVED, "shop::serve_noexcept")),
    Way("tidy", ERROR, TIDY, is_kept=True),
    Way("thread", ERROR, SERVED),
    Way("thread-noexcept", RANGE, ("shop::throw_range", "shop::serve", "shop::serve_noexcept")),
    Way("rethrow", ERROR, (*SERVED, "shop::keep"), is_kept=True),
    Way("pass-on", ERROR, (*SERVED, "shop::pass_on", "shop::serve"), is_kept=True),
    Way("future", ERROR),
    Way("nested", ("std::_Nested_exception<shop::Error>", "cannot ship"), ("shop::throw_nested", "shop::serve")),
    Way("caught-other", ERROR, ("shop::throw_again",)),
    Way("silent", ERROR, (*SERVED, "shop::serve_noexcept"), is_printed=False),
    Way("silent-tidy", ERROR, TIDY, is_printed=False, is_kept=True),
    Way("silent-main", RANGE, ("shop::throw_range", "shop::serve"), is_printed=False),
    Way("silent-custom", ("shop::Custom", None), ("shop::throw_custom", "shop::serve"), is_printed=False),
    Way("trap", ("shop::Missing<shop::Plain>", "no item"), ("shop::throw_template", "shop::serve"), TRAPPED, is_printed=False),
    # What it writes is seen although nobody gets it.
    Way("closed", ERROR, (*SERVED, "shop::serve_noexcept")),
    Way("closed-int", ("int", None), ("shop::throw_int", "shop::serve")),
    Way("caught-abort-later", signal="SIGABRT", frames=("shop::give_up",)),
    Way("caught-abort", signal="SIGABRT", frames=("shop::give_up",)),
    Way("caught-fault", signal="SIGSEGV", frames=("shop::touch_nothing",), code=FAULTED),
    Way("caught", code=0),
]


def plain(frame):
    return re.sub(r"(\[clone [^]]*\]|\(.*)", "", frame.function or "").strip()


def own_functions(frames):
    """Without std's templates, which -O0 does not inline, and the C library's part of an abort."""
    names = [plain(frame) for frame in frames]
    while names and not names[0].startswith("shop::"):
        names.pop(0)
    return tuple(names)


def begin(session, way, program):
    folder = tempfile.mkdtemp(dir=session.folder.name)
    crash = session.begin(way.name, program, way.name, "go", folder=folder)
    end = time.monotonic() + WATCHED_S
    # The file itself: what its parent has mapped is watched in the child, too.
    watched = re.escape(os.path.basename(program)) if program.endswith("-static") else r"libstdc\+\+\.so\S*"
    while not re.search(rf"watching cpp-throw of {watched} for process {crash.pid}$", session.limpet.stderr, re.MULTILINE):
        assert time.monotonic() < end, f"{program} is not watched within {WATCHED_S} s"
        time.sleep(0.01)
    with open(os.path.join(folder, "go"), "w", encoding="utf-8"):
        pass
    return session.end(crash)


def check_exception(way, event):
    tap.equal((event.type, event.exception.get("value")), way.exception, "type and value")
    tap.equal((event.mechanism["type"], event.mechanism["handled"]), ("terminate", False), "mechanism")
    tap.equal(event.payload["level"], "fatal", "level")
    tap.equal(event.payload["contexts"]["limpet"]["source"], "output+probe" if way.frames and way.is_printed and
              way.name != "caught-other" else "output" if way.is_printed else "probe", "source")
    functions = own_functions(event.frames)
    tap.equal(functions[:len(way.frames)], way.frames, "innermost functions")
    if way.frames and way.name != "nested":
        tap.equal(plain(event.frames[0]), way.frames[0], "the function that threw")
    assert event.frames[0].in_app or not way.frames, "the function that threw is not the program's own"
    crashed = next(thread for thread in event.threads if thread.is_crashed)
    whole = [plain(frame) for frame in crashed.frames]
    assert way.code == TRAPPED or "abort" in whole, f"the stack of the end is not there: {whole[:12]}"
    assert "abort" not in [plain(frame) for frame in event.frames], "the end is among the frames of the exception"
    assert way.is_kept or way.name == "future" or set(way.frames) <= set(whole), f"not in {whole}"
    assert not way.is_kept or way.frames[0] not in whole, f"no need to keep {way.frames[0]}"


def check(way, crash):
    tap.equal(crash.code, way.code, "exit code")
    if not way.exception and not way.signal:
        tap.equal(crash.events, [], "events")
        return
    event = crash.event()
    if way.signal:
        tap.equal(event.type, way.signal, "type")
        tap.equal(own_functions(event.frames)[:len(way.frames)], way.frames, "innermost functions")
        tap.equal(len(event.payload["exception"]["values"]), 1, "exceptions")
    else:
        check_exception(way, event)


def main():
    programs = build.build()
    if not programs:
        tap.skip("C++ exceptions", "no g++")
        tap.finish()
    crashes = {}
    with CrashSession("--log-level=debug") as session:
        for variant in build.VARIANTS:
            for way in WAYS:
                with tap.session(f"{way.name} -{variant}"):
                    crashes[way.name, variant] = begin(session, way, programs[f"throw_ways-{variant}"])
        session.finish()
        for variant in build.VARIANTS:
            for way in WAYS:
                if (way.name, variant) in crashes:
                    with tap.case(f"{way.name} -{variant}"):
                        check(way, crashes[way.name, variant])
        with tap.case("nothing else is reported"):
            tap.equal([event.describe() for event in session.strangers()], [], "events of other processes")
    tap.finish()


if __name__ == "__main__":
    main()
