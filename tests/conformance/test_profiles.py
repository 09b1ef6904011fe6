#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Files made of a profile, judged by others: Go's pprof, speedscope's own schema, a strict reading of Chrome's trace events and of
Sentry's sample format. Each says the same as the folded stacks, whatever functions are called.
"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.append(os.path.join(HERE, "..", "e2e", "quickstart"))
import install
import install_go
import json_line_schema
import sentry_envelope_rules
import tap
from limpet_runner import ROOT
from sentry_profile_rules import seconds_per_leaf

PRINT = os.path.join(ROOT, ".build", "tests", "conformance", "print_profiles")
MODULES = os.path.join(ROOT, ".build", "npm", "speedscope_judge")
PERIOD_NS = 10101010
WAIT_NS = 50000000
KNOWN = {"main;main;LazyCompile:*f_[j]": 1, "main;main;app+0x1f4": 3, "main;main;handle;parse": 7, "main;main;handle;parse;ksys_read_[k]": 2,
         "main;[off-CPU];main;handle;futex_wait_[k]": 5}
LEAVES = {"LazyCompile:*f": 1, "app+0x1f4": 3, "parse": 7, "ksys_read": 2}
NAMES = ("sample", "hostile")


class Files:
    def __init__(self, folder):
        self.folder = folder

    def path(self, name, suffix):
        return os.path.join(self.folder, f"{name}.{suffix}")

    def text(self, name, suffix):
        with open(self.path(name, suffix), encoding="utf-8") as file:
            return file.read()


def folded(files, name):
    """Every line is a stack and a count, and nothing else can be in it."""
    stacks = {}
    for line in files.text(name, "folded").splitlines():
        found = re.fullmatch(r"([^\x00-\x1f\x7f]+) (\d+)", line)
        assert found, repr(line)
        assert found[1] not in stacks, f"{found[1]} stands twice"
        stacks[found[1]] = int(found[2])
    return stacks


def check_folded(files):
    tap.equal(folded(files, "sample"), KNOWN, "stacks")
    hostile = folded(files, "hostile")
    tap.equal(list(hostile.values()), [5], "counts")
    tap.equal(len(next(iter(hostile)).split(";")), 3, "frames of the hostile one")


def pprof(*arguments):
    environment = {**os.environ, "GOFLAGS": "", "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOCACHE": os.path.join(ROOT, ".build", "go-cache"),
                   "PPROF_TMPDIR": os.path.join(ROOT, ".build")}
    try:
        go = install.find_program("go")
    except Exception as why:
        raise tap.Skip(f"no Go: {why}") from None
    run = subprocess.run([go, "tool", "pprof", *arguments], capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def top(path, sample):
    rows = {}
    for line in pprof("-top", "-nodecount=1000", "-nodefraction=0", "-unit=ns", f"-sample_index={sample}", path).splitlines():
        found = re.fullmatch(r"\s*(\d+)(?:ns)?\s+[\d.]+%\s+[\d.]+%\s+(\d+)(?:ns)?\s+[\d.]+%\s+(.*)", line)
        if found and int(found[1]):
            rows[found[3]] = int(found[1])
    return rows


def check_pprof(files):
    path = files.path("sample", "pb.gz")
    tap.equal(top(path, "samples"), LEAVES, "samples")
    tap.equal(top(path, "cpu"), {name: number * PERIOD_NS for name, number in LEAVES.items()}, "cpu")
    tap.equal(top(path, "off-cpu"), {"futex_wait": WAIT_NS}, "off-cpu")
    traces = pprof("-traces", path)
    for label in ("thread:  main", "thread:  worker", "trace_id:  0102030405060708090a0b0c0d0e0f10", "span_id:  2122232425262728"):
        assert label in traces, f"{label} is not among {traces}"
    raw = pprof("-raw", files.path("hostile", "pb.gz"))
    assert re.search(r"^ +5 +50505050: 2 3", raw, re.MULTILINE), raw
    assert "\x1b" not in raw, "control characters"


def speedscope_schema():
    for name in ("package.json", "package-lock.json"):
        os.makedirs(MODULES, exist_ok=True)
        shutil.copy(os.path.join(HERE, "speedscope_judge", name), MODULES)
    path = os.path.join(MODULES, "node_modules", "speedscope", "dist", "release", "file-format-schema.json")
    if not os.path.exists(path):
        if not shutil.which("npm"):
            raise tap.Skip("npm is not installed")
        run = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=MODULES, capture_output=True, text=True,
                             timeout=240, check=False)
        if run.returncode:
            raise tap.Skip(f"npm cannot install speedscope: {(run.stderr.strip().splitlines() or ['no reason'])[-1]}")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def check_speedscope(files):
    try:
        import jsonschema
    except ImportError:
        raise tap.Skip("no python3-jsonschema") from None
    validator = jsonschema.Draft7Validator(speedscope_schema())
    for name in NAMES:
        document = json.loads(files.text(name, "speedscope.json"))
        errors = [error.message for error in validator.iter_errors(document)]
        tap.equal(errors, [], f"{name}: what its schema says")
        for profile in document["profiles"]:
            tap.equal(len(profile["samples"]), len(profile["weights"]), f"{name}: samples and weights")
            assert all(0 <= frame < len(document["shared"]["frames"]) for stack in profile["samples"] for frame in stack), "frames"
    document = json.loads(files.text("sample", "speedscope.json"))
    names = [frame["name"] for frame in document["shared"]["frames"]]
    leaves = collections.Counter(names[stack[-1]] for profile in document["profiles"] if "off-CPU" not in profile["name"]
                                 for stack in profile["samples"])
    tap.equal(dict(leaves), LEAVES, "leaves")
    assert all(names[stack[0]] == "main" for profile in document["profiles"] for stack in profile["samples"]), "stacks are root first"


def check_nesting(events):
    """On a row a slice is in another or beside it: whatever overlaps is lost in the viewers."""
    rows = collections.defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            rows[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"], event["name"]))
    for row in rows.values():
        open_ends = []
        for start, end, name in sorted(row, key=lambda slice: (slice[0], -slice[1])):
            while open_ends and open_ends[-1] <= start:
                open_ends.pop()
            assert not open_ends or end <= open_ends[-1], f"{name} overlaps"
            open_ends.append(end)


def check_perfetto(files):
    for name in NAMES:
        events = json.loads(files.text(name, "perfetto.json"))
        for event in events:
            assert {"ph", "name", "pid", "tid", "ts"} <= set(event), event
        check_nesting(events)
    events = json.loads(files.text("sample", "perfetto.json"))
    spans = [event for event in events if event["ph"] == "X" and event["cat"] in ("server", "client")]
    tap.equal(len(spans), 6, "spans")
    leaves, idle_us = collections.Counter(), 0
    for chunk in (event for event in events if event["name"] == "ProfileChunk"):
        data = chunk["args"]["data"]
        nodes = {node["id"]: node for node in data["cpuProfile"]["nodes"]}
        tap.equal(len(data["cpuProfile"]["samples"]), len(data["timeDeltas"]), "samples and times")
        assert all(node.get("parent", 1) in nodes for node in nodes.values()), "parents"
        leaves.update(nodes[node]["callFrame"]["functionName"] for node in data["cpuProfile"]["samples"])
    idle_us = leaves.pop("(idle)")
    tap.equal(dict(leaves), LEAVES, "leaves")
    tap.equal(idle_us, 2, "threads that rest at the end")
    waits = [event for event in events if event.get("cat") == "off-CPU"]
    tap.equal([(wait["name"], wait["dur"]) for wait in waits], [("handle", WAIT_NS / 1000)], "waits")


def check_sentry(files):
    profilers = set()
    for name in NAMES:
        envelopes = sentry_envelope_rules.check_file(files.path(name, "envelopes"))
        items = [item for envelope in envelopes for item in envelope["items"]]
        chunks = [item for item in items if item["header"]["type"] == "profile_chunk"]
        tap.equal(len(chunks), 1, f"{name}: chunks")
        tap.equal(chunks[0]["header"]["platform"], chunks[0]["payload"]["platform"], f"{name}: platform")
        transactions = [item["payload"] for item in items if item["header"]["type"] == "transaction"]
        tap.equal([transaction["contexts"].get("profile") for transaction in transactions],
                  [None, {"profiler_id": chunks[0]["payload"]["profiler_id"]}], f"{name}: what transactions say of it")
        profilers.add(chunks[0]["payload"]["profiler_id"])
        if name == "sample":
            spent = seconds_per_leaf(chunks[0]["payload"])
            for leaf, number in LEAVES.items():
                assert abs(float(spent[leaf]) - number * PERIOD_NS / 1e9) < 2e-5, f"{leaf}: {spent[leaf]} s"
            assert abs(float(spent["futex_wait"]) - WAIT_NS / 1e9) < 2e-5, spent
    tap.equal(len(profilers), 2, "profilers of two runs")


def check_otlp(files):
    judge = install_go.find_otlp_profiles_judge()
    for name in NAMES:
        run = subprocess.run([judge, files.path(name, "otlp")], capture_output=True, text=True, timeout=60, check=False)
        assert run.returncode == 0, run.stderr
        said = json.loads(run.stdout)
        tap.equal((said["service"], said["unknown"]), ("shop", 0), f"{name}: service")
        if name == "sample":
            tap.equal({leaf: total["samples"] for leaf, total in said["leaves"]["samples"].items()}, LEAVES, "leaves")
            tap.equal(said["leaves"]["off_cpu"], {"futex_wait": {"samples": 1, "value": WAIT_NS}}, "waits")
            tap.equal(set(said["roots"]), {"main"}, "roots")
            tap.equal(set(said["traces"]), {"0102030405060708090a0b0c0d0e0f10"}, "requests")
            tap.equal(said["threads"], {"main": 4711, "worker": 4712}, "threads")
            tap.equal(said["build_ids"], ["deadbeef0102030405060708090a0b0c0d0e0f10"], "build-ids")
        else:
            tap.equal([total["samples"] for total in said["leaves"]["samples"].values()], [5], "hostile samples")


def check_lines(files):
    for name in NAMES:
        written = files.text(name, "jsonl").splitlines()
        tap.equal(json_line_schema.check_lines(written), {"resourceSpans": 2, "limpetProfile": 1}, f"{name}: lines")
        lines = [json.loads(line) for line in written]
        tap.equal([next(iter(line)) for line in lines], ["resourceSpans", "limpetProfile", "resourceSpans"], f"{name}: lines")
        profile = lines[1]["limpetProfile"]
        frames = [frame["function"] for frame in profile["frames"]]
        tap.equal(sum(stack["onCpuNano"] for stack in profile["stacks"]), profile["onCpuNano"], f"{name}: time")
        if name == "sample":
            leaves = {frames[stack["frames"][0]]: stack["samples"] for stack in profile["stacks"] if stack["samples"]}
            tap.equal(leaves, LEAVES, "leaves")


def main():
    with tempfile.TemporaryDirectory() as folder:
        files = Files(folder)
        with tap.session("the files are written"):
            subprocess.run([PRINT, folder], check=True, capture_output=True, timeout=60)
        for name, check in (("folded: lines are stacks and counts", check_folded), ("pprof: Go's tool reads the same times", check_pprof),
                            ("speedscope: its own schema is kept", check_speedscope),
                            ("perfetto: slices nest, samples and spans are there", check_perfetto),
                            ("sentry: chunks by the rules, times as sampled", check_sentry), ("OTLP: OpenTelemetry's own code reads the same", check_otlp),
                            ("JSON lines: their schema is kept, and the same sums", check_lines)):
            with tap.case(name):
                check(files)
    tap.finish()


main()
