#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Crashes and a Sentry that is silent, gone or comes back, a limpet that is killed: each event arrives, once.

The sender (send_crashes.c) is limpet's delivery with sample crashes; the receiver is the strict one.
"""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
sys.dont_write_bytecode = True
import tap

SENDER = os.path.join(ROOT, ".build/tests/conformance/send_crashes")
RECEIVER = os.path.join(ROOT, "tests/support/sentry_receiver.py")
PATIENCE_S = 20


def wait_for(what, condition):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, f"waited {PATIENCE_S} s for {what}"
        time.sleep(0.02)


class Stage:
    """A spool, a port, and what was received there."""

    def __init__(self, folder):
        self.spool = os.path.join(folder, "spool")
        self.output = os.path.join(folder, "received")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def kept(self, suffix=".crash"):
        return [os.path.join(path, name) for path, _, names in os.walk(self.spool) for name in names
                if name.endswith(suffix)]

    def received(self):
        try:
            with open(self.output, encoding="utf-8") as lines:
                envelopes = [json.loads(line) for line in lines if line.endswith("\n")]
        except FileNotFoundError:
            return []
        return [item["payload"]["event_id"] for envelope in envelopes for item in envelope["items"]
                if item["header"]["type"] == "event"]

    def start(self, count):
        dsn = f"http://0123456789abcdef@127.0.0.1:{self.port}/7"
        return subprocess.Popen([SENDER, dsn, self.spool, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    @contextlib.contextmanager
    def server(self, *options):
        ready = self.output + ".port"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(ready)
        server = subprocess.Popen([RECEIVER, "--output", self.output, "--port", str(self.port), "--port-file", ready,
                                   "--max-seconds", "120", *options])
        try:
            wait_for("the receiver", lambda: os.path.exists(ready))
            yield
        finally:
            server.terminate()
            server.wait()

    def violations(self):
        with contextlib.suppress(FileNotFoundError), open(self.output + ".violations", encoding="utf-8") as text:
            return text.read()
        return ""


def offered(sender, count):
    return [re.fullmatch(r"crash ([0-9a-f]{32})\n", sender.stdout.readline()).group(1) for _ in range(count)]


def finish(sender):
    """(lost, log)"""
    rest, log = sender.communicate(timeout=PATIENCE_S)
    assert sender.returncode == 0, f"exit code {sender.returncode}:\n{log}"
    return int(re.search(r"lost (\d+)", rest).group(1)), log


@contextlib.contextmanager
def stage():
    with tempfile.TemporaryDirectory(prefix="limpet-spool-") as folder:
        yield Stage(folder)


def silent_server(port):
    """Takes connections and says nothing."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


def killed_while_sending():
    with stage() as s:
        with silent_server(s.port) as listener:
            sender = s.start(3)
            ids = offered(sender, 3)
            connection, _ = listener.accept()
            assert connection.recv(1), "it sent nothing"
            wait_for("three files", lambda: len(s.kept()) == 3)
            sender.send_signal(signal.SIGKILL)
            sender.communicate()
            connection.close()
        assert sorted(os.path.basename(path) for path in s.kept()) == sorted(i + ".crash" for i in ids)
        assert all(os.stat(path).st_mode & 0o777 == 0o600 for path in s.kept())
        with s.server():
            sender = s.start(0)
            wait_for("an empty spool", lambda: not s.kept())
            lost, log = finish(sender)
        assert lost == 0, log
        assert re.search(r"sentry: delivering 3 crashes kept in ", log), log
        assert s.received() == ids, f"received {s.received()}, offered {ids}"
        assert not s.violations(), s.violations()


def down_then_up():
    with stage() as s:
        sender = s.start(2)
        ids = offered(sender, 2)
        lost, log = finish(sender)
        assert lost == 0 and re.search(r"sentry: 2 crashes kept in \S+ for the next start", log), log
        assert len(s.kept()) == 2
        sender = s.start(1)
        ids += offered(sender, 1)
        wait_for("a failed attempt", lambda: len(s.kept()) == 3)
        with s.server():
            wait_for("an empty spool", lambda: not s.kept())
            lost, log = finish(sender)
        assert lost == 0, log
        assert sorted(s.received()) == sorted(ids), f"received {s.received()}, offered {ids}"


def lost_connection():
    with stage() as s, s.server("--fault", "reset@1"):
        sender = s.start(4)
        ids = offered(sender, 4)
        wait_for("four events", lambda: len(s.received()) == 4)
        wait_for("an empty spool", lambda: not s.kept())
        lost, log = finish(sender)
        assert lost == 0, log
        assert sorted(s.received()) == sorted(ids), f"received {s.received()}, offered {ids}"


def refused_for_good():
    with stage() as s, s.server("--fault", "413@1"):
        sender = s.start(2)
        ids = offered(sender, 2)
        wait_for("one event", lambda: len(s.received()) == 1)
        wait_for("an empty spool", lambda: not s.kept())
        lost, log = finish(sender)
        assert lost == 1 and "dropped 1" in log, log
        assert s.received() == ids[1:], f"received {s.received()}, offered {ids}"


def two_at_once():
    with stage() as s:
        with silent_server(s.port):
            first = s.start(1)
            offered(first, 1)
            wait_for("the first's file", lambda: len(s.kept()) == 1)
            second = s.start(1)
            offered(second, 1)
            wait_for("the second's file", lambda: len(s.kept()) == 2)
            assert len({os.path.dirname(path) for path in s.kept()}) == 2, "both use one folder"
            for sender in first, second:
                sender.send_signal(signal.SIGKILL)
                sender.communicate()
        with s.server():
            sender = s.start(0)
            wait_for("an empty spool", lambda: not s.kept())
            lost, log = finish(sender)
        assert lost == 0 and "delivering 2 crashes" in log, log
        assert len(set(s.received())) == len(s.received()) == 2


def main():
    if not os.path.exists(SENDER):
        tap.skip("spool", f"{SENDER} was not built: make test-programs")
        tap.finish()
    for name, check in (
            ("killed while sending: delivered once by the next", killed_while_sending),
            ("server down, then up: nothing lost", down_then_up),
            ("connection lost without an answer: tried again", lost_connection),
            ("refused for good: removed, counted, logged", refused_for_good),
            ("two at once keep theirs apart; the next delivers both", two_at_once)):
        with tap.case(name):
            check()
    tap.finish()


main()
