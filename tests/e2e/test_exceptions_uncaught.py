#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Small programs of every language that end by an exception, lose a thread to one, or catch it: exactly one event each, or none.

Every program runs twice: with its standard error in a file, and in /dev/null, where limpet sees it all the same. Exit
statuses are events here, so that one which is not taken for the exception's own is seen as a second event.
"""
import dataclasses
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "quickstart")]
import crash_reader
import install
import tap
from crash_session import CrashSession
from quickstart import describe, exceptions_of, frames_of, function_matches

SOURCES = os.path.join(HERE, "uncaught")
PYTHON = "/usr/bin/python3"
FATAL, LIVES, CAUGHT = ("fatal", False), ("error", False), ("error", True)  # level, handled


@dataclasses.dataclass
class Way:
    argument: str
    code: int  # as subprocess says it
    end: tuple = FATAL
    # (type, message, function of the innermost frame, mark of its line) of each, oldest first; none: no event
    chain: list = dataclasses.field(default_factory=list)
    only_event: str = ""  # the one event there is although there is no exception


@dataclasses.dataclass
class Language:
    name: str
    platform: str
    file: str
    command: object  # a function: the command without the argument, or Skip
    ways: list
    module: str = None  # of the types it defines itself
    has_source_lines: bool = True
    has_lines: bool = True


def shared(order, kind="ZeroDivisionError", function="share"):
    return kind, f"{order} is shared by nobody", function, "share"


def source(name):
    return os.path.join(SOURCES, name)


def built(name, *command):
    folder = install.make_once("uncaught-" + name, [source(name)], [install.find_program(command[0]), *command[1:], source(name)])
    return os.path.join(folder, "raise")


def java_command():
    sources = [source("Raise.java"), source("Failure.java")]
    install.make_once("uncaught-java", sources, [install.find_program("javac"), "-d", ".", *sources])
    return [install.find_program("java"), "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
            os.path.join(install.BUILT, "uncaught-java"), "Raise"]


def go_command():
    os.environ.update({"GO111MODULE": "off", "GOFLAGS": "-p=2", "GOCACHE": os.path.join(install.ROOT, ".build", "go-cache")})
    return [built("raise.go", "go", "build", "-o", "raise")]


DOTNET_WHEEL = "dotnetcore2==3.1.23"  # of PyPI: carries a runtime
MAKE_DOTNET = '''set -e
"$1" download -q --no-deps --disable-pip-version-check -d wheel "$3"
/usr/bin/python3 -m zipfile -e wheel/*.whl runtime
chmod +x runtime/dotnetcore2/bin/dotnet
base=$(echo runtime/dotnetcore2/bin/shared/Microsoft.NETCore.App/*)
"$2" -noconfig -nostdlib -out:raise.dll -r:"$base/System.Private.CoreLib.dll" -r:"$base/System.Runtime.dll" "$4"
echo '{"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App", "version": "3.1.0"},
"configProperties": {"System.Globalization.Invariant": true}}}' > raise.runtimeconfig.json
'''


def dotnet_command():
    command = ["/bin/sh", "-c", MAKE_DOTNET, "sh", install.find_program("pip3"), install.find_program("mcs"), DOTNET_WHEEL]
    folder = install.make_once("uncaught-dotnet", [source("raise.cs")], [*command, source("raise.cs")])
    return [os.path.join(folder, "runtime", "dotnetcore2", "bin", "dotnet"), os.path.join(folder, "raise.dll")]


LANGUAGES = (
    Language("Python", "python", "raise.py", lambda: [PYTHON, source("raise.py")], [
        Way("uncaught", 1, chain=[shared("uncaught")]),
        Way("chained", 1, chain=[shared("chained"), ("ShopError", "closed", "chained", "chained")]),
        Way("context", 1, chain=[shared("context"), ("ShopError", "closed", "context", "context")]),
        Way("group", 1, chain=[shared("group 1"), shared("group 0"), ("ExceptionGroup", "two orders (2 sub-exceptions)", "group", "group")]),
        Way("thread", 0, LIVES, [shared("thread")]),
        Way("task", 0, LIVES, [shared("task")]),
        Way("hook", 1, chain=[shared("hook")]),
        # Its hook says nothing, and no function of CPython that sees the exception runs.
        Way("silent", 1, only_event="ExitStatus"),
        Way("caught", 0),
        Way("leave", 3, only_event="ExitStatus"),
    ]),
    Language("Node", "node", "raise.js", lambda: [install.find_program("node"), source("raise.js")], [
        Way("uncaught", 1, chain=[shared("uncaught", "RangeError")]),
        Way("rejection", 1, chain=[shared("rejection", "RangeError")]),
        Way("cause", 1, chain=[shared("cause", "RangeError"), ("TypeError", "closed", "cause", "cause")]),
        Way("caught", 0),
        Way("taken", 0),
    ]),
    Language("Java", "java", "Raise.java", java_command, [
        Way("uncaught", 1, chain=[shared("uncaught", "IllegalStateException")]),
        Way("cause", 1, chain=[shared("cause", "IllegalStateException"), ("Raise$ShopException", "closed", "cause", "cause")]),
        Way("thread", 0, LIVES, [shared("thread", "IllegalStateException", "share")]),
        Way("printed", 0, CAUGHT, [("Failure", "printed is shared by nobody", "fail", "fail")]),
        Way("caught", 0),
    ], has_source_lines=False),
    Language("Go", "go", "raise.go", go_command, [
        Way("uncaught", 2, chain=[shared("uncaught", "*fmt.wrapError|panic|*errors.errorString|*fmt.fmtError")]),
        Way("index", 2, chain=[("runtime.Error|runtime.boundsError", "runtime error: index out of range [5] with length 3", "index", "index")]),
        Way("goroutine", 2, chain=[shared("goroutine", "*fmt.wrapError|panic|*errors.errorString")]),
        Way("caught", 0),
    ]),
    Language("Rust", "native", "raise.rs", lambda: [built("raise.rs", "rustc", "-g", "-o", "raise")], [
        Way("uncaught", 101, chain=[shared("uncaught", "panic", "")]),
        Way("thread", 0, LIVES, [shared("thread", "panic", "")]),
        Way("caught", 0),
    ]),
    Language("Ruby", "ruby", "raise.rb", lambda: [install.find_program("ruby"), source("raise.rb")], [
        Way("uncaught", 1, chain=[shared("uncaught")]),
        Way("cause", 1, chain=[shared("cause"), ("ShopError", "closed", "rescue in cause", "cause")]),
        Way("method", 1, chain=[("ShopError", "line 1\nline 2", "block in close", "method")]),
        Way("thread", 0, LIVES, [shared("thread")]),
        Way("caught", 0),
        Way("leave", 3, only_event="ExitStatus"),
    ]),
    Language("PHP", "php", "raise.php", lambda: [install.find_program("php"), source("raise.php")], [
        Way("uncaught", 255, chain=[shared("uncaught", "DivisionByZeroError")]),
        Way("cause", 255, chain=[shared("cause", "DivisionByZeroError"), ("ShopError", "closed", "cause", "cause")]),
        Way("caught", 0),
    ]),
    Language("Perl", "perl", "raise.pl", lambda: [install.find_program("perl"), source("raise.pl")], [
        Way("uncaught", 255, chain=[("die", "uncaught is shared by nobody", "", "share")]),
        Way("caught", 0),
    ]),
    # The runtime prints to a duplicate of standard error. mcs writes no symbols that it reads: no lines.
    Language(".NET", "csharp", "raise.cs", dotnet_command, [
        Way("uncaught", -6, chain=[shared("uncaught", "System.InvalidOperationException|InvalidOperationException", "Share")]),
        Way("cause", -6, chain=[shared("cause", "System.InvalidOperationException|InvalidOperationException", "Share"),
                                ("ShopException", "closed", "Cause", "")]),
        Way("caught", 0),
    ], has_source_lines=False, has_lines=False),
    Language("C++", "native", "raise.cpp", lambda: [built("raise.cpp", "g++", "-g", "-pthread", "-o", "raise")], [
        Way("uncaught", -6, chain=[shared("uncaught", "ShopError")]),
        Way("thread", -6, chain=[shared("thread", "ShopError")]),
        Way("caught", 0),
    ], has_source_lines=False),
)


def line_of(language, mark):
    sign = "# " if language.file.endswith((".py", ".rb", ".pl")) else "// "
    with open(source(language.file), encoding="utf-8") as file:
        return [number for number, line in enumerate(file, 1) if line.rstrip().endswith(sign + mark)]


def check_chain(language, way, event):
    exceptions = exceptions_of(event)
    seen = [(one.get("type"), one.get("value")) for one in exceptions]
    assert len(seen) == len(way.chain) and all(kind in wanted[0].split("|") and value == wanted[1] for (kind, value), wanted in
                                               zip(seen, way.chain)), f"chain {seen}, expected {[one[:2] for one in way.chain]}"
    for exception, (_, _, function, mark) in zip(exceptions, way.chain):
        own = [frame for frame in frames_of(exception) if frame.get("in_app")]
        assert own, f"no frame of its own\n{describe(event)}"
        frame = own[-1]
        if language.has_lines:
            tap.equal(os.path.basename(frame.get("abs_path") or frame.get("filename", "")), language.file, "file")
            tap.equal([frame.get("lineno")], line_of(language, mark), f"line\n{describe(event)}")
        if function:
            name = (frame.get("function") or "").split("(")[0].rsplit("::", 1)[-1].rsplit(".", 1)[-1]
            assert function_matches(name, function), f"function {frame.get('function')!r}, expected {function!r}"
        if language.has_source_lines:
            with open(source(language.file), encoding="utf-8") as file:
                tap.equal(frame.get("context_line"), file.read().split("\n")[frame["lineno"] - 1], "context_line")


def check_way(language, way, crash):
    tap.equal(crash.code, way.code, f"how it ended; it said {crash.output('stdout')[:200]!r} {crash.output('stderr')[:500]!r}")
    if not way.chain:
        tap.equal([event.type for event in crash.events], [way.only_event] if way.only_event else [], "events")
        return
    assert len(crash.events) == 1, f"{len(crash.events)} events, expected exactly one" + \
        "".join("\n" + describe(event.payload) for event in crash.events)
    event = crash.events[0].payload
    mechanism = exceptions_of(event)[-1]["mechanism"]
    tap.equal((event["platform"], event["level"], mechanism.get("handled")), (language.platform, *way.end), "platform, level, handled")
    check_chain(language, way, event)


def begin_all(session):
    """[(language, way, crash, title)]"""
    found = []
    for language in LANGUAGES:
        with tap.session(language.name):
            command = language.command()
            for way in language.ways:
                for is_seen in (True, False):
                    title = f"{language.name}, {way.argument}" + ("" if is_seen else ", 2>/dev/null")
                    redirect = "" if is_seen else " 2>/dev/null"
                    crash = session.crash(title, "/bin/sh", "-c", f'exec "$@"{redirect}', "sh", *command, way.argument)
                    found.append((language, way, crash, title))
    return found


def main():
    with CrashSession("--exit-events=on") as session:
        found = begin_all(session)
        session.finish()
        records = crash_reader.read_log_records(session.limpet.json_path)
        for language, way, crash, title in found:
            with tap.case(title + (": one event" if way.chain else ": no exception")):
                check_way(language, way, crash)
        with tap.case("the same events as log records"):
            tap.equal(sorted(records), sorted(event.payload["event_id"] for event in session.events), "ids")
        with tap.case("nothing else is reported, nothing is lost"):
            tap.equal([describe(event.payload) for event in session.strangers()], [], "events of other processes")
            tap.equal((session.limpet.code, session.limpet.lost()), (0, {}), "exit code and losses")
    tap.finish()


if __name__ == "__main__":
    main()
