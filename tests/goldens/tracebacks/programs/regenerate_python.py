#!/usr/bin/python3
"""Makes tests/goldens/tracebacks/python/*.txt and *.writes anew: runs the programs of programs/python under strace.

usage: regenerate_python.py [NAME…]     The .json files are not touched: read what changed, then change them by hand.
PYTHONS: folders with versions of CPython (3.12.1/bin/python3 …); else those of version managers in the home folder.
Frameworks come from PyPI into a venv that goes away again. Paths of this machine become /srv/app and /usr/lib/python3.x.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "python"
FRAMEWORKS = {"flask_app": "flask", "django_app": "django", "fastapi_app": "fastapi uvicorn"}
# name of the golden, program, version; "unbuffered…": with PYTHONUNBUFFERED, as in containers
GOLDENS = [
    ("plain27", "plain27", "2.7"), ("plain38", "plain", "3.8"), ("plain311", "plain", "3.11"),
    ("plain313", "plain", "3.13"), ("chained36", "chained", "3.6"), ("chained38", "chained", "3.8"), ("unbuffered38", "chained", "3.8"),
    ("chained312", "chained", "3.12"), ("cause_only", "cause_only", "3.10"), ("group311", "group", "3.11"),
    ("group313", "group", "3.13"), ("group_many", "group_many", "3.12"), ("threads27", "threads", "2.7"),
    ("threads312", "threads", "3.12"), ("tasks38", "tasks", "3.8"), ("tasks313", "tasks", "3.13"),
    ("tasks_logged", "tasks_logged", "3.10"), ("ignored38", "ignored", "3.8"), ("ignored312", "ignored", "3.12"),
    ("logged36", "logged", "3.6"), ("logged311", "logged", "3.11"), ("last_resort", "last_resort", "3.9"),
    ("notes", "notes", "3.12"), ("json_log", "json_log", "3.11"), ("recursion37", "recursion", "3.7"),
    ("recursion312", "recursion", "3.12"), ("bad_syntax38", "bad_syntax", "3.8"),
    ("bad_syntax312", "bad_syntax", "3.12"), ("import_bad", "import_bad", "3.10"), ("print_exc27", "print_exc", "2.7"),
    ("print_exc310", "print_exc", "3.10"), ("print_exc312", "print_exc", "3.12"), ("no_errors", "no_errors", "3.11"),
    ("exits", "exits", "3.12"), ("in_a_shop", "in_a_shop", "3.12"), ("flask", "flask_app", "3.12"),
    ("django", "django_app", "3.12"), ("fastapi", "fastapi_app", "3.11"),
]
WRITE = re.compile(rb'^(?:\[pid +\d+\] |\d+ +)?writev?\(([12]), "((?:\\x[0-9a-f]{2})*)"(?:, | *<unf)')


def find_python(version):
    folders = [pathlib.Path(p) for p in os.environ.get("PYTHONS", "").split(":") if p]
    folders += pathlib.Path.home().glob(".*/versions")
    for folder in folders:
        for found in sorted(folder.glob(version + ".*/bin/python")):
            return str(found)
    return shutil.which("python" + version)


def install(program, python, folder):
    venv = pathlib.Path(folder) / "venv"
    subprocess.run([python, "-m", "venv", str(venv)], check=True)
    subprocess.run([str(venv / "bin/pip"), "install", "-q", *FRAMEWORKS[program].split()], check=True)
    return str(venv / "bin/python")


def record(python, program, folder, more):
    """The writes to stdout and stderr, in order."""
    trace = pathlib.Path(folder) / "trace"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") or k == "PYTHONS"}
    subprocess.run(["strace", "-f", "-qq", "-xx", "-s", "300000", "-e", "trace=write", "-o", str(trace), python,
                    program], stdin=subprocess.DEVNULL, capture_output=True,
                   timeout=60, cwd="/", env={**environment, "LC_ALL": "C.UTF-8", **more}, check=False)
    for line in trace.read_bytes().splitlines():
        match = WRITE.match(line)
        if match:
            yield bytes.fromhex(match[2].replace(b"\\x", b"").decode())


def normalise(text, python, folder):
    prefix = os.path.dirname(os.path.dirname(os.path.realpath(python)))
    for place, name in ((str(HERE / "python"), "/srv/app"), (folder + "/venv/lib", "/srv/venv/lib"),
                        (prefix + "/lib/", "/usr/lib/")):
        text = text.replace(place.encode(), name.encode())
    return text


def make(name, program, version):
    python = find_python(version)
    if not python:
        print("no CPython", version, "for", name)
        return
    with tempfile.TemporaryDirectory() as folder:
        used = install(program, python, folder) if program in FRAMEWORKS else python
        more = {"PYTHONUNBUFFERED": "1"} if name.startswith("unbuffered") else {}
        # One that no Python can read has no .py, so that nobody tries.
        source = str(HERE / "python" / (program + ("" if program == "bad_syntax" else ".py")))
        writes = [normalise(w, python, folder) for w in record(used, source, folder, more)]
    (OUT / (name + ".txt")).write_bytes(b"".join(writes))
    (OUT / (name + ".writes")).write_text("".join("%d\n" % len(w) for w in writes))
    print(name, len(writes), "writes", sum(map(len, writes)), "bytes")


for golden in GOLDENS:
    if len(sys.argv) < 2 or golden[0] in sys.argv[1:]:
        make(*golden)
