#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A recording as a page says what its replay says: the same spans, operations, errors, exceptions and crashes, on a page that
loads nothing; and a replay with --html makes the same page. No browser; privileges for the last but one.
"""
import collections
import json
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import span_reader
import tap
from limpet_runner import SANITIZER_WORDS, environment_for
from operation_names import operation_of
from replay_runner import RECORDINGS, binary_path, read_recording, recorded_names
from report_reader import read_report

MARKUP = b"/<script>alert(1)</script><img/src=x/onerror=alert(2)>"


def limpet(*arguments, code=0):
    done = subprocess.run([binary_path(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environment_for(), timeout=120, check=False)
    assert done.returncode == code, f"{arguments} left with {done.returncode}: {done.stderr}"
    assert not any(word in done.stderr for word in SANITIZER_WORDS), done.stderr
    return done


def count_records(path):
    with open(path, encoding="utf-8") as file:
        return sum(len(scope["logRecords"]) for line in file for resource in json.loads(line).get("resourceLogs", [])
                   for scope in resource["scopeLogs"])


def compare(report, spans, records):
    summary = report["summary"]
    tap.equal(summary["spans"], len(spans), "spans")
    tap.equal(summary["errors"], sum(span.status == span_reader.ERROR for span in spans), "errors")
    tap.equal(summary["traces"] >= len({span.trace_id for span in spans}), True, "traces")
    tap.equal(summary["crashes"] + summary["exceptions"], records, "crashes and exceptions")
    durations = collections.defaultdict(list)
    for span in spans:
        durations[operation_of(span.service, span.kind, span.name, span.attributes)].append(span)
    rows = {(row["service"], row["kind"], row["name"]): row for row in report["operations"]}
    tap.equal(sorted(rows), sorted(durations), "operations")
    for key, row in rows.items():
        times = sorted(span.duration_ns for span in durations[key])
        tap.equal(row["count"], len(times), f"{key}: count")
        tap.equal(row["errors"], sum(span.status == span_reader.ERROR for span in durations[key]), f"{key}: errors")
        tap.equal((row["max"], row["sum"]), (times[-1], sum(times)), f"{key}: max and sum")
        tap.equal(sum(number for _, number in row["bars"]), len(times), f"{key}: bars")
        for word, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            exact = times[max(-int(-part * len(times) // 1), 1) - 1]
            assert abs(row[word] - exact) <= 0.017 * exact + 1, f"{key}: {word} is {row[word]}, of {times}"
    compare_traces(report, spans)


def compare_traces(report, spans):
    by_id = {span.span_id: span for span in spans}
    for kept in report["traces"]["kept"]:
        for shown in kept["trace"]["spans"]:
            span = by_id[shown["id"]]
            tap.equal((kept["trace"]["id"], shown["duration"], shown.get("service")), (span.trace_id, span.duration_ns, span.service), span.name)
            tap.equal(int(kept["trace"]["start_unix_ns"]) + shown["start"], span.start_ns, "its start")
            tap.equal(shown.get("is_error", False), span.status == span_reader.ERROR, "its status")


def check(name, folder):
    recording, page, lines = f"{RECORDINGS}/{name}.rec", f"{folder}/{name}.html", f"{folder}/{name}.jsonl"
    replayed = f"{folder}/{name}-replayed.html"
    limpet("replay", "--terminal=off", f"--json={lines}", f"--html={replayed}", recording)
    done = limpet("report", recording, "--html", page)
    size = os.path.getsize(page)
    tap.equal((done.stdout, done.stderr), ("", f"limpet: report: {page}, {(size + 999) // 1000} KB\n"), "what it says")
    compare(read_report(replayed), span_reader.read_spans(lines), count_records(lines))
    again = read_report(page)
    first = read_report(replayed)
    for key in ("operations", "drops"):
        tap.equal(again[key], first[key], f"a report's {key} and a replay's")


def put_markup_in(folder):
    """A recording whose requests have markup for a path: as long as they were, at the cost of their headers."""
    header, records = read_recording("http_server")
    path, changed = f"{folder}/hostile.rec", 0
    for i, record in enumerate(records):
        begin, end = record.find(b"GET /"), record.find(b"\r\n\r\n")
        line = b"GET " + MARKUP + b" HTTP/1.1\r\nHost: a"
        if begin < 0 or end - begin < len(line):
            continue
        padding = end - begin - len(line) - 5
        text = line + b"\r\nX: " + b"a" * padding if padding >= 0 else line + b"a" * (end - begin - len(line))
        records[i] = record[:begin] + text + record[end:]
        changed += 1
    assert changed, "no request of the recording has room for it"
    with open(path, "wb") as file:
        file.write(header + b"".join(records))
    return path


def check_hostile(folder):
    recording = put_markup_in(folder)
    limpet("report", recording)
    report = read_report(f"{recording}.html")
    with open(f"{recording}.html", encoding="utf-8") as file:
        text = file.read()
    values = [value for kept in report["traces"]["kept"] for span in kept["trace"]["spans"] for _, value in span["attributes"]]
    assert MARKUP.decode() in values, values
    assert "<script>alert" not in text and "<img" not in text, "a path is markup"


def check_refusals(folder):
    recording = f"{RECORDINGS}/http_server.rec"
    done = limpet("report", recording, f"--html={folder}/nowhere/a.html", code=2)
    assert f"cannot write the report {folder}/nowhere/a.html: No such file or directory" in done.stderr, done.stderr
    done = limpet("report", f"{folder}/none.rec", code=6)
    tap.equal(os.path.exists(f"{folder}/none.rec.html"), False, "a page of nothing")
    assert "none.rec" in done.stderr, done.stderr
    with open(f"{folder}/kept.html", "w", encoding="utf-8") as file:
        file.write("as it was")
    with open(f"{folder}/cut.rec", "wb") as file:
        file.write(b"no recording at all")
    limpet("report", f"{folder}/cut.rec", f"--html={folder}/kept.html", code=6)
    with open(f"{folder}/kept.html", encoding="utf-8") as file:
        tap.equal(file.read(), "as it was", "a page that was there")
    leftovers = [name for name in os.listdir(folder) if ".html." in name]
    tap.equal(leftovers, [], "left beside it")


def check_dsn(folder):
    """What the environment names as destinations gets nothing of a report."""
    page = f"{folder}/alone.html"
    done = subprocess.run([binary_path(), "report", f"{RECORDINGS}/chain.rec", f"--html={page}"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False,
                          env={**environment_for(), "LIMPET_SENTRY_FILE": f"{folder}/sent", "LIMPET_JSON": f"{folder}/lines"})
    tap.equal(done.returncode, 0, done.stderr)
    tap.equal([os.path.exists(f"{folder}/{name}") for name in ("sent", "lines", "alone.html")], [False, False, True], "files")


def check_death(folder):
    """A target that dies, and one that is let go with Ctrl-C: the page is there, the target's words and exit code are its own."""
    if os.geteuid() != 0:
        raise tap.Skip("not root")
    page = f"{folder}/death.html"
    program = "import ctypes, sys; print('said', flush=True); ctypes.string_at(0)"
    done = limpet("run", "--terminal=off", f"--html={page}", "--", sys.executable, "-c", program, code=128 + signal.SIGSEGV)
    tap.equal(done.stdout, "said\n", "what the target said")
    report = read_report(page)
    tap.equal((report["summary"]["command"], report["summary"]["crashes"]), ("run", 1), "the crash")
    tap.equal(report["crashes"]["kept"][0]["signal"], "SIGSEGV", "its signal")
    assert report["crashes"]["kept"][0]["raising_thread"][0]["registers"], "no registers"
    page = f"{folder}/let-go.html"
    with subprocess.Popen(["sleep", "300"]) as target:
        try:
            agent = subprocess.Popen([binary_path(), "attach", "--terminal=off", f"--html={page}", str(target.pid)], env=environment_for(),
                                     stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            assert "tracing PID" in agent.stderr.readline(), "not attached"
            agent.send_signal(signal.SIGINT)
            words = agent.communicate(timeout=60)[1]
            tap.equal(agent.returncode, 0, words)
            tap.equal(read_report(page)["summary"]["subject"], f"PID {target.pid} (sleep)", "subject")
            tap.equal(target.poll(), None, "the target goes on")
        finally:
            target.kill()


def main():
    with tempfile.TemporaryDirectory(prefix="limpet-report-") as folder:
        for name in recorded_names():
            with tap.case(f"report of {name}"):
                check(name, folder)
        with tap.case("markup in a recording stays text"):
            check_hostile(folder)
        with tap.case("what cannot be written or read is said, and leaves what was there"):
            check_refusals(folder)
        with tap.case("a target that dies, and one that is let go, have their page"):
            check_death(folder)
        with tap.case("a report sends nothing"):
            check_dsn(folder)
    tap.finish()


if __name__ == "__main__":
    main()
