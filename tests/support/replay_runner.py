# SPDX-License-Identifier: Apache-2.0
"""Replays committed recordings: no privileges, no kernel, the real pipeline."""
import os
import subprocess

from limpet_runner import RELEASE, ROOT, SANITIZED, environment_for
from span_normaliser import normalise

RECORDINGS = os.path.join(ROOT, "tests", "replay", "recordings")
EXPECTED = os.path.join(ROOT, "tests", "replay", "expected")
KEPT_IDS = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")


def recorded_names():
    return sorted(name[:-len(".rec")] for name in os.listdir(RECORDINGS) if name.endswith(".rec"))


def binary_path():
    """The sanitized build where it is there: `make unit` builds only the other."""
    return os.environ.get("LIMPET", SANITIZED if os.path.exists(SANITIZED) else RELEASE)


def replay(name):
    """The normalised spans of a recording, one line each."""
    done = subprocess.run([binary_path(), "replay", "--terminal=off", "--json=-", f"{RECORDINGS}/{name}.rec"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment_for(), timeout=60, check=False)
    assert done.returncode == 0, f"replay left with {done.returncode}: {done.stderr}"
    return normalise(done.stdout.splitlines(), KEPT_IDS)
