# SPDX-License-Identifier: Apache-2.0
"""Replays committed recordings: no privileges, no kernel, the real pipeline."""
import os
import struct
import subprocess
import tempfile

from limpet_runner import RELEASE, ROOT, SANITIZED, SANITIZER_WORDS, environment_for
from exception_normaliser import normalise_exceptions
from span_normaliser import normalise
import span_reader

RECORDINGS = os.path.join(ROOT, "tests", "replay", "recordings")
EXPECTED = os.path.join(ROOT, "tests", "replay", "expected")
HEADER_BYTES = 24
KEPT_IDS = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")


def recorded_names():
    return sorted(name[:-len(".rec")] for name in os.listdir(RECORDINGS) if name.endswith(".rec"))


def binary_path():
    """The sanitized build where it is there: `make unit` builds only the other."""
    return os.environ.get("LIMPET", SANITIZED if os.path.exists(SANITIZED) else RELEASE)


def run_replay(recording, json_path):
    done = subprocess.run([binary_path(), "replay", "--terminal=off", f"--json={json_path}", recording],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment_for(), timeout=60, check=False)
    assert done.returncode == 0, f"replay left with {done.returncode}: {done.stderr}"
    assert not any(word in done.stderr for word in SANITIZER_WORDS), done.stderr


def read_recording(name):
    """Its header and its records, each with its padding."""
    with open(f"{RECORDINGS}/{name}.rec", "rb") as file:
        content = file.read()
    records, place = [], HEADER_BYTES
    while place < len(content):
        size = (struct.unpack_from("<HHI", content, place)[2] + 7) // 8 * 8
        records.append(content[place:place + size])
        place += size
    return content[:HEADER_BYTES], records


def replay_records(header, records):
    """Spans of a recording that is not whole; they are well-formed, or reading them raises."""
    with tempfile.TemporaryDirectory(prefix="limpet-replay-") as folder:
        with open(f"{folder}/cut.rec", "wb") as file:
            file.write(header + b"".join(records))
        run_replay(f"{folder}/cut.rec", f"{folder}/cut.jsonl")
        return span_reader.read_spans(f"{folder}/cut.jsonl")


def replay(name):
    """The normalised spans of a recording and then its exceptions, one line each."""
    with tempfile.TemporaryDirectory(prefix="limpet-replay-") as folder:
        path = os.path.join(folder, "replayed.jsonl")
        run_replay(f"{RECORDINGS}/{name}.rec", path)
        with open(path, encoding="utf-8") as file:
            spans = normalise(file.read().splitlines(), KEPT_IDS)
        return spans + normalise_exceptions(path)
