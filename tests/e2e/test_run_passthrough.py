#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`limpet run -- CMD` is CMD to whoever looks from outside: exit code, signals, streams, terminal."""
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from limpet_runner import Limpet, binary_path, environment_for

TIMEOUT_S = 30


def command_line(*command):
    return [binary_path(), "run", "--terminal=off", "--", *command]


def call(*command, stdin=b"", **keywords):
    return subprocess.run(command_line(*command), input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment_for(keywords.pop("environment", None)), timeout=TIMEOUT_S, check=False,
                          **keywords)


def check_exit_codes():
    for code in (0, 1, 7, 255):
        with tap.case(f"exit code {code}"):
            tap.equal(call("sh", "-c", f"exit {code}").returncode, code, "exit code")
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGABRT):
        with tap.case(f"killed by {number.name}: 128 + {int(number)}"):
            tap.equal(call("sh", "-c", f"kill -{int(number)} $$").returncode, 128 + number, "exit code")
    with tap.case("not found: 127, the message names it"):
        done = call("limpet-no-such-command")
        tap.equal(done.returncode, 127, "exit code")
        assert b"limpet: " in done.stderr and b"limpet-no-such-command" in done.stderr, done.stderr
    with tap.case("not found by path: 127"):
        tap.equal(call("/nonexistent/command").returncode, 127, "exit code")
    with tap.case("not executable: 126, the message names it"), tempfile.NamedTemporaryFile() as file:
        done = call(file.name)
        tap.equal(done.returncode, 126, "exit code")
        assert file.name.encode() in done.stderr, done.stderr
    with tap.case("a folder: 126"):
        tap.equal(call("/tmp").returncode, 126, "exit code")
    for path in ("/nonexistent/command", "/tmp"):
        with tap.case(f"no event of {path}: it never was a program"), tempfile.TemporaryDirectory() as folder:
            tap.equal(events_of(folder, path), [], "events")
    with tap.case("an event of a command that ends with 127 by itself"), tempfile.TemporaryDirectory() as folder:
        tap.equal(len(events_of(folder, "sh", "-c", "exit 127")), 1, "events")


def events_of(folder, *command):
    """The lines of JSON that tell of a crash or a bad end."""
    path = os.path.join(folder, "out.jsonl")
    subprocess.run([binary_path(), "run", "--terminal=off", f"--json={path}", "--", *command], env=environment_for(),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=TIMEOUT_S, check=False)
    with open(path, encoding="utf-8") as file:
        return [line for line in file if "resourceLogs" in line]


def check_streams():
    with tap.case("standard input and output, byte for byte"):
        content = os.urandom(3_000_000)
        done = call("cat", stdin=content)
        assert done.returncode == 0 and done.stdout == content, f"{len(done.stdout)} bytes of {len(content)}"
    with tap.case("standard error"):
        assert b"to stderr\n" in call("sh", "-c", "echo to stderr >&2").stderr
    with tap.case("arguments, environment, working folder"):
        done = call("sh", "-c", 'printf "%s|" "$@"; printf "%s|" "$SHELL_WORD"; pwd', "sh", "one two", "", "-x", "--",
                    environment={"SHELL_WORD": "kept"}, cwd="/usr")
        tap.equal(done.stdout, b"one two||-x|--|kept|/usr\n", "what the command saw")
    with tap.case("no descriptor of limpet reaches the command"):
        done = call("sh", "-c", "ls /proc/self/fd | tr '\\n' ' '")
        tap.equal(done.stdout, b"0 1 2 3 ", "descriptors of ls (3 is the folder it reads)")
    with tap.case("no signal is blocked or ignored in the command"):
        done = call("grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status")
        plain = subprocess.run(["grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"], stdout=subprocess.PIPE, check=True)
        tap.equal(done.stdout, plain.stdout, "signal masks")


def check_signals():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with tap.case(f"{number.name} is passed on, once; the command's exit code comes back"):
            script = f"trap 'echo caught; exit 9' {number.name[3:]}; echo started; while :; do sleep 0.05; done"
            with Limpet.run(["sh", "-c", script]) as limpet:
                limpet.start().wait_ready()
                end = time.monotonic() + TIMEOUT_S
                while "started" not in limpet.stdout:
                    assert time.monotonic() < end, "the command did not start"
                    time.sleep(0.02)
                limpet.stop(number)
                tap.equal((limpet.code, limpet.stdout), (9, "started\ncaught\n"), "exit code and output")
    with tap.case("a command that dies of the signal: 128 + signal"):
        with Limpet.run(["sleep", "30"]) as limpet:
            limpet.start().wait_ready()
            limpet.stop(signal.SIGTERM)
            tap.equal(limpet.code, 128 + signal.SIGTERM, "exit code")
    with tap.case("a process left behind does not hold limpet"):
        with Limpet.run(["sh", "-c", "sleep 20 & exit 3"]) as limpet:
            limpet.start().wait(15)
            tap.equal(limpet.code, 3, "exit code")


class Terminal:
    """limpet on a pseudo terminal of its own."""

    def __init__(self, *command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            os.execve(binary_path(), command_line(*command), environment_for())
        self.output = b""

    def read_until(self, word):
        end = time.monotonic() + TIMEOUT_S
        while word not in self.output:
            assert time.monotonic() < end, f"{word!r} does not come, only {self.output!r}"
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    self.output += os.read(self.fd, 4096)
                except OSError:
                    break
        assert word in self.output, f"{word!r} is not in {self.output!r}"

    def wait(self):
        """The exit code; reads on, so that nobody blocks on a full terminal."""
        end = time.monotonic() + TIMEOUT_S
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    self.output += os.read(self.fd, 4096)
                except OSError:
                    pass
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"does not end: {self.output!r}")


def check_terminal():
    with tap.case("the command has the terminal, in the foreground"):
        terminal = Terminal("sh", "-c", "test -t 0 && test -t 1 && test -t 2 && read word < /dev/tty && echo got:$word; exit 4")
        time.sleep(1)
        os.write(terminal.fd, b"hello\n")
        terminal.read_until(b"got:hello")
        tap.equal(terminal.wait(), 4, "exit code")
    with tap.case("Ctrl-C reaches the command once"):
        terminal = Terminal("sh", "-c", "trap 'echo caught' INT; echo started; n=0; while [ $n -lt 20 ]; do sleep 0.1; "
                            "n=$((n + 1)); done; exit 5")
        terminal.read_until(b"started")
        os.write(terminal.fd, b"\x03")
        tap.equal(terminal.wait(), 5, "exit code")
        tap.equal(terminal.output.count(b"caught"), 1, f"times caught in {terminal.output!r}")


def main():
    for part in (check_exit_codes, check_streams, check_signals, check_terminal):
        with tap.session(part.__name__):
            part()
    tap.finish()


if __name__ == "__main__":
    main()
