#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The CPU profile of programs that know where their time goes: shares of functions, threads, a child, deep recursion, the
kernel's side, waits, requests, and the same profile once more from a recording. test_profile_runtimes.py: of interpreters and compilers.

usage: tests/e2e/test_profile.py [build | CASE…]        PROFILE_SECONDS=15 per program, PROFILE_HZ=199, PROFILE_POINTS=3,
PROFILE_SLACK=10 (percent of all ticks)
"""
import collections
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import json_line_schema
import span_reader
import tap
from limpet_runner import Limpet

SOURCES = os.path.join(ROOT, "tests", "e2e", "profile_targets")
BUILT = os.path.join(ROOT, ".build", "tests", "e2e", "profile_targets")
SECONDS = float(os.environ.get("PROFILE_SECONDS", "15"))
HZ = int(os.environ.get("PROFILE_HZ", "199"))
SLACK = float(os.environ.get("PROFILE_SLACK", "10"))  # percent of ticks that may be missing, or too many
POINTS = float(os.environ.get("PROFILE_POINTS", "3"))
BUILDS = {
    "nofp": ("-O2", "-fomit-frame-pointer"),
    "fp": ("-O2", "-fno-omit-frame-pointer", "-g"),
    "stripped": ("-O2", "-fomit-frame-pointer", "-s", "-static"),
    "requests": ("-O2", "-fomit-frame-pointer"),
}


def build():
    """name → path, made anew when it is older than its source."""
    os.makedirs(BUILT, exist_ok=True)
    paths = {}
    for name, flags in BUILDS.items():
        program = "requests" if name == "requests" else "shares"
        sources = [os.path.join(SOURCES, file) for file in (f"{program}.c", "burning.h")]
        paths[name] = os.path.join(BUILT, f"{program}-{name}")
        if not os.path.exists(paths[name]) or os.path.getmtime(paths[name]) < max(map(os.path.getmtime, sources)):
            subprocess.run(["gcc", "-std=gnu11", "-D_GNU_SOURCE", *flags, "-Wl,--build-id", "-o", paths[name], sources[0],
                            "-lpthread"], check=True)
    return paths


class Folded:
    """A folded file: stacks (tuples, root first, without the process's name) with their counts, on and off the CPU."""

    def __init__(self, path):
        self.on, self.off = collections.Counter(), collections.Counter()
        with open(path, encoding="utf-8") as file:
            for line in file:
                stack, count = line.rstrip("\n").rsplit(" ", 1)
                frames = tuple(stack.split(";"))[1:]
                is_off = frames[:1] == ("[off-CPU]",)
                (self.off if is_off else self.on)[frames[1:] if is_off else frames] += int(count)

    def share(self, function, side=None):
        """Of the samples whose stack has this function (a string, or a pattern of all of it), in percent."""
        side = self.on if side is None else side
        total = sum(side.values())
        found = sum(count for stack, count in side.items() if any(re.fullmatch(function, frame) for frame in stack))
        return 100 * found / total if total else 0

    def whole(self, outermost=("main",)):
        """Of the samples whose stack goes back to one of these, in percent."""
        total = sum(self.on.values())
        return 100 * sum(count for stack, count in self.on.items() if set(outermost) & set(stack)) / total if total else 0

    def largest(self, count=12):
        return "\n".join(f"{number:6} {';'.join(stack)}" for stack, number in self.on.most_common(count))


class Profiled:
    """One run of a target under `limpet attach`: what it says it did, what limpet saw, what limpet printed."""

    def __init__(self, program, task, *options, seconds=SECONDS, hz=HZ):
        command = [*(program if isinstance(program, tuple) else (program,)), task, str(seconds)]
        # Node leaves a log of its own in its working directory.
        self.folder = tempfile.TemporaryDirectory(prefix="limpet-profile-")
        target = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=self.folder.name)
        try:
            assert target.stdout.readline() == "up\n"
            self.prepare(target)
            with Limpet.attach(target.pid, f"--profile={hz}", *options) as limpet:
                folded = limpet.path("folded")
                limpet.arguments[2:2] = [f"--folded={folded}", f"--record={limpet.path('recording')}"]
                limpet.start().wait_ready()
                self.tell(target)
                said = target.stdout.readline()
                tap.equal(target.wait(60), 0, "the target's exit code")
                limpet.wait().check_clean()
                self.stderr = limpet.stderr
                self.folded = Folded(folded)
                self.again = self.replay(limpet)
                with open(limpet.json_path, encoding="utf-8") as lines:
                    self.lines = lines.readlines()
        finally:
            target.kill()
            target.wait()
            target.stdin.close()
            target.stdout.close()
            if os.path.exists(f"/tmp/perf-{target.pid}.map"):
                os.unlink(f"/tmp/perf-{target.pid}.map")
        self.truth = json.loads(said)

    def prepare(self, target):
        """Before limpet is there."""

    def tell(self, target):
        """From now on it works."""
        target.stdin.write("go\n")
        target.stdin.flush()

    @staticmethod
    def replay(limpet):
        path = limpet.path("folded-again")
        done = subprocess.run([limpet.binary, "replay", "--terminal=off", f"--folded={path}", limpet.path("recording")],
                              stderr=subprocess.PIPE, text=True, timeout=120, env=limpet.environment, check=False)
        assert done.returncode == 0, done.stderr
        return Folded(path)

    def counts(self):
        """samples, waits, unwound, whole, within requests, lost"""
        found = re.findall(r"^limpet: (\d+) samples, (\d+) of them waits; (\d+) unwound, (\d+) to the end, "
                           r"(\d+) within requests; (\d+) lost", self.stderr, re.MULTILINE)
        assert found, self.stderr
        return tuple(map(int, found[-1]))


def check_shares(profiled, names, side=None, pattern="{}"):
    total = sum(profiled.truth.values())
    for name in names:
        expected, found = 100 * profiled.truth[name] / total, profiled.folded.share(pattern.format(name), side)
        print(f"# {name}: {found:.1f} % of the samples, {expected:.1f} % of the time")
        assert abs(found - expected) <= POINTS, f"{name}: {found:.1f} %, expected {expected:.1f} %\n{profiled.folded.largest()}"


def check_whole(profiled, outermost=("main",)):
    samples, waits, unwound, whole, _, lost = profiled.counts()
    print(f"# {samples} samples, {waits} waits, {unwound} unwound, {whole} to the end, {lost} lost; "
          f"{profiled.folded.whole(outermost):.2f} % have {' or '.join(outermost)}")
    tap.equal(lost, 0, "lost samples")
    assert whole >= 0.98 * unwound, f"{whole} of {unwound} unwound to the end\n{profiled.folded.largest()}"
    assert profiled.folded.whole(outermost) >= 98, profiled.folded.largest(30)


def check_rate(profiled):
    """As many ticks as there was CPU time."""
    expected = sum(profiled.truth.values()) / 1e9 * HZ
    found = sum(profiled.folded.on.values())
    print(f"# {found} ticks in {expected:.0f} periods of CPU time")
    assert (1 - SLACK / 100) * expected <= found <= (1 + SLACK / 100) * expected + 5, f"{found} ticks, expected about {expected:.0f}"


def check_lines(lines, *kinds):
    """What --json wrote is what its schema says, and nothing is missing."""
    counts = json_line_schema.check_lines(lines)
    print(f"# lines: {counts}")
    tap.equal(set(counts), set(kinds), "kinds of lines")


def run(cases):
    """All, or those that are named."""
    if os.geteuid() != 0:
        tap.skip("profiles", "needs root")
        tap.finish()
    for name in sys.argv[1:] or cases:
        cases[name]()
    tap.finish()


def check_again(profiled):
    """A recording has the same stacks."""
    tap.equal(profiled.again.on, profiled.folded.on, "stacks on the CPU, replayed")
    tap.equal(profiled.again.off, profiled.folded.off, "stacks off the CPU, replayed")


def shares(programs):
    for name in ("nofp", "fp"):
        with tap.session(f"shares, {name}"):
            profiled = Profiled(programs[name], "shares")
            with tap.case(f"shares of named functions, {name}: within {POINTS:g} points"):
                check_shares(profiled, ("burn_seventy", "burn_twenty", "burn_ten"))
            with tap.case(f"shares of named functions, {name}: stacks are whole"):
                check_whole(profiled)
                check_rate(profiled)
            with tap.case(f"shares of named functions, {name}: a recording has the same profile"):
                check_again(profiled)


def stripped(programs):
    with tap.session("stripped"):
        profiled = Profiled(programs["stripped"], "shares", seconds=SECONDS / 3)
        with tap.case("a stripped static program: its frames are its name and offsets"):
            leaves = collections.Counter(stack[-1] for stack in profiled.folded.on.elements())
            named = sum(count for leaf, count in leaves.items() if re.fullmatch(r"shares-stripped\+0x[0-9a-f]+", leaf))
            assert named >= 0.9 * sum(leaves.values()), leaves.most_common(20)
            check_rate(profiled)


def threads(programs):
    with tap.session("threads"):
        profiled = Profiled(programs["nofp"], "threads")
        with tap.case("threads that begin later: each in its share"):
            check_shares(profiled, ("burn_seventy", "burn_twenty", "burn_ten"))
            check_whole(profiled, ("main", "start_thread", "work_one"))
            check_rate(profiled)


def child(programs):
    with tap.session("a child"):
        profiled = Profiled(programs["nofp"], "child")
        with tap.case("a child and its parent: each in its share"):
            check_shares(profiled, ("burn_seventy", "burn_twenty"))
            check_whole(profiled)
            check_rate(profiled)


def recursion(programs):
    with tap.session("recursion"):
        profiled = Profiled(programs["nofp"], "recursion", seconds=SECONDS / 3)
        with tap.case("a recursion of a hundred calls is there as it is"):
            check_whole(profiled)
            for stack, count in profiled.folded.on.items():
                if count > 1 and "main" in stack:
                    tap.equal(stack.count("descend"), 101, ";".join(stack))


def kernel(programs):
    with tap.session("the kernel"):
        profiled = Profiled(programs["nofp"], "kernel", seconds=SECONDS / 3)
        with tap.case("a system call that works: the kernel's frames above the program's"):
            inside = sum(count for stack, count in profiled.folded.on.items() if stack[-1].endswith("_[k]"))
            print(f"# {inside} of {sum(profiled.folded.on.values())} ticks in the kernel")
            assert inside >= 0.8 * sum(profiled.folded.on.values()), profiled.folded.largest()
            check_whole(profiled)
            check_rate(profiled)


def waits(programs):
    with tap.session("waits"):
        profiled = Profiled(programs["nofp"], "waits")
        main = collections.Counter({stack: count for stack, count in profiled.folded.off.items() if "main" in stack})
        with tap.case(f"sleep and a lock that another thread holds: within {POINTS:g} points"):
            waited = collections.Counter({stack: count for stack, count in main.items()
                                          if {"wait_in_sleep", "wait_for_lock"} & set(stack)})
            check_shares(profiled, ("wait_in_sleep", "wait_for_lock"), waited)
            expected, found = sum(profiled.truth.values()) / 1e9 * HZ, sum(waited.values())
            print(f"# {found} periods waited, {expected:.0f} expected")
            assert 0.95 * expected <= found <= 1.05 * expected, f"{found} periods waited, expected {expected:.0f}"
        with tap.case("a wait ends in the system call that waits"):
            leaves = {stack[-1] for stack in main if "wait_in_sleep" in stack}
            assert leaves & {"clock_nanosleep_[k]", "nanosleep_[k]"}, leaves
            leaves = {stack[-1] for stack in main if "wait_for_lock" in stack}
            assert "futex_[k]" in leaves, leaves
        with tap.case("waits: a recording has the same"):
            check_again(profiled)


class Requests:
    """A server under load: what was asked of it, its spans, and the samples of each request by span id."""

    def __init__(self, program, clients=4, rounds=8, hz=499):
        self.by_span, self.of_nobody = collections.defaultdict(collections.Counter), collections.Counter()
        server = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline())
            with Limpet.attach(server.pid, f"--profile={hz}") as limpet:
                limpet.start().wait_ready()
                workers = [threading.Thread(target=self.ask, args=(port, rounds)) for _ in range(clients)]
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join(120)
                server.stdin.close()
                tap.equal(server.wait(60), 0, "the server's exit code")
                limpet.wait().check_clean()
                self.stderr = limpet.stderr
                self.read(limpet.json_path, limpet.path("spans-alone"))
        finally:
            server.kill()
            server.wait()
            server.stdout.close()

    @staticmethod
    def ask(port, rounds):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(rounds):
            for path in ("/ten", "/seventy", "/wait"):
                connection.request("GET", path)
                assert connection.getresponse().read() == b"ok\n"
        connection.close()

    def read(self, path, spans_path):
        with open(path, encoding="utf-8") as lines:
            self.lines = lines.readlines()
        with open(spans_path, "w", encoding="utf-8") as spans:
            for line in self.lines:
                profile = json.loads(line).get("limpetProfile")
                if profile is None:
                    spans.write(line)
                    continue
                for stack in profile["stacks"]:
                    frames = {profile["frames"][index]["function"] for index in stack["frames"]}
                    into = self.by_span[stack["spanId"]] if "spanId" in stack else self.of_nobody
                    for name in frames & {"burn_ten", "burn_seventy", "burn_twenty", "wait_in_sleep"}:
                        into[name] += stack["onCpuNano"] + stack["offCpuNano"]
        self.spans = [span for span in span_reader.read_spans(spans_path) if span.kind == span_reader.SERVER]


def requests(programs):
    """What each request burned and waited is its own, whatever else ran at the time."""
    own = {"/ten": "burn_ten", "/seventy": "burn_seventy", "/wait": "wait_in_sleep"}
    with tap.session("requests"):
        served = Requests(programs["requests"])
        with tap.case("requests: every sample within a request is of what that request did"):
            tap.equal(len(served.spans), 4 * 8 * 3, "server spans")
            for span in served.spans:
                found = served.by_span.get(span.span_id, {})
                others = {name: time for name, time in found.items() if name != own[span.path]}
                assert not others, f"{span.path} has samples of {others}"
        with tap.case("requests: and all of it is there"):
            for path, name in own.items():
                total = sum(served.by_span[span.span_id][name] for span in served.spans if span.path == path)
                print(f"# {path}: {total / 1e6:.0f} ms in {name}, 960 ms expected")
                assert 0.85 * 960e6 <= total <= 1.2 * 960e6, f"{path}: {total / 1e6:.0f} ms in {name}"
                assert served.of_nobody[name] <= 0.05 * 960e6, f"{served.of_nobody[name] / 1e6:.0f} ms of {name} are nobody's"
        with tap.case("requests: what is done for nobody is nobody's"):
            assert served.of_nobody["burn_twenty"] > 0, served.of_nobody
            assert not any("burn_twenty" in found for found in served.by_span.values()), served.by_span
        with tap.case("requests: spans and profiles are lines as their schema says"):
            check_lines(served.lines, "resourceSpans", "limpetProfile")


def lines(programs):
    """Of limpet run, with all there is in a line: a profile, and the crash that ends it."""
    with tap.session("JSON lines"):
        with Limpet.run([programs["nofp"], "shares", "60"], f"--profile={HZ}", stdin=subprocess.PIPE) as limpet:
            limpet.start().wait_ready()
            limpet.process.stdin.write(b"go\n")
            limpet.process.stdin.flush()
            time.sleep(3)
            children = subprocess.run(["pgrep", "-P", str(limpet.pid), "shares"], stdout=subprocess.PIPE, text=True, check=True).stdout
            os.kill(int(children), signal.SIGSEGV)
            limpet.wait()
            limpet.process.stdin.close()
            tap.equal(limpet.code, 128 + signal.SIGSEGV, f"the exit code: {limpet.stderr}")
            with tap.case("JSON lines of limpet run --profile: their schema is kept"):
                with open(limpet.json_path, encoding="utf-8") as file:
                    written = file.readlines()
                check_lines(written, "limpetProfile", "resourceLogs")
                functions = {frame["function"] for line in written for frame in json.loads(line).get("limpetProfile", {}).get("frames", ())}
                assert {"main", "burn_seventy", "burn_twenty", "burn_ten"} <= functions, functions


class NewCpu(Profiled):
    """Works on a CPU that was offline when limpet came, came, went, and came again."""
    switch = "/sys/devices/system/cpu/cpu1/online"

    def turn(self, number):
        with open(self.switch, "w", encoding="ascii") as file:
            file.write(number)

    def prepare(self, target):
        self.turn("0")

    def tell(self, target):
        for number in "101":
            self.turn(number)
            time.sleep(3)  # limpet looks once a second
        os.sched_setaffinity(target.pid, {1})
        super().tell(target)


def new_cpu(programs):
    if not os.environ.get("GUEST_FOLDER") or not os.path.exists(NewCpu.switch):
        tap.skip("a CPU that comes later", "only in a guest")
        return
    with tap.session("a new CPU"):
        profiled = NewCpu(programs["nofp"], "shares")
        with tap.case("a CPU that comes online later is sampled, too"):
            check_rate(profiled)
            check_shares(profiled, ("burn_seventy", "burn_twenty", "burn_ten"))


CASES = {"shares": shares, "stripped": stripped, "threads": threads, "child": child, "recursion": recursion, "kernel": kernel,
         "waits": waits, "requests": requests, "lines": lines, "new_cpu": new_cpu}


def main():
    programs = build()
    if sys.argv[1:] == ["build"]:
        return
    run({name: lambda case=case: case(programs) for name, case in CASES.items()})


if __name__ == "__main__":
    main()
