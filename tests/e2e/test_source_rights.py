#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A program may print a report that names any file. It gets the lines of those it could read itself, and of source only."""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import tap
from crash_session import CrashSession
from quickstart import exceptions_of, frames_of

NOBODY = 65534
PYTHON = "/usr/bin/python3"
TEXT = "# 1\n# 2\nanswer = 42\n# 4\n"
LIE = """import os, sys, time
os.setgroups([]), os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[2]))
sys.stderr.write('Traceback (most recent call last):\\n  File "%s", line 3, in lie\\nValueError: %s\\n' % (sys.argv[1], sys.argv[1]))
sys.stderr.flush()
time.sleep(0.15)  # its rights are looked at while it is there
sys.exit(1)
"""


def make_files(folder):
    os.chmod(folder, 0o755)
    for name, mode in (("shared.py", 0o644), ("secret.py", 0o600), ("shadow", 0o644)):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(TEXT)
        os.chmod(path, mode)
    os.mkdir(os.path.join(folder, "closed"), 0o700)
    with open(os.path.join(folder, "closed", "app.py"), "w", encoding="utf-8") as file:
        file.write(TEXT)
    os.symlink("secret.py", os.path.join(folder, "link.py"))
    os.symlink("shadow", os.path.join(folder, "shadow.py"))
    os.symlink("/etc/shadow", os.path.join(folder, "etc.py"))


def lines_of(crash):
    assert len(crash.events) == 1, f"{len(crash.events)} events"
    frame = frames_of(exceptions_of(crash.events[0].payload)[-1])[-1]
    tap.equal((frame["function"], frame["lineno"]), ("lie", 3), "the frame that was printed")
    return [*frame.get("pre_context", []), frame.get("context_line"), *frame.get("post_context", [])]


def main():
    if os.geteuid() != 0:
        tap.skip("files of others", "not root: nothing is another user's")
        tap.finish()
    nothing, all_lines = [None], TEXT.splitlines()
    cases = ((NOBODY, "shared.py", all_lines), (NOBODY, "secret.py", nothing), (NOBODY, "closed/app.py", nothing), (NOBODY, "link.py", nothing),
             (NOBODY, "shadow.py", nothing), (NOBODY, "shadow", nothing), (NOBODY, "etc.py", nothing), (NOBODY, "/etc/shadow", nothing),
             (0, "secret.py", all_lines), (0, "closed/app.py", all_lines), (0, "etc.py", nothing), (0, "/etc/shadow", nothing))
    with tempfile.TemporaryDirectory(prefix="limpet-rights-") as folder:
        make_files(folder)
        with CrashSession() as session:
            crashes = [session.crash(name, PYTHON, "-c", LIE, os.path.join(folder, name), str(user)) for user, name, _ in cases]
            session.finish()
            for crash, (user, name, wanted) in zip(crashes, cases):
                with tap.case(f"{name}, user {user}: {'its lines' if wanted is all_lines else 'no line of it'}"):
                    tap.equal(lines_of(crash), wanted, "lines")
    tap.finish()


if __name__ == "__main__":
    main()
