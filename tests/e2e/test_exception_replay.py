#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What limpet said of a server that fails and dies it says again of the recording, with the same links."""
import os
import shutil
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import tap
from exception_normaliser import normalise_exceptions
from http_load import Request
from limpet_runner import Limpet, binary_path, environment_for
from process_stage import PYTHON
from target_servers import free_port

TARGETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "targets")
WAYS = (("Python", PYTHON, "failing_server.py", "ValueError", "RuntimeError"),
        ("Node", "node", "failing_server.js", "RangeError", "RangeError"))


def wait_port(port):
    end = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < end, "the server does not listen"
            time.sleep(0.1)


def replay(recording, json_path):
    done = subprocess.run([binary_path(), "replay", "--terminal=off", f"--json={json_path}", recording], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, env=environment_for(), timeout=120, check=False)
    assert done.returncode == 0, f"replay left with {done.returncode}: {done.stderr}"


def check(program, script, handled, fatal):
    port = free_port()
    with Limpet.run([program, os.path.join(TARGETS, script), str(port)]) as limpet:
        recording, replayed = limpet.path("events.rec"), limpet.path("replayed.jsonl")
        limpet.arguments.insert(2, f"--record={recording}")
        limpet.start().wait_ready()
        wait_port(port)
        requests = [Request(path) for path in ("/a", "/fail/1", "/b", "/fail/2", "/end")]
        outcomes = http_load.run_load(("127.0.0.1", port), requests, 1, False)
        tap.equal([outcome.status for outcome in outcomes], [200, 500, 200, 500, 200], "answers")
        limpet.wait()
        tap.equal(limpet.lost(), {}, "losses")
        live = normalise_exceptions(limpet.json_path)
        replay(recording, replayed)
        again = normalise_exceptions(replayed)
    tap.equal([line.count(f'"{handled}"') > 0 for line in live[:2]], [True, True], f"of the requests: {live}")
    assert len(live) == 3 and f'"{fatal}"' in live[2] and '"FATAL"' in live[2], f"of the end: {live}"
    # The first connection only asked whether the server listens.
    tap.equal([row.split('"span": ')[1].split(",")[0] for row in live[:2]], ['"span-2"', '"span-4"'], f"requests: {live}")
    tap.equal(again, live, "what is said of the recording")


def main():
    for name, program, *words in WAYS:
        if not shutil.which(program):
            tap.skip(f"{name}: a recording says the same", f"{program} is not installed")
            continue
        with tap.case(f"{name}: a recording says the same"):
            check(shutil.which(program), *words)
    tap.finish()


if __name__ == "__main__":
    main()
