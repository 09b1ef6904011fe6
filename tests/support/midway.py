# SPDX-License-Identifier: Apache-2.0
"""A connection joined midway: a busy client does one thing until told, then another, on the same connections.

What is told of the first may begin anywhere, but must be right; of the second nothing may be missing. The program is
tests/e2e/targets/busy_client.py: it says "busy", and after a line on its standard input what it did then.
"""
import collections
import json
import os
import subprocess
import time

import tap
import target_servers
from limpet_runner import Limpet, environment_for

PROGRAM = os.path.join(target_servers.SOURCES, "busy_client.py")
CONNECTIONS = 4
FIRST_SPANS = 100
WAIT_S = 60


def count_lines(path):
    with open(path, "rb") as file:
        return sum(1 for _ in file)


def join(protocol, server_pid, port, is_server, options, folder=""):
    """(spans, what the client did after it was joined by name, losses)"""
    command = [target_servers.PYTHON, PROGRAM, protocol, str(port), str(CONNECTIONS), folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment_for()) as load:
        try:
            tap.equal(load.stdout.readline(), "busy\n", "what the client says first")
            with Limpet.attach(server_pid if is_server else load.pid, *options) as limpet:
                limpet.start().wait_ready()
                end = time.monotonic() + WAIT_S
                while count_lines(limpet.json_path) < FIRST_SPANS:
                    assert time.monotonic() < end, f"fewer than {FIRST_SPANS} spans: {limpet.stderr}"
                    time.sleep(0.05)
                load.stdin.write("next\n")
                load.stdin.flush()
                did = collections.Counter(json.loads(load.stdout.readline()))
                limpet.stop()
                return limpet.spans(), did, limpet.lost()
        finally:
            load.stdin.close()
            load.wait(30)


def trace(protocol, server_pid, port, options, name_of, check_first, folder=""):
    """name_of: what busy_client.py calls what the span is about; check_first: of a span about something else."""
    for is_server in (True, False):
        with tap.case(f"a busy {'server' if is_server else 'client'} joined midway: no wrong span, and what came later is whole"):
            spans, did, lost = join(protocol, server_pid, port, is_server, options, folder)
            told = collections.Counter(name_of(span) for span in spans)
            found = {name: told[name] for name in did}
            assert found == did, f"of what came later: expected {dict(did)}, got {found}; all: {dict(told)}, lost: {lost}"
            for span in spans:
                if name_of(span) in did:
                    assert "limpet.lossy" not in span.attributes and span.status != 2, f"{span.name}: {span.attributes}"
                elif "limpet.incomplete" not in span.attributes:
                    check_first(span)
