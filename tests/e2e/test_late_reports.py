#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reports of exceptions that come late, because the program or limpet itself got no time: linked to their own request or to none, never to
the one that happens to be open."""
import os
import re
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import crash_reader
import http_load
import tap
from limpet_runner import ROOT, Limpet

LOOP = os.path.join(ROOT, "tests", "e2e", "targets", "late_loop.py")
WAIT_S = 20
WINDOW_NS = 220_000_000  # less than ERROR_WINDOW_NS of agent/tracing/error_watch.h


def wait_for(condition, what):
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {WAIT_S} s"
        time.sleep(0.02)


def read_records(limpet):
    try:
        return list(crash_reader.read_log_records(limpet.json_path).values())
    except ValueError:
        return []  # the last line is being written


class Loop:
    """The program under limpet, and what was said of it at the end."""

    def __enter__(self):
        self.limpet = Limpet.run(["/usr/bin/python3", LOOP])
        self.limpet.__enter__()
        self.limpet.start().wait_ready()
        wait_for(lambda: re.search(r"^\d+$", self.limpet.stdout, re.M), "the port")
        self.address = "127.0.0.1", int(re.search(r"^(\d+)$", self.limpet.stdout, re.M).group(1))
        return self

    def __exit__(self, *ended):
        self.limpet.__exit__(*ended)

    def ask(self, *words):
        path = "/".join(("/fail", *map(str, words)))
        thread = threading.Thread(target=http_load.run_load, args=(self.address, [http_load.Request(path)], 1, False))
        thread.start()
        return thread

    def links(self, count):
        """By word: (the word of the request it was linked to or None, how long after the response it was written)."""
        wait_for(lambda: len(read_records(self.limpet)) == count, f"{count} events")
        self.limpet.stop()
        spans = self.limpet.spans()
        ids = {span.span_id: span.path.split("/")[2] for span in spans}
        ends = {span.path.split("/")[2]: span.end_ns for span in spans}
        links = {}
        for record, attributes in read_records(self.limpet):
            word = attributes["exception.message"].split()[1]
            links[word] = ids.get(record.get("spanId")), int(record["timeUnixNano"]) - ends[word]
        tap.equal(len(links), count, "reports of different requests")
        return links


def check_links(links):
    wrong = {word: link for word, link in links.items() if link[0] not in (word, None)}
    assert not wrong, f"linked to another's request: {wrong}"
    without = {word: link for word, link in links.items() if link[0] is None and link[1] < WINDOW_NS}
    assert not without, f"linked to none, though it came in time: {without}"


def late_program():
    """Another request is open while the loop is late; it fails as soon as the loop goes on."""
    with Loop() as loop:
        threads = []
        for number, after_ms in enumerate((0, 150, 400)):
            threads = [loop.ask(f"open{number}", 150, 0, "log")]
            time.sleep(0.05)  # begun before; where it was not, nothing is proven and nothing wrong
            threads.append(loop.ask(f"late{number}", 0, after_ms, "log"))
            for thread in threads:
                thread.join()
        check_links(loop.links(6))


def late_agent():
    """What is not whole with its first write needs more than one turn of an agent that sees all of it long after."""
    with Loop() as loop:
        for number in range(2):
            threads = [loop.ask(f"open{number}", 1000, 0, "print")]
            time.sleep(0.1)
            os.kill(loop.limpet.pid, signal.SIGSTOP)
            loop.ask(f"late{number}", 0, 0, "print").join()
            time.sleep(0.4)
            os.kill(loop.limpet.pid, signal.SIGCONT)
            threads[0].join()
        check_links(loop.links(4))


def main():
    with tap.case("a program that is late with its report"):
        late_program()
    with tap.case("an agent that is late with everything"):
        late_agent()
    tap.finish()


if __name__ == "__main__":
    main()
