# SPDX-License-Identifier: Apache-2.0
"""What tests/e2e/test_profile*.py share: one run of a target under `limpet attach --profile`, and checks of what it saw.

PROFILE_SECONDS=8 per program, PROFILE_HZ=399, PROFILE_POINTS=3, PROFILE_SLACK=10 (percent of all ticks)
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

import json_line_schema
import tap
from limpet_runner import ROOT, Limpet

SOURCES = os.path.join(ROOT, "tests", "e2e", "profile_targets")
BUILT = os.path.join(ROOT, ".build", "tests", "e2e", "profile_targets")
SECONDS = float(os.environ.get("PROFILE_SECONDS", "8"))
HZ = int(os.environ.get("PROFILE_HZ", "399"))
SLACK = float(os.environ.get("PROFILE_SLACK", "10"))  # percent of ticks that may be missing, or too many
POINTS = float(os.environ.get("PROFILE_POINTS", "3"))
# A kernel that preempts programs leaves runs out: fewer ticks, which PROFILE_SLACK bounds. A page that it moves just then cannot be
# read: a stack that is not whole, of which check_whole lets few pass.
SKIPPED = ("program_skipped", "profile_stack_unreadable")
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
                limpet.wait().check_clean(but=SKIPPED)
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


def check_again(profiled):
    """A recording has the same stacks."""
    tap.equal(profiled.again.on, profiled.folded.on, "stacks on the CPU, replayed")
    tap.equal(profiled.again.off, profiled.folded.off, "stacks off the CPU, replayed")


def main(cases):
    """usage: [build | CASE…]"""
    programs = build()
    if sys.argv[1:] == ["build"]:
        return
    if os.geteuid() != 0:
        tap.skip("profiles", "needs root")
        tap.finish()
    for name in sys.argv[1:] or cases:
        cases[name](programs)
    tap.finish()
