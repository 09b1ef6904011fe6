#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Uprobes on runtimes, record by record: who is watched, what each event tells, exactly how often, and that nothing stays.

Each target waits for a line; it gets it when limpet says that it watches the target's process.
usage: test_runtime_probes.py [fake]      fake: only what needs no runtime (for guests, where runtimes are slow)
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from limpet_runner import ROOT, Limpet
from runtime_records import (FATAL, JAVA_THREAD_EXIT, KIND_INT, KIND_STRING, NODE_UNCAUGHT, PYTHON_FINISHING, THROW,
                             RuntimeRecords)

SOURCES = os.path.join(ROOT, "tests", "e2e", "runtime_targets")
IS_FAKE = sys.argv[1:] == ["fake"]
WATCHED_S = 60
JAVA_FLAGS = ("-XX:-UseDynamicNumberOfCompilerThreads", "-XX:+UseSerialGC")  # no threads that come and go
THREADS, CALLS = (4, 500) if IS_FAKE else (8, 12500)
# Starts what the lines of its input say, names the process, and lets it go on at the next line.
DRIVER = """
import subprocess, sys
for line in sys.stdin:
    child = subprocess.Popen(line.split(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    print("started", child.pid, flush=True)
    sys.stdin.readline()
    text = child.communicate(b"\\n")[1]
    print("ended", child.returncode, flush=True)
"""


def source(name):
    return os.path.join(SOURCES, name)


def need(program):
    found = None if IS_FAKE else shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/local/go/bin")
    if not found:
        raise tap.Skip(f"no {program}" if not IS_FAKE else "without runtimes")
    return found


def wait_for(what, condition):
    end = time.monotonic() + WATCHED_S
    while not condition():
        assert time.monotonic() < end, f"no {what} within {WATCHED_S} s"
        time.sleep(0.02)


def is_watched(limpet, probe, pid):
    return re.search(rf"watching {probe} of \S+ for process {pid}$", limpet.stderr, re.MULTILINE)


def count_events(limpet):
    """Descriptors of perf events and of links that limpet has open."""
    folder, count = f"/proc/{limpet.pid}/fd", 0
    for name in os.listdir(folder):
        try:
            count += "perf_event" in os.readlink(os.path.join(folder, name))
        except OSError:
            pass
    return count


def count_when_settled(limpet):
    """The same, when nothing has changed for a second: what the driver is watched by is attached too."""
    counts = []

    def is_settled():
        counts.append(count_events(limpet))
        time.sleep(0.1)
        return len(counts) > 10 and len(set(counts[-10:])) == 1
    wait_for("rest", is_settled)
    return counts[-1]


class Story:
    """One limpet and a driver it runs; targets one after the other."""

    def __init__(self, folder, *options):
        self.recording = os.path.join(folder, "runtimes.rec")
        self.orders = os.path.join(folder, "orders")
        os.mkfifo(self.orders)
        self.limpet = Limpet.run(["sh", "-c", f"exec {sys.executable} -c '{DRIVER}' < {self.orders}"],
                                 f"--record={self.recording}", "--log-level=debug", *options)
        self.limpet.start()
        self.input = open(self.orders, "w", encoding="utf-8")
        self.targets = 0
        self.events = []

    def _order(self, line):
        self.input.write(line + "\n")
        self.input.flush()

    def _lines(self, word):
        return re.findall(rf"^{word} (-?\d+)$", self.limpet.stdout, re.MULTILINE)

    def play(self, probes, *command):
        """The pid; the target was watched by `probes` (names in one text) before it did anything."""
        self._order(" ".join(command))
        self.targets += 1
        wait_for("target", lambda: len(self._lines("started")) == self.targets)
        pid = int(self._lines("started")[-1])
        for probe in probes.split():
            wait_for(f"{probe} of {pid}", lambda: is_watched(self.limpet, probe, pid))
        self._order("")
        wait_for("end", lambda: len(self._lines("ended")) == self.targets)
        return pid

    def end(self):
        self.input.close()
        self.limpet.wait(60)
        return RuntimeRecords(self.recording)


def build(folder, command, output):
    path = os.path.join(folder, output)
    subprocess.run([part.replace("OUTPUT", path) for part in command], check=True, cwd=folder, stdout=subprocess.DEVNULL,
                   env={**os.environ, "GO111MODULE": "off"})
    return path


def build_fakes(folder):
    """call_often, with its library, and python3: the folder."""
    built = os.path.join(ROOT, ".build", "tests", "e2e", "runtime_targets")
    if IS_FAKE and os.path.exists(os.path.join(built, "python3")):
        return built
    subprocess.run([source("build.sh"), folder], check=True)
    return folder


def story(options=()):
    folder = tempfile.TemporaryDirectory(prefix="limpet-test-")
    return folder, Story(folder.name, *options)


def test_often():
    folder, play = story()
    with folder, play.limpet, tap.session("the same function, often, from many threads"):
        often = os.path.join(build_fakes(folder.name), "call_often")
        once = play.play("java-thread-exit", often, "1", "1")
        before = count_when_settled(play.limpet)
        pid = play.play("java-thread-exit", often, str(THREADS), str(CALLS))
        with tap.case("what watched a process goes with it"):
            wait_for("detaching", lambda: count_events(play.limpet) <= before)
        records = play.end()
        lost = play.limpet.lost().get("exception_ring_full", 0)
        with tap.case("every call is told or counted as lost"):
            tap.equal(len(records.marks(pid)) + lost, THREADS * CALLS, "marks and losses")
            tap.equal({mark.kind for mark in records.marks(pid)}, {JAVA_THREAD_EXIT}, "kinds")
            assert len(records.marks(pid)) > THREADS * CALLS / 4, f"{lost} lost"
        with tap.case("one call is one mark, of its thread"):
            tap.equal([mark.kind for mark in records.marks(once)], [JAVA_THREAD_EXIT], "kinds")
            mark, = records.marks(once)
            assert mark.tid != once, "a thread of its own called"
            tap.equal(mark.context, once << 32 | mark.tid, "context")


def test_node():
    with tap.session("Node"):
        node = need("node")
        folder, play = story()
        with folder, play.limpet:
            pids = {way: play.play("node-uncaught", node, source("uncaught.js"), way)
                    for way in ("throw", "text", "reject", "hook", "caught")}
            records = play.end()
            for way, expected in (("throw", 1), ("text", 1), ("reject", 1), ("hook", 1), ("caught", 0)):
                with tap.case(f"node, {way}: {expected} uncaught"):
                    tap.equal([mark.kind for mark in records.marks(pids[way])], [NODE_UNCAUGHT] * expected, "marks")
            with tap.case("node: what is printed next goes up without a marker in it"):
                assert b"no error at all" in records.output(pids["text"]), records.output(pids["text"])


def test_java():
    with tap.session("Java"):
        java, javac = need("java"), need("javac")
        folder, play = story()
        with folder, play.limpet:
            subprocess.run([javac, "-d", folder.name, source("Threads.java")], check=True)
            command = [java, *JAVA_FLAGS, "-cp", folder.name, "Threads"]
            pids = [play.play("java-thread-exit", *command, str(count)) for count in (0, 3)]
            records = play.end()
            none, three = ([mark for mark in records.marks(pid) if mark.kind == JAVA_THREAD_EXIT] for pid in pids)
            with tap.case("java: each thread's end is told"):
                # On a busy machine one of the JVM's own threads more or less comes to its end.
                assert 2 <= len(three) - len(none) <= 4, f"{len(three)} ends, {len(none)} without threads"
            with tap.case("java: threads are told apart"):
                # The main thread may end twice: as itself, and as the one that takes the JVM down.
                assert len({mark.tid for mark in three}) >= len(three) - 1, f"threads {[mark.tid for mark in three]}"


def test_python():
    with tap.session("Python"):
        need("python3")
        python = sys.executable  # the program itself: another one may be a script that finds it
        folder, play = story()
        with folder, play.limpet:
            ways = {"raised": "raise(ValueError(1))", "exit": "raise(SystemExit(3))", "well": "pass"}
            pids = {name: play.play("python-finishing", python, "-c", f"input();{code}") for name, code in ways.items()}
            records = play.end()
            for name, expected in (("raised", 1), ("exit", 1), ("well", 0)):
                with tap.case(f"python, {name}: finishing {expected} times"):
                    tap.equal([mark.kind for mark in records.marks(pids[name])], [PYTHON_FINISHING] * expected, "marks")


PANICS = {
    "string": (FATAL, KIND_STRING, "a string"),
    "error": (FATAL, KIND_STRING, "an error"),
    "custom": (FATAL, KIND_STRING, "custom: x"),
    "int": (FATAL, KIND_INT, ""),
    "nil": (FATAL, KIND_STRING, "runtime error: invalid memory address or nil pointer dereference"),
    "index": (FATAL, KIND_STRING, "runtime error: index out of range [5] with length 2"),
    "again": (FATAL, KIND_STRING, "outer"),
    "goroutine": (FATAL, KIND_STRING, "in a goroutine"),
    "deadlock": (THROW, KIND_STRING, "all goroutines are asleep - deadlock!"),
}


def check_panics(go, label, *flags):
    folder, play = story()
    with folder, play.limpet:
        program = build(folder.name, [go, "build", *flags, "-o", "OUTPUT", source("panics.go")], "panics")
        pids = {way: play.play("go-fatalpanic go-throw go-fatal", program, way) for way in (*PANICS, "recovered")}
        records = play.end()
        for way, (kind, value_kind, value) in PANICS.items():
            with tap.case(f"{label}, {way}: told once, with its value"):
                panic, = records.panics(pids[way])
                tap.equal((panic.kind, panic.value_kind, panic.value), (kind, value_kind, value), "panic")
                assert len(panic.frames) >= 3, panic.frames
                if way == "int":
                    tap.equal(panic.word, 2 ** 64 - 42, "number")
                if way not in ("deadlock", "goroutine"):
                    tap.equal(panic.goroutine, 1, "goroutine")
                elif way == "goroutine":
                    assert panic.goroutine > 1, panic.goroutine
        with tap.case(f"{label}, recovered: not told"):
            tap.equal(records.panics(pids["recovered"]), [], "panics")


def check_names(go, label, *flags):
    """Where every panic is watched, the type that the runtime has replaced by its text has a name."""
    folder, play = story(["--exception-probes=all"])
    with folder, play.limpet:
        program = build(folder.name, [go, "build", *flags, "-o", "OUTPUT", source("panics.go")], "panics")
        names = {"custom": "*main.custom", "error": "*errors.errorString", "string": "string", "int": "int",
                 "nil": "runtime.errorString", "again": "string"}
        watched = "go-fatalpanic go-throw go-fatal go-panic"
        pids = {way: play.play(watched, program, way) for way in names}
        records = play.end()
        for way, name in names.items():
            with tap.case(f"{label}, {way}: the type has a name"):
                panic, = records.panics(pids[way])
                tap.equal(panic.name, name, "type")


def find_gos():
    """Every Go that is installed: the default one, and Debian's by version."""
    found = [need("go")]
    for name in sorted(os.listdir("/usr/lib")):
        program = os.path.join("/usr/lib", name, "bin", "go")
        if re.fullmatch(r"go-1\.\d+", name) and os.path.exists(program):
            found.append(program)
    return found


def test_go():
    with tap.session("Go"):
        for go in find_gos():
            version = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()
            check_panics(go, version)
            check_panics(go, version + " stripped", "-ldflags=-s -w")
            check_names(go, version)
            check_names(go, version + " stripped", "-ldflags=-s -w")


def test_attach():
    with tap.session("attach"):
        node = need("node")
        with tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
            recording = os.path.join(folder, "attach.rec")
            targets = [subprocess.Popen([node, source("uncaught.js"), "reject"], stdin=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
            traced, other = targets
            time.sleep(0.5)
            with Limpet.attach(traced.pid, f"--record={recording}", "--log-level=debug") as limpet:
                limpet.start().wait_ready()
                wait_for("watching", lambda: is_watched(limpet, "node-uncaught", traced.pid))
                for target in (other, traced):
                    target.communicate(b"\n")
                limpet.wait(60)
                records = RuntimeRecords(recording)
                with tap.case("a process that ran already is watched from then on"):
                    tap.equal([mark.kind for mark in records.marks(traced.pid)], [NODE_UNCAUGHT], "marks")
                with tap.case("another one with the same file is not"):
                    tap.equal(records.marks(other.pid), [], "marks")
                    assert not is_watched(limpet, "node-uncaught", other.pid)


def test_off():
    folder, play = story(["--exception-probes=off"])
    with folder, play.limpet, tap.case("switched off, nothing is watched"):
        pid = play.play("", os.path.join(build_fakes(folder.name), "call_often"), "1", "10")
        records = play.end()
        tap.equal(records.marks(pid), [], "marks")
        assert "watching" not in play.limpet.stderr


def test_commands():
    """A command is over long before anything could be attached to what it maps."""
    with tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        built = build_fakes(folder)
        program = os.path.join(built, "python3")
        script = os.path.join(folder, "script")
        with open(script, "w", encoding="utf-8") as file:
            file.write("#!/usr/bin/env -S LC_ALL=C python3 -u\n")
        os.chmod(script, 0o755)
        path = f"{built}:{os.environ['PATH']}"
        for label, command in (("path", program),) if IS_FAKE else (("path", program), ("name", "python3"), ("script", script)):
            recording = os.path.join(folder, f"{label}.rec")
            with Limpet.run([command], f"--record={recording}", environment={"PATH": path}) as limpet:
                limpet.start().wait(60)
                with tap.case(f"a command by its {label}: watched before it begins"):
                    limpet.check_clean()
                    tap.equal([mark.kind for mark in RuntimeRecords(recording).all_marks()], [PYTHON_FINISHING], "marks")


def refuse(folder, *programs):
    """limpet run -- true where the kernel refuses these programs: what it had to say."""
    library = os.path.join(folder, "refuse.so")
    environment = {"LD_PRELOAD": library, "REFUSED_PROGRAMS": "".join(f",{name[:15]}" for name in programs) + ",",
                   "ASAN_OPTIONS": "exitcode=99:abort_on_error=0:verify_asan_link_order=0"}
    with Limpet.run(["true"], environment=environment) as limpet:
        limpet.start().wait(60)
        said = [line for line in limpet.stderr.splitlines() if "this kernel refuses" in line]
        return limpet.code, [re.search(r"refuses (.*?) \(Permission denied\)", line).group(1) for line in said], limpet.stderr


def test_refusals():
    with tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        build(folder, ["gcc", "-O2", "-w", "-shared", "-fPIC", "-o", "OUTPUT", source("refuse_program.c")], "refuse.so")
        for label, programs in (("one program", ["on_go_throw"]), ("two programs", ["on_node_uncaught", "on_output_call"])):
            with tap.case(f"a kernel that refuses {label}: limpet goes on without"):
                code, said, stderr = refuse(folder, *programs)
                tap.equal(code, 0, stderr)
                tap.equal(sorted(said), sorted(programs), "refused")
                assert "tracing true" in stderr, stderr
        with tap.case("a kernel that refuses more and more: nothing optional is tried any longer"):
            code, said, stderr = refuse(folder, "on_output_call", "on_go_throw", "on_go_fatalpanic", "on_node_uncaught",
                                        "on_java_vm_error", "on_java_thread_exit", "on_python_finishing")
            tap.equal((code, said), (0, ["what watches for exceptions"]), stderr)
        with tap.case("a kernel that refuses what limpet cannot do without"):
            code, said, stderr = refuse(folder, "on_process_exec")
            tap.equal((code != 0, said), (True, []), stderr)


test_often()
test_commands()
if not IS_FAKE:
    test_refusals()
    test_off()
    test_python()
    test_node()
    test_java()
    test_go()
    test_attach()
tap.finish()
