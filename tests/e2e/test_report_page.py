#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The page of --html and `limpet report` in a real browser, light and dark: what is in it is to be seen, with the numbers it was
made of; filter, sorting and keys work; names that a hostile program would have stay names, and nothing is loaded.

The browser is Debian's Chromium, driven by playwright-core of npm; without one of them it is skipped. Screenshots are left in
.build/report_page, to be looked at.
"""
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from limpet_runner import ROOT
from report_reader import read_report

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(ROOT, ".build", "report_page")
MODULES = os.path.join(ROOT, ".build", "npm", "report_page")
SHOW = os.path.join(ROOT, ".build", "tests", "e2e", "show_report")
COMPARE = os.path.join(ROOT, ".build", "tests", "e2e", "show_comparison")
TRACES = 300
SHADES = ("light", "dark")


def install():
    for name in ("package.json", "package-lock.json"):
        os.makedirs(MODULES, exist_ok=True)
        shutil.copy(os.path.join(HERE, "report_page", name), MODULES)
    if not shutil.which("node") or not shutil.which("npm"):
        raise tap.Skip("node or npm is not installed")
    if not os.path.exists(os.path.join(MODULES, "node_modules", "playwright-core")):
        run = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=MODULES, capture_output=True,
                             text=True, timeout=240, check=False)
        if run.returncode:
            raise tap.Skip(f"npm cannot install playwright-core: {(run.stderr.strip().splitlines() or ['no reason'])[-1]}")
    browser = shutil.which("chromium")
    if not browser:
        raise tap.Skip("chromium is not installed")
    return browser


def look(browser):
    page = os.path.join(FOLDER, "page.html")
    subprocess.run([SHOW, page, str(TRACES)], check=True, capture_output=True, timeout=120)
    subprocess.run([COMPARE, os.path.join(FOLDER, "comparison.html")], check=True, capture_output=True, timeout=120)
    run = subprocess.run(["node", os.path.join(HERE, "report_page", "look.js"), MODULES, browser, page, FOLDER],
                         capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    return read_report(page), json.loads(run.stdout)


def check_numbers(report, seen):
    summary = report["summary"]
    tap.equal(seen["tiles"], {"spans": summary["spans"], "traces": summary["traces"], "failed spans": summary["errors"],
                              "crashes": summary["crashes"], "exceptions": summary["exceptions"], "lost": summary["lost"]}, "tiles")
    tap.equal(summary["traces"], TRACES + 10, "traces")
    tap.equal(summary["lost"], 12345, "lost")
    rows = seen["tables"]["operations-table"]
    tap.equal([row[3:10] for row in rows],
              [[row[word] for word in ("count", "errors", "p50", "p95", "p99", "max", "sum")] for row in report["operations"]],
              "operations")
    tap.equal(len(seen["tables"]["traces-table"]), len(report["traces"]["kept"]), "traces kept")
    tap.equal(sorted(row[5] for row in seen["tables"]["traces-table"]),
              sorted(kept["trace"]["duration"] for kept in report["traces"]["kept"]), "durations")
    tap.equal(len(seen["nodes"]), len(report["services"]["nodes"]), "nodes")
    tap.equal(sorted(row[2] for row in seen["tables"]["calls-table"]), sorted(edge["count"] for edge in report["services"]["edges"]),
              "calls")
    tap.equal(len(seen["crashes"]), len(report["crashes"]["kept"]), "crashes")
    assert seen["registers"] >= 11, "each crash shows its registers"
    tap.equal(seen["tables"]["drops-table"], [["ring_full", 12345, report["drops"][0]["words"]]], "drops")
    assert [link.rstrip("0123456789,") for link in seen["links"]] == ["Operations", "Traces", "Services", "Profile", "Crashes", "System calls", "Drops"], seen["links"]
    tap.equal(seen["sections"][1:3], ["1", str(len(seen["links"]))], "keys of sections")


def check_syscalls(report, seen):
    """Rows by the time they took, as is drawn at first; errors by errno, with those that are not told apart."""
    errors = {row["name"]: [(error["name"], error["count"]) for error in row["errors"]] for row in report["syscalls"]}
    tap.equal(errors, {"read": [], "futex": [("ETIMEDOUT", 44)], "write": [("EPIPE", 9), ("EAGAIN", 7), ("EINTR", 6), ("EIO", 5)],
                       "number 999": [("ENOSYS", 2)], "<img src=x onerror=\"window.harmed='call'\">": [("4321", 1)],
                       "\u202e\u2066</td></script><b>": []}, "errors that were written")
    rows = seen["tables"]["syscalls-table"]
    by_time = sorted(report["syscalls"], key=lambda row: -row["sum"])
    tap.equal([row[1:6] for row in rows], [[row[word] for word in ("count", "sum", "mean", "max", "failed")] for row in by_time], "numbers")
    tap.equal([row[0] for row in rows], ["futex", "read", "write", "number 999", "<img src=x onerror=\"window.harmed='call'\">",
                                         "\\u202e\\u2066</td></script><b>"], "names they are sorted by")
    tap.equal(seen["syscalls"], [["futex", "777", "1m 28s", "113 ms", "5.00 s", "44", "ETIMEDOUT 44"],
                                 ["read", "1,234,567", "9.88 s", "8.00 µs", "4.32 ms", "0", ""],
                                 ["write", "5,000", "400 ms", "80.0 µs", "70.0 ms", "30", "EPIPE 9, EAGAIN 7, EINTR 6, EIO 5, other 3"],
                                 ["number 999", "2", "1.50 µs", "750 ns", "900 ns", "2", "ENOSYS 2"],
                                 ["<img src=x onerror=\"window.harmed='call'\">", "1", "800 ns", "800 ns", "800 ns", "1", "4321 1"],
                                 ["\\u202e\\u2066</td></script><b>", "1", "0 ns", "0 ns", "0 ns", "0", ""]], "what is to be seen")
    tap.equal(seen["search"]["syscalls"], 0, "calls found by the name of a request")
    tap.equal(seen["errno"], ["write"], "calls found by an errno")


def check_names(seen):
    tap.equal(seen["title"], "limpet: <b>shop</b>", "title")
    tap.equal(seen["elements"], 0, "elements made of names")
    names = [row[2] for row in seen["tables"]["operations-table"]]
    for name in ("</script><script>window.harmed='script'</script>", "<img src=x onerror=\"window.harmed='image'\">", "__proto__",
                 "\\u202egnp.exe\\u202c\\u2066\\u2028\\u2029"):
        assert name in names, f"{name} is not among {names}"
    assert not any(character in "".join(names) for character in "\0\x01\x1b\x7f\u202e\u2066\u2028"), "control characters are shown as such"


def check_profile(report, seen):
    profile, graph = report["profile"], seen["profile"]
    period = profile["on"] / profile["samples"]
    tap.equal((profile["samples"], profile["waits"]), (13 * TRACES + 4, TRACES), "samples")
    requests = {group["group"] for group in profile["groups"] if "trace" in group}
    sums, group = {"samples": 0, "off": 0}, None
    for depth, name, samples, off in zip(*(profile["boxes"][column] for column in ("depth", "name", "samples", "off"))):
        group = name if depth == 0 else group
        if group not in requests:
            sums["samples"] += samples
            sums["off"] += off
    tap.equal(sums, {"samples": profile["samples"], "off": profile["off"] // 1000}, "sums of the boxes")
    functions = {row[0]: row[3:5] for row in seen["tables"]["functions-table"]}
    for name, self_count, total_count in (("json_parse", 7, 7), ("serve", 1, 10), ("main", 0, 13), ("mark", 3, 3), ("render_page", 0, 2)):
        tap.equal([round(value / period) for value in functions[name]], [self_count * TRACES, total_count * TRACES], name)
    tap.equal(graph["hits"], f"{100 * 7 * TRACES / (13 * TRACES + 4):.1f} % in what was found", "what the search found")
    assert graph["found"] >= 1 and graph["boxes"] > 10, graph
    tap.equal(graph["zoomed"], {"box": "serve", "width": 100, "passed": ["all", "main"], "back": False}, "zoomed in")
    tap.equal(graph["whole"], graph["boxes"], "boxes after zooming out")
    tap.equal(graph["walk"], ["main", "serve", "read_order", "json_parse", "read_order"], "walked by keys")
    tap.equal((graph["flame"], graph["icicle"]), ("below", "above"), "where the root is")
    tap.equal(graph["off"], ["__futex_wait"], "where it waits")
    assert graph["operation"].startswith("shop: GET /orders"), graph["operation"]
    tap.equal(graph["operation_functions"], ["json_parse", "memcpy", "serve"], "functions of an operation")
    # It calls from 1 ms for 4 ms, from 6 ms for 12,345,678 ns, and waits from 16 ms to 21 ms.
    tap.equal({part["word"]: part["value"] for part in graph["request"]["parts"] if part["word"] != "not sampled"},
              {"on CPU": round(10 * period), "in calls": 16345678, "other waits": 2654322}, "where the time of a request went")
    assert graph["request"]["selected"].startswith("GET /orders"), graph["request"]
    tap.equal(graph["request"]["samples"], 10, "its samples")


def check_comparison(seen):
    tap.equal(seen["title"], "limpet: <b>before</b>.rec → after.rec", "title")
    tap.equal([row[:2] for row in seen["changes"]],
              [["slower", "GET /slow"], ["fails more", "GET /fails"], ["new", "GET /new"], ["gone", "GET /gone"], ["faster", "GET /fast"],
               ["too few", "GET /few"], ["as before", "GET /same"]], "changes")
    tap.equal(seen["changes"][0][2], "1.00 ms → 2.98 ms", "median of what is slower")
    tap.equal(seen["errors"], ["new"], "errors")
    assert seen["more"] and seen["less"], "colours of what takes more and of what takes less"
    assert "53.8 % → 76.9 %" in seen["detail"] or "69.2 % → 84.6 %" in seen["detail"], seen["detail"]
    tap.equal(seen["complaints"], [], "complaints")


def check_reading(seen):
    tap.equal(seen["keys"], {"focused": "traces-table", "second": 1, "spans": 3, "chosen": "GET: GET", "closed": 0,
                             "filtering": "filter"}, "keys")
    tap.equal(seen["search"]["operations"], 1, "operations found")
    assert 0 < seen["search"]["traces"] < len(seen["tables"]["traces-table"]), seen["search"]
    tap.equal(seen["nothing"], {"operations": 0, "traces": 0, "syscalls": 0, "crashes": 0, "after": len(seen["tables"]["operations-table"])}, "nothing found")
    tap.equal(seen["sort"]["descending"], sorted(seen["sort"]["descending"], reverse=True), "descending")
    tap.equal(seen["sort"]["ascending"], sorted(seen["sort"]["descending"]), "ascending")
    tap.equal(seen["overflow"], 0, "pixels beyond a narrow window")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    report = seen = None
    with tap.session("a browser looks at the page"):
        report, seen = look(install())
    for shade in SHADES if seen else ():
        with tap.case(f"{shade}: every section is there, with its numbers"):
            check_numbers(report, seen[shade])
        with tap.case(f"{shade}: system calls, with their errors"):
            check_syscalls(report, seen[shade])
        with tap.case(f"{shade}: the flame graph, with search, zoom and keys"):
            check_profile(report, seen[shade])
        with tap.case(f"{shade}: hostile names stay names"):
            check_names(seen[shade])
        with tap.case(f"{shade}: filter, sorting and keys"):
            check_reading(seen[shade])
        with tap.case(f"{shade}: the browser complains of nothing, and loads nothing"):
            tap.equal(seen[shade]["complaints"], [], "complaints")
            tap.equal([request.rsplit("/", 1)[1] for request in seen[shade]["requests"]], ["page.html"], "requests")
        with tap.case(f"{shade}: what got out of its string would not run"):
            tap.equal(seen[shade]["harmed"], None, "harmed")
            tap.equal(seen[shade]["broken"], {"harmed": None, "loaded": False}, "with markup put in on purpose")
    if seen:
        for name in ("comparison", "darkComparison"):
            with tap.case(f"{name}: changes, errors and the difference of the profiles"):
                check_comparison(seen[name])
        with tap.case("light and dark differ"):
            assert seen["light"]["ground"] != seen["dark"]["ground"], "the same ground"
    tap.finish()


if __name__ == "__main__":
    main()
