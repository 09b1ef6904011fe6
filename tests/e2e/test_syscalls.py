#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""System calls counted (--events=…,syscalls) as plain lines, and detail given up under --max-overhead: said and counted."""
import os
import re
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from limpet_runner import Limpet
from report_reader import read_report

PROGRAM = """
import os, threading
def work():
    for _ in range(1000): os.getppid()
    for _ in range(500): os.sched_yield()
    for path in ["/nonexistent"] * 40 + ["/proc/version"] * 30:
        try: os.rmdir(path)
        except OSError: pass
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
if os.fork() == 0:
    work()
    os._exit(0)
os.wait()
"""
BUSY = """
import os, time
end = time.monotonic() + 12
while time.monotonic() < end:
    for _ in range(10000): os.getppid()
"""
# It also talks, for where watching sockets costs those alone who do, and has a TLS library.
TALKING = """
import os, socket, ssl, time
one, other = socket.socketpair()
end = time.monotonic() + 16
while time.monotonic() < end:
    for _ in range(10000): os.getppid()
    for _ in range(100):
        one.send(b"a word")
        other.recv(6)
"""
WORKERS = 5  # four threads and a child


def told(limpet):
    found = re.findall(r"^limpet: system call (\w+): (\d+) in ([\d.]+) s(?:, (\d+) failed: (.*))?$", limpet.stderr, re.MULTILINE)
    return {name: (int(count), int(failed or 0), words) for name, count, _, failed, words in found}


def skipped(limpet):
    """Nothing else was lost. A kernel that preempts our programs skips some runs, and counts them: so many calls may be missing."""
    lost = limpet.lost()
    missing = lost.pop("program_skipped", 0)
    tap.equal((limpet.code, lost), (0, {}), f"exit code and losses of {limpet.stderr}")
    return missing


def is_count(found, wanted, missing, what):
    assert wanted - missing <= found <= wanted, f"{what}: {found}, expected {wanted}, {missing} runs skipped"


def check_counts():
    for source in ("auto", "tracepoint"):
        with tap.case(f"counts of threads and children, by errno ({source})"), \
                Limpet.run([sys.executable, "-c", PROGRAM], "--events=spans,crashes,syscalls", f"--capture-source={source}") as limpet:
            missing = skipped(limpet.start().wait())
            shown = told(limpet)
            for name, wanted in (("getppid", 1000 * WORKERS), ("sched_yield", 500 * WORKERS), ("rmdir", 70 * WORKERS)):
                is_count(shown.get(name, (0,))[0], wanted, missing, f"{name} of {shown}")
            is_count(shown["rmdir"][1], 70 * WORKERS, missing, "rmdir that failed")
            errors = dict(pair.split(" ") for pair in shown["rmdir"][2].split(", "))
            is_count(int(errors["ENOENT"]), 40 * WORKERS, missing, "ENOENT")
            is_count(int(errors["ENOTDIR"]), 30 * WORKERS, missing, "ENOTDIR")
    with tap.case("counts on the page of --html"), tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        page = os.path.join(folder, "page.html")
        with Limpet.run([sys.executable, "-c", PROGRAM], "--events=syscalls", f"--html={page}") as limpet:
            missing = skipped(limpet.start().wait())
            rows = {row["name"]: row for row in read_report(page)["syscalls"]}
            is_count(rows["getppid"]["count"], 1000 * WORKERS, missing, "getppid")
            tap.equal(rows["getppid"]["failed"], 0, "getppid that failed")
            tap.equal([error["name"] for error in rows["rmdir"]["errors"]], ["ENOENT", "ENOTDIR"], "errors of rmdir")
            is_count(rows["rmdir"]["errors"][0]["count"], 40 * WORKERS, missing, "ENOENT")
    with tap.case("nothing is counted that nobody asked for"), Limpet.run([sys.executable, "-c", "pass"]) as limpet:
        limpet.start().wait()
        tap.equal(told(limpet), {}, "system calls")


def probes_of(limpet):
    """How many descriptors hold probes: of a kernel without uprobe_multi, one for each function."""
    folder, count = f"/proc/{limpet.pid}/fd", 0
    for name in os.listdir(folder):
        try:
            target = os.readlink(os.path.join(folder, name))
        except FileNotFoundError:  # closed since
            continue
        count += target in ("anon_inode:[perf_event]", "anon_inode:bpf_link", "anon_inode:bpf-link")
    return count


def probes_until(limpet, text):
    """The most there were until it said so, and how few there are a little later."""
    most = 0
    while text not in limpet.stderr and limpet.process.poll() is None:
        most = max(most, probes_of(limpet))
        time.sleep(0.05)
    end = time.monotonic() + 2
    fewest = most
    while time.monotonic() < end and limpet.process.poll() is None:
        fewest = min(fewest, probes_of(limpet))
        time.sleep(0.05)
    return most, fewest


def check_overhead():
    with tap.case("--max-overhead: given up in order, said and counted; crashes are still seen"), \
            Limpet.run([sys.executable, "-c", TALKING + "os.abort()"], "--events=spans,crashes,exceptions,syscalls", "--tls",
                       "--max-overhead=0.01") as limpet:
        most, fewest = probes_until(limpet.start(), "no longer seen: traffic")
        limpet.wait()
        # Functions of OpenSSL, more than the programs of everything else together.
        assert fewest < most / 2, f"{most} probes, {fewest} after traffic was given up"
        said = re.findall(r"limpet's programs take [\d.]+ % of one CPU, the limit is 0\.01 %: no longer seen: (.*)", limpet.stderr)
        assert said and said[0] == "counts of system calls", limpet.stderr
        tap.equal(limpet.lost().get("overhead_shed"), len(said), f"steps of {limpet.stderr}")
        assert re.search(r"^limpet: limpet's programs took [\d.]+ % of one CPU$", limpet.stderr, re.MULTILINE), limpet.stderr
        assert re.search(r"^limpet: 1 crash$", limpet.stderr, re.MULTILINE), limpet.stderr
        tap.equal(limpet.code, 128 + 6, "exit code")
    with tap.case("--max-overhead that is kept: nothing is given up"), \
            Limpet.run([sys.executable, "-c", BUSY.replace("12", "4")], "--max-overhead=90") as limpet:
        skipped(limpet.start().wait())


check_counts()
check_overhead()
tap.finish()
