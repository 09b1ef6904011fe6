#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the kernel side captures of processes that die, record by record: crash_cases.c says how each one dies.

All cases run under one `limpet run --record`; a driver starts them one after the other and prints their process ids.
usage: test_crash_records.py [SOURCE]      capture source, default auto
"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from crash_records import (FATAL, HANDLED, NOT_DUMPABLE, PAGE_BYTES, PC, SIBLING, SP, TRUNCATED, CrashRecords)
from limpet_runner import ROOT, Limpet, environment_for

PROGRAMS = os.path.join(ROOT, ".build", "tests", "e2e", "crashes")
PROGRAM = os.path.join(PROGRAMS, "crash_cases")
SOURCE = sys.argv[1] if len(sys.argv) > 1 else "auto"
MAGIC = 0x1122334455667788
THREAD_MAGIC = 0x5a5a << 48
RBX = 3
DRIVER = """
import os, resource, signal, subprocess, sys
if len(sys.argv) > 3:
    os.chdir(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
def start(*arguments, **keywords):
    return subprocess.Popen([sys.argv[1], *arguments], stderr=subprocess.DEVNULL, **keywords)
for name in sys.argv[2].split():
    case = start(name, stdout=subprocess.DEVNULL)
    print(name, case.pid, case.wait(), flush=True)
for name, number in (("killed", signal.SIGKILL), ("terminated", signal.SIGTERM)):
    case = start("wait", stdout=subprocess.PIPE)
    case.stdout.readline()
    os.kill(case.pid, number)
    print(name, case.pid, case.wait(), flush=True)
print("driver", os.getpid(), 0)
"""
NAMES = """
    null survive flood flood_abort fault_exit reraise abort abort_in_handler blocked ignored siblings
    in_thread exit_threads survive_threads exec_threads leader_first status overflow overflow_thread sparse
    undumpable trap illegal divide bus noncanonical read_only forbidden in_child trail
"""


class Story:
    """One run of everything: what came of each case."""

    def __init__(self, folder, names, *options, has_cores=False):
        self.recording = os.path.join(folder, "crashes.rec")
        arguments = [PROGRAM, names, folder] if has_cores else [PROGRAM, names]
        self.limpet = Limpet.run([sys.executable, "-c", DRIVER, *arguments], f"--record={self.recording}",
                                 f"--capture-source={SOURCE}", *options)
        self.processes = {}

    def play(self):
        self.limpet.start().wait(300)
        for line in self.limpet.stdout.splitlines():
            name, pid, code = line.split()
            self.processes[name] = (int(pid), int(code))

    def losses(self):
        """Without runs that the kernel skipped: newer ones preempt our programs, and count it."""
        return {reason: count for reason, count in self.limpet.lost().items() if reason != "program_skipped"}

    def of(self, name):
        return CrashRecords(self.recording, self.processes[name][0])


def check_death(records, signal=0, status=0, fault_tid=0):
    tap.equal(len(records.deaths), 1, "deaths")
    death = records.deaths[0]
    tap.equal(death.exit_code & ~0x80, status << 8 | signal, "exit code")
    tap.equal(death.fault_tid, fault_tid, "thread that died of its fault")
    tap.equal(death.is_oom, False, "out of memory")
    for thread in records.threads:
        tap.equal(thread.process_start_ns, death.process_start_ns, "start of the process")


def check_pages(records, thread):
    """As many pages as the record says, the first at the stack pointer or above it. Returns them."""
    pages = records.pages_of(thread)
    tap.equal(len(pages), thread.pages_copied, "pages that came")
    tap.equal(thread.pages_lost, 0, "pages lost")
    assert not pages or min(pages) >= thread.registers[SP] & ~(PAGE_BYTES - 1), "no page below the stack pointer"
    return pages


def word_at(pages, address):
    page = pages[address & ~(PAGE_BYTES - 1)]
    return int.from_bytes(page[address % PAGE_BYTES:address % PAGE_BYTES + 8], "little")


def the_only(records, kind, signal, code):
    tap.equal([thread.kind for thread in records.threads], [kind], "threads")
    thread = records.threads[0]
    tap.equal((thread.signal, thread.code), (signal, code), "signal and code")
    return thread


def check_magic(records, thread):
    """crash_cases.c: fault()."""
    tap.equal(thread.fault_address, 8, "fault address")
    tap.equal(thread.registers[RBX], MAGIC, "rbx")
    tap.equal(word_at(check_pages(records, thread), thread.registers[SP]), MAGIC, "top of the stack")


def single_faults(story):
    """name, signal, code, fault address (None: whatever)."""
    for name, signal, code, address in (
            ("null", 11, 1, 8), ("blocked", 11, 1, 8), ("ignored", 11, 1, 8), ("in_thread", 11, 1, 8), ("sparse", 11, 1, 8),
            ("read_only", 11, 2, None), ("noncanonical", 11, 0x80, 0), ("trap", 5, 0x80, None), ("illegal", 4, 2, None),
            ("divide", 8, 1, None), ("bus", 7, 2, None), ("forbidden", 31, 1, None)):
        with tap.case(f"{name}: signal {signal}, code {code}"):
            records = story.of(name)
            if name == "forbidden" and not records.threads:
                check_death(records, 31)
                raise tap.Skip("before 5.16 the kernel delivers no signal to whom seccomp kills")
            thread = [thread for thread in records.threads if thread.kind != SIBLING][0]
            tap.equal((thread.kind, thread.signal, thread.code), (FATAL, signal, code), "kind, signal and code")
            tap.equal(thread.disposition, 0, "disposition")
            if address is not None:
                tap.equal(thread.fault_address, address, "fault address")
            if address == 8:
                check_magic(records, thread)
            else:
                check_pages(records, thread)
            if name in ("illegal", "divide"):
                tap.equal(thread.fault_address, thread.registers[PC], "fault address of the instruction")
            check_death(records, signal)


def handled_faults(story):
    with tap.case("a handled fault and survival: one record of it, no crash"):
        records = story.of("survive")
        thread = the_only(records, HANDLED, 11, 1)
        check_magic(records, thread)
        assert thread.disposition > 1, "the handler's address"
        check_death(records)
    with tap.case("a handled fault, then an exit with other threads: they are not captured"):
        records = story.of("survive_threads")
        the_only(records, HANDLED, 11, 1)
        check_death(records)
    with tap.case("a handler that exits: the fault, and who ended the process"):
        records = story.of("fault_exit")
        thread = the_only(records, HANDLED, 11, 1)
        check_magic(records, thread)
        check_death(records, status=139, fault_tid=thread.tid)
    with tap.case("a handler that raises again: the fault, then the end"):
        records = story.of("reraise")
        tap.equal([(thread.kind, thread.code) for thread in records.threads], [(HANDLED, 1), (FATAL, -6)], "threads")
        check_magic(records, records.threads[0])
        tap.equal(records.threads[1].sender_pid, story.processes["reraise"][0], "sender")
        check_death(records, 11, fault_tid=records.threads[0].tid)
    with tap.case("abort in a handler on another stack: both stacks"):
        records = story.of("abort_in_handler")
        tap.equal([(thread.kind, thread.signal) for thread in records.threads], [(HANDLED, 11), (FATAL, 6)], "threads")
        handled, fatal = records.threads
        check_magic(records, handled)
        pages = records.pages_of(fatal)
        tap.equal(len(pages), fatal.pages_copied, "pages that came")
        assert fatal.registers[SP] & ~(PAGE_BYTES - 1) in pages, "the handler's stack"
        tap.equal(word_at(pages, handled.registers[SP]), MAGIC, "top of the stack it came from")
        check_death(records, 6, fault_tid=handled.tid)
    with tap.case("100 handled faults: 8 stacks at once, the last one when the process ends"):
        records = story.of("flood")
        tap.equal([thread.kind for thread in records.threads], [HANDLED] * 9, "threads")
        for thread in records.threads:
            tap.equal((thread.fault_address, thread.registers[RBX]), (8, MAGIC), "fault address and rbx")
        times = [thread.time_ns for thread in records.threads]
        tap.equal(times, sorted(times), "order")
        check_death(records, status=139, fault_tid=records.threads[0].tid)
    with tap.case("20 handled faults and an abort: the last fault's registers, its stack with the abort's"):
        records = story.of("flood_abort")
        tap.equal([thread.kind for thread in records.threads], [HANDLED] * 9 + [FATAL], "threads")
        late, fatal = records.threads[8:]
        tap.equal((late.registers[RBX], late.pages_copied), (MAGIC, 0), "rbx and pages of the last fault")
        tap.equal(word_at(records.pages_of(fatal), late.registers[SP]), MAGIC, "top of the stack it came from")
        check_death(records, 6, fault_tid=late.tid)
    with tap.case("all other faults are counted"):
        tap.equal(story.losses(), {"fault_rate": 92 + 12}, "losses")


def threads(story):
    with tap.case("eight siblings: registers and stacks of all"):
        records = story.of("siblings")
        tap.equal([thread.kind for thread in records.threads], [FATAL] + [SIBLING] * 8, "threads")
        check_magic(records, records.threads[0])
        tap.equal(sorted(thread.registers[RBX] - THREAD_MAGIC for thread in records.threads[1:]), list(range(8)), "rbx")
        for thread in records.threads[1:]:
            pages = check_pages(records, thread)
            assert 1 <= len(pages) <= 4, f"{len(pages)} pages"
            tap.equal(word_at(pages, thread.registers[SP]), thread.registers[RBX], "top of the stack")
            tap.equal((thread.signal, thread.code), (9, 0), "signal and code")
        tap.equal(len({thread.tid for thread in records.threads}), 9, "thread ids")
        tap.equal(records.threads[0].live_threads, 9, "living threads")
        check_death(records, 11)
    with tap.case("a crash in another thread: its name, and the first thread as a sibling"):
        records = story.of("in_thread")
        tap.equal([(thread.kind, thread.name) for thread in records.threads],
                  [(FATAL, "the-one"), (SIBLING, "crash_cases")], "threads")
        tap.equal(records.deaths[0].name, "crash_cases", "name of the process")
    for name, status in (("exit_threads", 0), ("exec_threads", 0), ("leader_first", 3), ("status", 3)):
        with tap.case(f"{name}: no thread is captured, status {status}"):
            records = story.of(name)
            tap.equal(records.threads + records.pages + records.sent, [], "threads, pages and signals")
            check_death(records, status=status)
    with tap.case("a child crashes: its own records, none for the parent"):
        parent = story.of("in_child")
        tap.equal(parent.threads, [], "threads")
        check_death(parent)
        children = [death for death in CrashRecords(story.recording).deaths if death.name == "crash_cases" and
                    death.tgid not in {pid for pid, _ in story.processes.values()}]
        tap.equal(len(children), 1, "children")
        check_magic(CrashRecords(story.recording, children[0].tgid),
                    the_only(CrashRecords(story.recording, children[0].tgid), FATAL, 11, 1))


def stacks(story):
    for name in ("overflow", "overflow_thread"):
        with tap.case(f"{name}: the pages above the guard"):
            records = story.of(name)
            thread = records.of_kind(FATAL)[0]
            check_pages(records, thread)
            tap.equal(thread.pages_copied, 32, "pages copied")
            tap.equal(thread.flags, TRUNCATED, "flags")
            assert abs(thread.fault_address - thread.registers[SP]) < 65536, "the fault is at the stack pointer"
            check_death(records, 11)
    with tap.case("large frames: pages beyond those that were never touched"):
        records = story.of("sparse")
        thread = the_only(records, FATAL, 11, 1)
        pages = check_pages(records, thread)
        assert max(pages) - min(pages) > 5 * 40000, f"pages over {max(pages) - min(pages)} bytes"
        tap.equal(thread.flags & TRUNCATED, 0, "truncated")
    with tap.case("not dumpable: pc, code and address, nothing of its memory"):
        records = story.of("undumpable")
        thread = the_only(records, FATAL, 11, 1)
        tap.equal((thread.fault_address, thread.flags, thread.pages_copied), (8, NOT_DUMPABLE, 0), "address, flags, pages")
        assert thread.registers[PC], "pc"
        tap.equal([i for i, value in enumerate(thread.registers) if value], [PC], "registers that are there")
        tap.equal(records.pages, [], "pages")


def signals(story):
    driver = story.processes["driver"][0]
    for name, number in (("killed", 9), ("terminated", 15)):
        with tap.case(f"{name}: who sent it"):
            records = story.of(name)
            tap.equal(records.threads, [], "threads")
            tap.equal([(sent.sender_tgid, sent.sender_tid, sent.sender_uid, sent.signal, sent.code, sent.is_oom)
                       for sent in records.sent], [(driver, driver, os.getuid(), number, 0, False)], "senders")
            assert records.sent[0].sender_name.startswith("python3"), records.sent[0].sender_name
            check_death(records, number)
    with tap.case("abort: sent by itself"):
        records = story.of("abort")
        thread = the_only(records, FATAL, 6, -6)
        tap.equal((thread.sender_pid, thread.sender_uid), (thread.tgid, os.getuid()), "sender")
        tap.equal(records.sent, [], "signals sent by others")
        check_pages(records, thread)
        check_death(records, 6)


def trails(story):
    with tap.case("the trail: the last 16 failed calls, standard error"):
        trail = story.of("trail").trails[0]
        close, read, bad_descriptor = 3, 0, 9
        expected = [(close, bad_descriptor, fd) for fd in range(905, 920)] + [(read, bad_descriptor, 2**32 - 1)]
        tap.equal([(call.number, call.error, call.argument & 0xffffffff) for call in trail.calls], expected, "failed calls")
        tail = b"x" * 252 + b"end\n"
        tap.equal([(piece.size, piece.bytes) for piece in trail.pieces],
                  [(6, b"short\n"), (600, tail), (24, b"free(): invalid pointer\n"),
                   (616, tail[16:] + b"invalid pointer\n")], "standard error")
    with tap.case("who ends well leaves no trail"):
        tap.equal(story.of("exit_threads").trails, [], "trails")


def limits(folder):
    """The same with little room: what does not fit is counted."""
    story = Story(folder, "siblings overflow null", "--crash-stack=8KiB", "--crash-thread-stack=4KiB", "--crash-threads=2",
                  "--breadcrumbs=off")
    with story.limpet:
        story.play()
        with tap.case("two pages of the crashing thread, one of two others"):
            records = story.of("siblings")
            tap.equal([thread.kind for thread in records.threads], [FATAL, SIBLING, SIBLING], "threads")
            tap.equal(story.losses(), {"crash_threads": 6}, "losses")
            for thread in records.threads[1:]:
                tap.equal(len(check_pages(records, thread)), 1, "pages of a sibling")
            thread = story.of("overflow").threads[0]
            tap.equal((len(check_pages(story.of("overflow"), thread)), thread.flags), (2, TRUNCATED), "pages and flags")
            tap.equal(CrashRecords(story.recording).trails, [], "trails")
    story = Story(folder, "overflow null", "--crash-ring-size=64KiB", "--breadcrumbs=off")
    with story.limpet:
        story.play()
        with tap.case("a ring of 15 pages: the first ones, the others counted"):
            records = story.of("overflow")
            thread = records.threads[0]
            # On a busy machine the agent may read one while the others are copied, which makes room for another.
            tap.equal(thread.pages_copied + thread.pages_lost, 32, "pages copied and lost")
            assert 15 <= thread.pages_copied < 32, f"{thread.pages_copied} pages copied"
            pages = records.pages_of(thread)
            tap.equal(len(pages), thread.pages_copied, "pages")
            tap.equal(sorted(pages)[:15], [min(pages) + i * PAGE_BYTES for i in range(15)], "the first pages")
            tap.equal(story.losses(), {"stack_ring_full": thread.pages_lost}, "losses")


def switched_off(folder):
    story = Story(folder, "null flood siblings abort trail status", "--crashes=off")
    with story.limpet:
        story.play()
        with tap.case("crashes off: deaths and nothing else"):
            records = CrashRecords(story.recording)
            tap.equal(records.threads + records.pages + records.sent + records.trails, [], "records")
            for name, signal, status in (("null", 11, 0), ("flood", 0, 139), ("siblings", 11, 0), ("status", 0, 3),
                                         ("killed", 9, 0)):
                check_death(story.of(name), signal, status)
            tap.equal(story.losses(), {}, "losses")


def core_dumps(folder):
    """Before 5.17 a process that dumps its core is not exiting yet when its other threads are killed."""
    story = Story(folder, "siblings null", has_cores=True)
    with story.limpet:
        story.play()
        with tap.case("with core dumps: the same records, and the flag"):
            records = story.of("siblings")
            tap.equal([thread.kind for thread in records.threads], [FATAL] + [SIBLING] * 8, "threads")
            tap.equal([death.exit_code for death in records.deaths], [0x80 | 11], "exit code")


def out_of_memory(folder):
    title = "out of memory in a control group: who was chosen, and that it was that"
    if "GUEST_FOLDER" not in os.environ:
        tap.skip(title, "control groups are made in guests only")
        return
    group = "/sys/fs/cgroup/crash-records"
    with tap.case(title):
        with open("/sys/fs/cgroup/cgroup.subtree_control", "w", encoding="ascii") as file:
            file.write("+memory")
        os.makedirs(group, exist_ok=True)
        with open(os.path.join(group, "memory.max"), "w", encoding="ascii") as file:
            file.write("30M")
        recording = os.path.join(folder, "oom.rec")
        with Limpet.run(["sh", "-c", f"echo $$ > {group}/cgroup.procs; exec {PROGRAM} eat_memory"],
                        f"--record={recording}", f"--capture-source={SOURCE}") as limpet:
            limpet.start().wait()
        records = CrashRecords(recording)
        tap.equal(records.threads, [], "threads")
        tap.equal([(death.exit_code, death.is_oom, death.name) for death in records.deaths], [(9, True, "crash_cases")], "deaths")
        tap.equal([(sent.target_tgid, sent.signal, sent.is_oom) for sent in records.sent],
                  [(records.deaths[0].tgid, 9, True)], "senders")


def whole_host(folder):
    title = "the whole host: a crash of somebody nobody named, and of no process of ours"
    if "GUEST_FOLDER" not in os.environ:
        tap.skip(title, "the whole host is traced in guests only")
        return
    with tap.case(title):
        recording = os.path.join(folder, "host.rec")
        with Limpet("agent", [], [f"--record={recording}", f"--capture-source={SOURCE}"]) as limpet:
            limpet.start().wait_ready()
            with subprocess.Popen([PROGRAM, "siblings"]) as crashing:
                crashing.wait()
            limpet.stop()
        records = CrashRecords(recording, crashing.pid)
        tap.equal([thread.kind for thread in records.threads], [FATAL] + [SIBLING] * 8, "threads")
        check_magic(records, records.threads[0])
        check_death(records, 11)
        tap.equal(CrashRecords(recording, limpet.pid).deaths, [], "deaths of limpet")


def abort_message(folder):
    with tap.case("an assertion: the C library's message"):
        recording = os.path.join(folder, "abort.rec")
        subprocess.run([os.path.join(PROGRAMS, "record_abort"), recording, PROGRAM, "asserted"], check=True,
                       stderr=subprocess.DEVNULL, timeout=120, env=environment_for())
        records = CrashRecords(recording)
        thread = the_only(records, FATAL, 6, -6)
        assert thread.message.startswith("crash_cases: tests/e2e/crashes/crash_cases.c:"), thread.message
        assert thread.message.endswith(": asserted: Assertion `!\"possible\"' failed.\n"), thread.message
        check_death(records, 6)


def main():
    if os.uname().machine != "x86_64":
        tap.skip("crash records", "the cases are written for x86-64")
        tap.finish()
    with tap.session("crash records"), tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        story = Story(folder, NAMES, "--crash-ring-size=8MiB", "--breadcrumbs=all")
        with story.limpet as limpet:
            story.play()
            if limpet.code == 4 and SOURCE != "auto":
                raise tap.Skip(f"this kernel does not allow the source {SOURCE}")
            with tap.case("every process of the run died once"):
                deaths = CrashRecords(story.recording).deaths
                tap.equal(len({(death.tgid, death.process_start_ns) for death in deaths}), len(deaths), "deaths")
                tap.equal(limpet.code, 0, "exit code of limpet")
            for part in (single_faults, handled_faults, threads, stacks, signals, trails):
                part(story)
        for part in (limits, switched_off, core_dumps, out_of_memory, whole_host, abort_message):
            part(folder)
    tap.finish()


main()
