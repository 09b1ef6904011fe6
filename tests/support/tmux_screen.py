# SPDX-License-Identifier: Apache-2.0
"""A terminal that a program fills: a tmux server of our own, keys in, screens out. Every wait has an end."""
import os
import re
import shlex
import shutil
import subprocess
import time

import tap
from limpet_runner import environment_for

WAIT_S = 30


class TmuxScreen:
    """`with TmuxScreen(command) as screen`: the command in a window of that size; `left` is its exit code, once it has."""
    counter = 0

    def __init__(self, command, columns=80, rows=24, folder=None, environment=None):
        if not shutil.which("tmux"):
            raise tap.Skip("tmux is not installed; make deps-test")
        TmuxScreen.counter += 1
        self.server = ["tmux", "-L", f"limpet-test-{os.getpid()}-{TmuxScreen.counter}", "-f", "/dev/null"]
        # What the command leaves behind stays on the screen, with its exit code below.
        # The shell that prints it outlives a Ctrl-C.
        line = f"trap : INT; {' '.join(shlex.quote(word) for word in command)}; printf '\\nLEFT %d %s\\n' $? \"$(stty -a | grep -o ' -\\?icanon')\"; sleep 600"
        clean = environment_for({"LC_ALL": "C.UTF-8", "TZ": "UTC", "SHELL": "/bin/sh", **(environment or {})})
        clean.pop("TMUX", None)
        self.start = [*self.server, "new-session", "-d", "-x", str(columns), "-y", str(rows), line]
        self.environment, self.folder = clean, folder

    def __enter__(self):
        subprocess.run(self.start, check=True, env=self.environment, cwd=self.folder, timeout=WAIT_S)
        return self

    def __exit__(self, *_):
        subprocess.run([*self.server, "kill-server"], check=False, stderr=subprocess.DEVNULL, timeout=WAIT_S)

    def _tmux(self, *arguments):
        return subprocess.run([*self.server, *arguments], check=True, stdout=subprocess.PIPE, text=True, timeout=WAIT_S).stdout

    def keys(self, *names):
        for name in names:
            self._tmux("send-keys", name)
        return self

    def type(self, text):
        self._tmux("send-keys", "-l", text)
        return self

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))
        return self

    def lines(self, history=False):
        return self._tmux("capture-pane", "-p", *(["-S", "-2000"] if history else [])).splitlines()

    def wait_for(self, pattern, timeout_s=WAIT_S, history=False):
        """The lines of the first screen on which a line has the pattern; and the match."""
        end = time.monotonic() + timeout_s
        while True:
            lines = self.lines(history)
            for line in lines:
                match = re.search(pattern, line)
                if match:
                    return lines, match
            shown = "\n".join(lines)
            assert time.monotonic() < end, f"no {pattern!r} after {timeout_s} s on:\n{shown}"
            time.sleep(0.1)

    def wait_left(self, timeout_s=WAIT_S):
        """The exit code, and all that was on the terminal; canonical mode is back."""
        lines, match = self.wait_for(r"^LEFT (\d+) (.*)$", timeout_s, history=True)
        assert "-icanon" not in match[2], f"the terminal is not as it was: {match[0]}"
        return int(match[1]), lines
