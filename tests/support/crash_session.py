# SPDX-License-Identifier: Apache-2.0
"""Crashes many programs under one limpet and brings together, for each: how it ended, its core file, its events, and
what gdb says of the core."""
import dataclasses
import glob
import os
import tempfile

import crash_reader
import elf_facts
import gdb_judge
import tap
from limpet_runner import Limpet
from process_stage import Stage

# Every crash is wanted here, however alike; the spool is the test's own.
OPTIONS = ("--crash-burst=100000", "--breadcrumbs=all", "--exit-events=on")


AGREEMENT_PERCENT = 95


@dataclasses.dataclass
class Crash:
    title: str
    program: str
    command: list
    folder: str
    environment: dict
    pid: int = 0
    code: int = 0
    events: list = dataclasses.field(default_factory=list)
    reference: dict = None
    has_later_core: bool = False  # the core is not of the fault but of a signal raised in its handling
    has_no_function: bool = False  # the innermost frame is in none: no name, perhaps no file
    compared_depth: int = gdb_judge.DEPTH
    deleted_copy: str = ""  # a file like the one it maps but that is gone

    @property
    def core(self):
        """Of the process itself; None when it left none, or (a limit of its own on the size of files) a stub of one."""
        found = [path for path in glob.glob(os.path.join(self.folder, "core*")) if os.path.getsize(path) > 65536]
        return found[0] if found else None

    def output(self, name="stdout"):
        with open(os.path.join(self.folder, name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def event(self):
        assert len(self.events) == 1, f"{len(self.events)} events, expected exactly one" + \
            "".join("\n" + event.describe() for event in self.events)
        return self.events[0]


class CrashSession:
    """with CrashSession() as session: session.crash(…); …; session.finish(); then look at what crash() gave."""

    def __init__(self, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="limpet-crash-")
        self.sentry_path = os.path.join(self.folder.name, "envelopes")
        self.stage = Stage()
        spool = os.path.join(self.folder.name, "spool")
        # The sanitizer would take the core limit from everything that limpet starts.
        self.limpet = Limpet.run(self.stage.command, f"--sentry-file={self.sentry_path}", f"--spool={spool}", *OPTIONS,
                                 *options, stdin=self.stage.stdin_read,
                                 environment={"ASAN_OPTIONS": "exitcode=99:abort_on_error=0:disable_coredump=0",
                                              "RUST_BACKTRACE": "0"})
        self.crashes = []
        self.events = []

    def start(self):
        self.limpet.start()
        self.stage.connect()
        self.limpet.wait_ready()
        return self

    def begin(self, title, program, *arguments, environment=None, folder=None):
        folder = folder or tempfile.mkdtemp(dir=self.folder.name)
        crash = Crash(title, program, [program, *arguments], folder, environment or {})
        crash.pid = self.stage.start_in_folder(crash.command, folder, environment)
        self.crashes.append(crash)
        return crash

    def end(self, crash):
        crash.code = self.stage.wait_process(crash.pid)
        return crash

    def crash(self, title, program, *arguments, **keywords):
        return self.end(self.begin(title, program, *arguments, **keywords))

    def finish(self):
        """Events find their crashes by process; those of other processes stay in self.events only."""
        self.stage.finish()
        self.limpet.wait(120)
        for line in self.limpet.stderr.splitlines():
            print(f"# {line[:300]}")
        self.events = crash_reader.read_crashes(self.sentry_path)
        by_pid = {crash.pid: crash for crash in self.crashes}
        for event in self.events:
            if event.pid in by_pid:
                by_pid[event.pid].events.append(event)
        return self

    def strangers(self):
        """Events of processes that crash() did not start."""
        pids = {crash.pid for crash in self.crashes}
        return [event for event in self.events if event.pid not in pids]

    def ask_gdb(self, is_wanted=lambda crash: True):
        gdb_judge.require_gdb()
        crashes = [crash for crash in self.crashes if crash.core and is_wanted(crash)]
        answers = gdb_judge.read_cores([self.request_for(crash) for crash in crashes])
        for crash in crashes:
            crash.reference = answers[crash.core]

    @staticmethod
    def request_for(crash):
        deleted = [address for path, (address, _) in elf_facts.mapped_files(crash.core).items() if path.endswith(" (deleted)")]
        return {"program": crash.program, "core": crash.core, "depth": gdb_judge.READ_DEPTH,
                "deleted": [{"path": crash.deleted_copy, "address": address} for address in deleted if crash.deleted_copy]}

    def __enter__(self):
        return self.start()

    def __exit__(self, *details):
        self.limpet.__exit__(*details)
        self.stage.__exit__(*details)
        self.folder.cleanup()


def check_images(crash, event):
    """Every file that is mapped executable stands there once with the ids that readelf finds in it."""
    files = elf_facts.mapped_files(crash.core)
    images = {}
    for image in event.images:
        name = image["code_file"].removesuffix(" (deleted)")
        assert name not in images, f"{name} stands twice among the images"
        images[name] = image
    for path, (low, high) in files.items():
        image = images.get(path.removesuffix(" (deleted)"))
        assert image, f"{path} is not among the images: {sorted(images)}"
        start, size = crash_reader.read_address(image["image_addr"]), image["image_size"]
        assert start == low, f"{path} is mapped at {low:#x}, the event says {start:#x}"
        if path.endswith(" (deleted)"):
            path = crash.deleted_copy
        end = max(high, start + elf_facts.memory_size(path) + 4095 & ~4095)
        assert start + size <= end, f"{path} ends at {end:#x}, the event says {start + size:#x}"
        assert image.get("code_id") == elf_facts.build_id(path), \
            f"{path}: code_id {image.get('code_id')}, readelf says {elf_facts.build_id(path)}"
        assert image["debug_id"] == elf_facts.debug_id(path), f"{path}: debug_id {image['debug_id']}"
    for frame in event.frames[crash.has_no_function:]:
        inside = [path for path, (low, high) in files.items() if low <= frame.pc < high]
        assert not inside or frame.package.removesuffix(" (deleted)") == inside[0].removesuffix(" (deleted)"), \
            f"{frame.pc:#x} lies in {inside}, the event says {frame.package!r}"


def compare_stacks(crash, event):
    """(verdict of the crashed thread, verdict of all others)."""
    reference = crash.reference["threads"]
    crashed, others = gdb_judge.Verdict(), gdb_judge.Verdict()
    frames = {thread.tid: thread.frames for thread in event.threads}
    for tid, stack in reference.items():
        is_crashed = int(tid) == crash.reference["crashed"]
        if is_crashed and crash.has_later_core:
            stack = stack[next(number for number, frame in enumerate(stack) if frame["is_signal"]) + 1:]
        if is_crashed and crash.has_no_function:
            stack = [{**stack[0], "name": None}, *stack[1:]]
        title = crash.title if is_crashed else f"{crash.title}, thread {tid}"
        verdict = gdb_judge.compare(title, crash.program, stack, frames.get(int(tid), []), crash.compared_depth)
        (crashed if is_crashed else others).add(verdict)
    return crashed, others


def check_agreement(crashes):
    """Frame by frame with gdb, over everything that left a core; a crash without an event disagrees."""
    crashed, others = gdb_judge.Verdict(), gdb_judge.Verdict()
    for crash in crashes:
        if not crash.reference:
            continue
        if len(crash.events) != 1:
            crashed.total += gdb_judge.DEPTH
            crashed.disagreements.append(f"{crash.title}: {len(crash.events)} events")
            continue
        one, rest = compare_stacks(crash, crash.events[0])
        crashed.add(one)
        others.add(rest)
    for what, verdict in (("crashed threads", crashed), ("other threads", others)):
        print(f"# {what}: {verdict.agreed} of {verdict.total} frames are gdb's: {verdict.percent:.2f} %")
        for line in verdict.disagreements:
            print(f"#   {line}")
        if verdict.total:
            with tap.case(f"{what}: at least {AGREEMENT_PERCENT} % of the frames are gdb's"):
                assert verdict.percent >= AGREEMENT_PERCENT, f"{verdict.percent:.2f} %"
