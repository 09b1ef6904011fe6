#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the kernel side sends of a program's output, chunk by chunk: output_cases.c writes what it is told to, record_output.c records
it with two markers and two openings of its own.

usage: test_program_output.py [PART…]      places, calls, streams, fastcgi, losses; without: all of these
       test_program_output.py kernel         what depends on the kernel, in few recordings: for guests
"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from limpet_runner import ROOT
from output_records import FIRST, LAST, MISSING, Stream, by_thread, chunks_of, read_output

PROGRAMS = os.path.join(ROOT, ".build", "tests", "e2e", "output")
LONG, SHORT, ODD = "Traceback (most recent call last", "MARKER7", "\n    at "
MARKERS = [LONG.encode(), SHORT.encode(), ODD.encode()]
OPENINGS = [b"panic: ", b"go!"]
RING, RATE = 1 << 22, 1 << 30
VECTOR_CALLS = ("writev", "pwritev", "pwritev2", "sendmsg")


def text_of(size, at, marker):
    """output_cases.c: fill()."""
    text = bytes(ord("a") + i % 26 for i in range(min(size, 26))) * (size // 26 + 1)
    text = text[:size]
    marker = marker.encode()
    return text[:at] + marker + text[at + len(marker):] if marker and at + len(marker) <= size else text


def expected_chunks(steps, descriptors=(1, 2)):
    """The same for every step, a list per thread that writes a marker."""
    threads = []
    for step in steps:
        call, *rest = step.split(",")
        if call == "thread":
            threads.append(Stream(MARKERS, OPENINGS, descriptors))
        elif call in (*VECTOR_CALLS, "coldv"):
            sizes = list(map(int, rest[3:]))
            text, buffers = text_of(sum(sizes), int(rest[1]), rest[2]), []
            for size in sizes:
                buffers.append(text[:size])
                text = text[size:]
            threads[-1].write(int(rest[0]), *buffers)
        elif call in ("write", "pwrite", "sendto", "cold", "fastcgi"):
            text = text_of(int(rest[1]), int(rest[2]), rest[3])
            threads[-1].write(int(rest[0]), b"\x01\x07" + text[2:] if call == "fastcgi" else text)
        elif call == "lines":
            for _ in range(int(rest[1])):
                threads[-1].write(int(rest[0]), text_of(int(rest[2]), 0, ""))
    return [thread.chunks for thread in threads if thread.chunks]


class Recording:
    """What came of the steps."""

    def __init__(self, folder, steps, ring=RING, rate=RATE, descriptors="1,2", output="/dev/null"):
        path = os.path.join(folder, "output.rec")
        run = subprocess.run([os.path.join(PROGRAMS, "record_output"), path, str(ring), str(rate), descriptors, output,
                              os.path.join(PROGRAMS, "output_cases"), *steps], capture_output=True, text=True, timeout=300, check=False)
        assert run.returncode == 0, f"record_output: exit code {run.returncode}\n{run.stdout}{run.stderr}"
        self.counts = {name: int(count) for name, count in map(str.split, run.stdout.splitlines())}
        assert self.counts.pop("status") == 0, "output_cases failed"
        self.process, self.records = self.counts.pop("process"), self.counts.pop("records")
        self.outputs = read_output(path)


def check(folder, steps, **keywords):
    recording = Recording(folder, steps, **keywords)
    expected = expected_chunks(steps, (0, 5, 63) if "descriptors" in keywords else (1, 2))
    threads = by_thread(recording.outputs)
    tap.equal([chunks_of(thread) for thread in threads], expected, "chunks")
    tap.equal(recording.counts, {}, "losses")
    tap.equal({output.tgid for output in recording.outputs} - {recording.process}, set(), "processes")
    for output in recording.outputs:
        tap.equal(output.context, output.tgid << 32 | output.tid, "context")
        tap.equal(output.context_kind, 0, "kind of the context")
    return recording


def place_steps():
    """By name: a marker anywhere in the first 512 bytes, whole."""
    rows = ((SHORT, (0, 1, 2, 3, 100, 127, 125, 500, 505, 506, 512, 593)), (ODD, (0, 1, 2, 3, 100, 504, 505)),
            (LONG, (0, 1, 2, 3, 97, 127, 479, 480, 481, 500, 505)))
    return {
        **{f"{len(marker)} bytes of marker at {' '.join(map(str, offsets))}":
           [step for at in offsets for step in ("thread", f"write,2,600,{at},{marker}")] for marker, offsets in rows},
        "a write of nothing but the marker, and one byte less":
        ["thread", f"write,2,7,0,{SHORT}", "thread", "write,2,6,0,MARKER", "thread", f"write,1,7,0,{SHORT}"],
        "openings are at the very start only":
        ["thread", "write,2,7,0,panic: ", "thread", "write,2,100,1,panic: ", "thread", "write,1,3,0,go!",
         "thread", "write,2,2,0,go", "thread", "write,2,6,0,panic:", "thread", "write,2,600,0,panic: "],
    }


def places(folder):
    for name, steps in place_steps().items():
        with tap.case(name):
            check(folder, steps)


def calls(folder):
    """Every call that writes, to every kind of descriptor."""
    for kind in ("null", "file", "pipe", "socket"):
        with tap.case(f"calls with one buffer to a {kind}"):
            check(folder, [f"{word}" for call in ("write", "pwrite", "sendto")
                           for word in ("thread", f"to,2,{kind}", f"{call},2,300,5,{SHORT}", f"{call},2,5,0,", f"{call},2,0,0,")])
        with tap.case(f"calls with several buffers to a {kind}"):
            check(folder, [word for call in VECTOR_CALLS for word in (
                "thread", f"to,2,{kind}", f"{call},2,3,{SHORT},100,50", "thread", f"{call},2,103,{SHORT},100,50",
                "thread", f"{call},2,103,{SHORT},0,100,0,50,7", "thread", f"{call},2,97,{SHORT},100,50",
                "thread", f"{call},2,153,{SHORT},100,50,20", "thread", f"{call},2,0,panic: ,0,50,20", "thread",
                f"{call},2,100,panic: ,100,50")])
    with tap.case("other descriptors are not looked at"):
        check(folder, ["thread", "to,3,null", f"write,3,100,0,{SHORT}", f"write,0,100,0,{SHORT}", f"write,2,100,0,{SHORT}",
                       "write,3,100,0,", f"write,66,100,0,{SHORT}"])
    with tap.case("other descriptors are looked at when asked for"):
        check(folder, ["thread", "to,5,null", "to,63,pipe", f"write,2,100,0,{SHORT}", f"write,5,100,0,{SHORT}", "write,63,9,0,",
                       "write,1,9,0,"], descriptors="0, 5,63")


def streams(folder):
    with tap.case("what follows a marker goes up, without writes of nothing"):
        recording = check(folder, ["thread", "write,2,50,0,", f"write,2,50,3,{SHORT}", "write,2,0,0,", "write,1,1,0,", "write,2,5000,0,",
                                   "writev,2,0,,3,0,4", "thread", "write,2,9,0,"])
        tap.equal(len({output.serial for output in recording.outputs}), 1, "serials")
    with tap.case("another marker renews what is under way"):
        recording = check(folder, ["thread", f"write,2,50,3,{SHORT}", "write,2,60000,0,", f"write,2,60000,3,{SHORT}", "write,2,6000,0,"])
        tap.equal(len({output.serial for output in recording.outputs}), 1, "serials")
    with tap.case("a write of 100 KiB, and the end of a stream"):
        recording = check(folder, ["thread", "write,2,102400,3,MARKER7", "write,2,50,0,", f"write,2,50,3,{SHORT}", "write,2,102400,0,",
                                   "write,2,50,0,"])
        tap.equal(len({output.serial for output in recording.outputs}), 2, "serials")
        tap.equal(sum(len(output.bytes) for output in recording.outputs), 2 * 65536, "bytes")
        tap.equal([output.flags for output in recording.outputs if output.flags], [FIRST, LAST, FIRST, LAST], "flags")
    with tap.case("buffers of several chunks are one write"):
        check(folder, ["thread", f"writev,2,3,{SHORT},5000,3,10000,1,200,1000", "writev,2,0,,60000,60000"])
    with tap.case("a stream is over after two seconds without a marker"):
        recording = Recording(folder, ["thread", f"write,2,50,3,{SHORT}", "sleep,1200", f"write,2,60,3,{SHORT}", "sleep,1200",
                                       "write,2,70,0,", "sleep,1200", "write,2,80,0,", f"write,2,90,0,{SHORT}"])
        tap.equal([(output.size, output.flags) for output in recording.outputs], [(50, FIRST), (60, 0), (70, 0), (90, FIRST)], "writes")
    with tap.case("two threads in turn"):
        recording = Recording(folder, ["thread", "pair,2,50,200"])
        threads = by_thread(recording.outputs)
        tap.equal([[output.bytes[-1:] for output in thread] for thread in threads], [[b"0"] * 50, [b"1"] * 50], "ends of writes")
        tap.equal([len({output.serial for output in thread}) for thread in threads], [1, 1], "serials of a thread")
        tap.equal([[output.flags for output in thread if output.flags] for thread in threads], [[FIRST], [FIRST]], "flags")
        tap.equal([output.tid for output in recording.outputs], [threads[i % 2][0].tid for i in range(100)], "order")
        tap.equal(recording.counts, {}, "losses")
    with tap.case("10,000 lines without a marker: no record"):
        tap.equal(Recording(folder, ["thread", "lines,2,10000,80", "lines,1,1000,4096"]).records, 0, "records")


FASTCGI_STEPS = ["thread", "to,4,socket", f"fastcgi,4,9000,8,{SHORT}", "write,4,50,0,", "fastcgi,4,50,0,",
                 f"write,4,100,8,{SHORT}", f"fastcgi,4,100,60,{LONG}", "write,2,100,0,"]


def fastcgi(folder):
    with tap.case("FastCGI records of standard error: this write alone"):
        check(folder, FASTCGI_STEPS)


def ring_full(folder):
    with tap.case("a ring that is full: every chunk is counted"):
        recording = Recording(folder, ["thread", f"write,2,50000,3,{SHORT}", f"write,2,60000,3,{SHORT}"], ring=65536)
        # With the ring's own header: 12 * 4160 + 1032 of the first write, then 3 of the second's 15.
        tap.equal(len(recording.outputs), 13 + 3, "chunks that came")
        tap.equal(recording.counts, {"exception_ring_full": 15 - 3}, "losses")


UNREADABLE_STEPS = ["thread", "unreadable,2,100", f"write,2,50,3,{SHORT}", "unreadable,2,100", "write,2,9,0,"]
BUFFERS_STEPS = ["thread", f"writev,2,3,{SHORT},10,10,10,10,10,10,10,10", "write,2,9,0,"]


COLD_STEPS = [f"cold,2,300,5,{SHORT}", "cold,2,7,0,", f"coldv,2,3,{SHORT},100,50", f"cold,2,9000,3,{SHORT}"]


def losses(folder):
    ring_full(folder)
    with tap.case("more than a process may send: every chunk is counted"):
        recording = Recording(folder, ["thread", f"write,2,50000,3,{SHORT}", "write,2,10,0,"], rate=20000)
        tap.equal([len(output.bytes) for output in recording.outputs], [4096] * 4 + [50000 - 12 * 4096, 10], "chunks that came")
        tap.equal([output.flags for output in recording.outputs], [FIRST, 0, 0, 0, MISSING, 0], "flags")
        tap.equal(recording.counts, {"output_rate": 8}, "losses")
    with tap.case("what cannot be read is counted, and told in the stream"):
        recording = Recording(folder, UNREADABLE_STEPS)
        tap.equal([output.flags for output in recording.outputs], [FIRST, MISSING], "flags")
        tap.equal(recording.counts, {"output_unreadable": 2}, "losses")
    with tap.case("a worker of PHP-FPM whose end of messages cannot be read: no hole; other writes of a few bytes are one"):
        recording = Recording(folder, ["thread", f"write,2,50,3,{SHORT}", "unreadable,2,6", "write,2,9,0,", "unreadable,2,7", "write,2,9,0,"])
        tap.equal([output.flags for output in recording.outputs], [FIRST, 0, MISSING], "flags")
        tap.equal(recording.counts, {"output_unreadable": 1}, "losses")
    with tap.case("pages that were not touched are there when the call returns, unless it goes nowhere"):
        for kind in ("file", "pipe", "socket"):
            check(folder, ["thread", f"to,2,{kind}", *COLD_STEPS])
        recording = Recording(folder, ["thread", "to,2,null", *COLD_STEPS[:2]])
        tap.equal((recording.records, recording.counts), (0, {"output_unreadable": 1}), "losses")
    with tap.case("more buffers than are looked at are counted"):
        recording = Recording(folder, BUFFERS_STEPS)
        tap.equal([chunks_of(recording.outputs)], expected_chunks(BUFFERS_STEPS), "chunks")
        tap.equal(recording.counts, {"iovec_tail": 1}, "losses")


def kernel(folder):
    """To load the programs takes a guest longer than all they then do."""
    with tap.case("markers at all places, openings, FastCGI records"):
        check(folder, [step for steps in (*place_steps().values(), FASTCGI_STEPS) for step in steps])
    with tap.case("what cannot be read, and more buffers than are looked at"):
        recording = Recording(folder, UNREADABLE_STEPS + BUFFERS_STEPS)
        unreadable, buffers = by_thread(recording.outputs)
        tap.equal([output.flags for output in unreadable], [FIRST, MISSING], "flags")
        tap.equal([chunks_of(buffers)], expected_chunks(BUFFERS_STEPS), "chunks")
        tap.equal(recording.counts, {"output_unreadable": 2, "iovec_tail": 1}, "losses")
    ring_full(folder)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for part in (places, calls, streams, fastcgi, losses):
            if part.__name__ in sys.argv[1:] or len(sys.argv) == 1:
                part(folder)
        if "kernel" in sys.argv[1:]:
            kernel(folder)
    tap.finish()


if __name__ == "__main__":
    main()
