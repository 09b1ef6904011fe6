# SPDX-License-Identifier: Apache-2.0
"""Starts limpet, waits until it captures, stops it, and reads what it left: spans, totals, losses.

The sanitized build unless LIMPET says otherwise. Every wait has an end; a limpet that does not stop is killed
and that is an error.
"""
import os
import re
import signal
import subprocess
import tempfile
import time

import span_reader

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SANITIZED = os.path.join(ROOT, ".build", "limpet-sanitized")
RELEASE = os.path.join(ROOT, ".build", "limpet")
READY_S, STOP_S = 60, 60
SANITIZER_WORDS = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "Sanitizer:DEADLYSIGNAL")


def binary_path():
    return os.environ.get("LIMPET", SANITIZED)


def environment_for(extra=None):
    """The caller's environment without the settings that would leak into the test."""
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("OTEL_", "SENTRY_", "LIMPET_"))}
    clean["LIMPET_SPOOL"] = "off"  # the machine's own folder is not for tests
    clean["ASAN_OPTIONS"] = "exitcode=99:abort_on_error=0"
    clean["UBSAN_OPTIONS"] = "print_stacktrace=1"
    clean.update(extra or {})
    return clean


class Limpet:
    """limpet COMMAND OPTIONS…; command_line is what follows the options (["--", "nginx"] or ["812"])."""

    def __init__(self, command, command_line, options=(), binary=None, environment=None, stdin=None, has_json=True):
        self.folder = tempfile.TemporaryDirectory(prefix="limpet-test-")
        self.json_path = self.path("spans.jsonl")
        self.stderr_path = self.path("stderr")
        self.stdout_path = self.path("stdout")
        self.binary = binary or binary_path()
        self.arguments = [self.binary, command, "--terminal=off"]
        self.arguments += [f"--json={self.json_path}"] if has_json else []
        self.arguments += [*options, *command_line]
        self.environment = environment_for(environment)
        self.stdin = stdin
        self.process = None
        self.code = None

    def path(self, name):
        return os.path.join(self.folder.name, name)

    @classmethod
    def attach(cls, pid, *options, **keywords):
        return cls("attach", [str(pid)], options, **keywords)

    @classmethod
    def run(cls, command, *options, **keywords):
        return cls("run", ["--", *command], options, **keywords)

    def start(self):
        with open(self.stderr_path, "wb") as stderr, open(self.stdout_path, "wb") as stdout:
            self.process = subprocess.Popen(self.arguments, stdin=self.stdin or subprocess.DEVNULL, stdout=stdout,
                                            stderr=stderr, env=self.environment, start_new_session=True)
        return self

    @property
    def pid(self):
        return self.process.pid

    @property
    def stderr(self):
        with open(self.stderr_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    @property
    def stdout(self):
        with open(self.stdout_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_ready(self):
        end = time.monotonic() + READY_S
        while not re.search(r"^limpet: tracing ", self.stderr, re.MULTILINE):
            assert self.process.poll() is None, f"limpet left with {self.process.returncode}: {self.stderr}"
            assert time.monotonic() < end, f"limpet is not ready after {READY_S} s: {self.stderr}"
            time.sleep(0.02)
        return self

    def wait(self, timeout_s=STOP_S):
        try:
            self.code = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"limpet did not end within {timeout_s} s: {self.stderr}") from None
        return self

    def stop(self, signal_number=signal.SIGTERM):
        self.process.send_signal(signal_number)
        return self.wait()

    def spans(self):
        return span_reader.read_spans(self.json_path)

    def lost(self):
        """Drop counters by reason, from the lines `limpet: lost: REASON COUNT …`."""
        return {reason: int(count) for reason, count in
                re.findall(r"^limpet: lost: (\w+) (\d+)", self.stderr, re.MULTILINE)}

    def not_sampled(self):
        """Segments the sampler did not keep: a decision, not a loss."""
        found = re.findall(r"^limpet: not sampled: (\d+) segments?", self.stderr, re.MULTILINE)
        return int(found[-1]) if found else 0

    def tls_unseen(self):
        """Connections over TLS that were not looked into: a decision, not a loss."""
        found = re.findall(r"^limpet: not looked into: (\d+) connections? that speaks? TLS; ", self.stderr, re.MULTILINE)
        return sum(int(count) for count in found)

    def totals(self):
        """(spans, segments) of the last line."""
        found = re.findall(r"^limpet: (\d+) spans? in (\d+) segments?", self.stderr, re.MULTILINE)
        assert found, f"limpet printed no totals: {self.stderr}"
        return tuple(int(number) for number in found[-1])

    def check_clean(self, expected_code=0, but=(), tls_unseen=0):
        """Left with the expected code, nothing lost but for these reasons, all TLS but this seen, no complaint of a sanitizer."""
        for word in SANITIZER_WORDS:
            assert word not in self.stderr, self.stderr
        assert self.code == expected_code, f"exit code {self.code}, expected {expected_code}: {self.stderr}"
        assert not set(self.lost()) - set(but), f"lost: {self.lost()}"
        assert self.tls_unseen() == tls_unseen, f"connections over TLS not looked into: {self.tls_unseen()}, expected {tls_unseen}"

    def resident_kib(self):
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as file:
            return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Also ends what limpet started: all of it is in the session that start() made."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
        self.folder.cleanup()
