#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The CPU profile of programs that know where their time goes: shares of functions, threads, a child, deep recursion, the
kernel's side, waits, requests, and the same profile once more from a recording.

usage: tests/e2e/test_profile.py [build | CASE…]        settings: tests/support/profiled.py
"""
import collections
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import profiled as common
import span_reader
import tap
from limpet_runner import Limpet
from profiled import HZ, POINTS, SECONDS, SKIPPED, Profiled, check_again, check_lines, check_rate, check_shares, check_whole


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
                limpet.wait().check_clean(but=SKIPPED)
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


if __name__ == "__main__":
    common.main(CASES)
