#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The CPU profile of programs in languages with a compiler or an interpreter of their own, which know where their time goes: Node and
Java by their perf maps, Python by its frames.

usage: tests/e2e/test_profile_runtimes.py [CASE…]        settings of test_profile.py, and PROFILE_PYTHONS=system (no other versions)
"""
import collections
import glob
import os
import re
import shutil
import subprocess

from test_profile import BUILT, POINTS, SECONDS, SOURCES, Profiled, check_again, check_lines, check_shares, check_whole, run
import tap

# Functions of their own for the compiler, which says where it puts them in /tmp/perf-PID.map.
NODE = ("node", "--perf-basic-prof", "--no-turbo-inlining", "-e")
NODE_PROGRAM = """
let sink = 1;
function burnSeventy(rounds) { let v = sink; for (let i = 0; i < rounds; i++) v = (v * 48271) % 2147483647; sink = v; }
function burnTen(rounds) { let v = sink; for (let i = 0; i < rounds; i++) v = (v * 48271) % 2147483647; sink = v; }
const accounts = [{name: "burnSeventy", burn: burnSeventy, share: 7, ns: 0}, {name: "burnTen", burn: burnTen, share: 1, ns: 0}];
function work(seconds) {
	const end = Date.now() + seconds * 1000;
	while (Date.now() < end) {
		const account = accounts[Math.floor(Math.random() * 2)], begin = process.cpuUsage();
		account.burn(account.share * 200000);
		const used = process.cpuUsage(begin);
		account.ns += 1000 * (used.user + used.system);
	}
}
work(0.5);
for (const account of accounts) account.ns = 0;
console.log("up");
process.stdin.once("data", () => {
	work(Number(process.argv[1]));
	console.log(JSON.stringify(Object.fromEntries(accounts.map(a => [a.name, a.ns]))));
	process.exit(0);
});
"""
# HotSpot's compiled code is walked by its frame pointers, and named by the map that jcmd has it write.
JAVA_FLAGS = ("-XX:+PreserveFramePointer", "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline,Shares::burn*", "-Xmx64m",
              "-XX:+UseSerialGC")
PYTHON_PROGRAM = """
import json, random, sys, threading, time

def burn(rounds):
    value = 1
    for _ in range(rounds):
        value = value * 48271 % 2147483647
    return value

class Shop:
    def burn_seventy(self, rounds):
        return burn(rounds)

    def burn_ten(self, rounds):
        return sum(map(self.inner, [rounds]))  # called from C

    def inner(self, rounds):
        return burn(rounds)

def work(seconds, spent):
    shop, end = Shop(), time.monotonic() + seconds
    while time.monotonic() < end:
        name = random.choice(("burn_seventy", "burn_ten"))
        begin = time.thread_time_ns()
        getattr(shop, name)(70000 if name == "burn_seventy" else 10000)
        spent[name] += time.thread_time_ns() - begin

print("up", flush=True)
sys.stdin.readline()
spent = {"burn_seventy": 0, "burn_ten": 0}
thread = threading.Thread(target=work, args=(float(sys.argv[1]), spent))
thread.start()
thread.join()
print(json.dumps(spent), flush=True)
"""


def compiled():
    if not shutil.which("node"):
        tap.skip("compiled code of Node", "no node here")
        return
    with tap.session("compiled"):
        profiled = Profiled(NODE, NODE_PROGRAM)
        with tap.case(f"compiled code of Node, by its perf map: within {POINTS:g} points"):
            check_shares(profiled, ("burnSeventy", "burnTen"), pattern=r"\S*{}\b.*_\[j\]")
        with tap.case("compiled code of Node: through the C++ that called it, down to _start"):
            whole = profiled.folded.whole(("_start",))
            print(f"# {whole:.1f} % have _start")
            assert whole >= 95, profiled.folded.largest()


class Java(Profiled):
    """Its map is written once it is warm, as its user would have it written."""
    before = ()

    def __init__(self, task, seconds=SECONDS):
        folder = os.path.join(BUILT, "java")
        source = os.path.join(SOURCES, "Shares.java")
        if not os.path.exists(os.path.join(folder, "Shares.class")) or \
                os.path.getmtime(os.path.join(folder, "Shares.class")) < os.path.getmtime(source):
            os.makedirs(folder, exist_ok=True)
            subprocess.run(["javac", "-d", folder, source], check=True)
        super().__init__((*self.before, "java", *JAVA_FLAGS, "-cp", folder, "Shares"), task, "--profile-off-cpu=0", seconds=seconds)

    @staticmethod
    def write_map(target):
        subprocess.run(["jcmd", str(target.pid), "Compiler.perfmap"], stdout=subprocess.DEVNULL, check=True, timeout=60)

    def prepare(self, target):
        self.write_map(target)


class LateJava(Java):
    """What was compiled after the first map is in the second, which is written while limpet reads."""

    def tell(self, target):
        super().tell(target)
        assert target.stdout.readline() == "warm\n"
        self.write_map(target)
        super().tell(target)


class ContainedJava(Java):
    """With a /tmp and a PID of its own, as in a container: its map is perf-1.map."""
    before = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", 'mount -t tmpfs none /tmp && exec "$@"', "sh")

    @staticmethod
    def write_map(target):
        with open(f"/proc/{target.pid}/task/{target.pid}/children", encoding="ascii") as file:
            java = file.read().strip()
        subprocess.run(["nsenter", f"--target={java}", "--mount", "--pid", "jcmd", "1", "Compiler.perfmap"],
                       stdout=subprocess.DEVNULL, check=True, timeout=60)
        assert os.path.exists(f"/proc/{java}/root/tmp/perf-1.map") and not os.path.exists("/tmp/perf-1.map")


JAVA_PATTERN = r"void Shares\.{}\(int\)_\[j\]"


def check_java_stacks(profiled):
    """The launcher's thread, its call into Java through HotSpot's stub, main (interpreted) and what it called: in this order."""
    calls = [r"start_thread|clone3?", r"JavaMain", r"StubRoutines.*_\[j\]", r"Interpreter_\[j\]", r"void Shares\.workOnce\(int, int\)_\[j\]",
             r"void Shares\.burn\(int, int\)_\[j\]", JAVA_PATTERN.format("burn(Seventy|Ten)")]
    good = total = 0
    for stack, count in profiled.folded.on.items():
        if not any(re.fullmatch(calls[-1], frame) for frame in stack):
            continue
        at = 0
        for frame in stack:
            at += at < len(calls) and bool(re.fullmatch(calls[at], frame))
        total += count
        good += count if at == len(calls) else 0
    print(f"# {good} of {total} have the thread's start, JavaMain, HotSpot's stub, main, and what burns")
    assert total and good >= 0.95 * total, profiled.folded.largest()


def jvm():
    missing = [name for name in ("java", "javac", "jcmd") if not shutil.which(name)]
    if missing:
        tap.skip("compiled code of Java", f"no {' and no '.join(missing)} here")
        return
    with tap.session("Java"):
        profiled = Java("shares")
        with tap.case(f"compiled code of Java, by the map of jcmd: within {POINTS:g} points"):
            of_main = collections.Counter({stack: count for stack, count in profiled.folded.on.items() if "JavaMain" in stack})
            check_shares(profiled, ("burnSeventy", "burnTen"), of_main, JAVA_PATTERN)
        with tap.case("compiled code of Java: through main and HotSpot's stubs to where the thread began"):
            check_java_stacks(profiled)
            check_whole(profiled, ("start_thread", "clone3", "clone"))
        with tap.case("compiled code of Java: a recording has the same, lines are as their schema says"):
            check_again(profiled)
            check_lines(profiled.lines, "limpetProfile")
    with tap.session("Java in a container"):
        profiled = ContainedJava("shares", seconds=SECONDS / 3)
        with tap.case("Java with namespaces of its own: its map is found, stacks are whole"):
            check_java_stacks(profiled)
            check_whole(profiled, ("start_thread", "clone3", "clone"))
    with tap.session("Java, a map written anew"):
        profiled = LateJava("late")
        with tap.case(f"Java that compiles more while it is looked at: its second map is read, within {POINTS:g} points"):
            named = collections.Counter({stack: count for stack, count in profiled.folded.on.items()
                                         if any(re.fullmatch(JAVA_PATTERN.format("burn(Seventy|Ten)"), frame) for frame in stack)})
            check_shares(profiled, ("burnSeventy", "burnTen"), named, JAVA_PATTERN)


def pythons():
    """Of each version there is one that runs, the system's first."""
    found = {}
    places = ["/usr/bin/python3"]
    if os.environ.get("PROFILE_PYTHONS") != "system":
        places += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python3")))
    for path in filter(os.path.exists, places):
        asked = subprocess.run([path, "-c", "import sys; print(*sys.version_info[:2])"], stdout=subprocess.PIPE, text=True, check=False)
        major, minor = map(int, asked.stdout.split() or (0, 0))
        if major == 3 and 8 <= minor <= 13:
            found.setdefault(minor, path)
    return found


def python():
    for minor, path in sorted(pythons().items()):
        with tap.session(f"Python 3.{minor}"):
            profiled = Profiled((path, "-c"), PYTHON_PROGRAM, seconds=SECONDS / 2)
            prefix = "Shop." if minor >= 11 else ""
            with tap.case(f"Python 3.{minor}: functions of a class in a thread, within {POINTS:g} points"):
                check_shares(profiled, ("burn_seventy", "burn_ten"), pattern=re.escape(prefix) + "{}")
            with tap.case(f"Python 3.{minor}: frames stand where the interpreter's function was"):
                stacks = collections.Counter({stack: count for stack, count in profiled.folded.on.items() if prefix + "burn_ten" in stack})
                calls = [name for name in ("run", "work", "burn_ten", "inner", "burn")]
                good = 0
                for stack, count in stacks.items():
                    names = [frame.rsplit(".", 1)[-1] for frame in stack]
                    places = [names.index(name) if name in names else -1 for name in calls]
                    good += count if -1 not in places and places == sorted(places) else 0
                print(f"# {good} of {sum(stacks.values())} have {', '.join(calls)} in this order")
                assert good >= 0.9 * sum(stacks.values()), "\n".join(";".join(stack) for stack in stacks)
                check_whole(profiled, ("start_thread", "clone3", "clone", "_start"))
            with tap.case(f"Python 3.{minor}: a recording has the same"):
                check_again(profiled)


CASES = {"compiled": compiled, "jvm": jvm, "python": python}

if __name__ == "__main__":
    run(CASES)
