#!/usr/bin/python3
"""Prints what measure.py found as tables, with the targets of this project and the figures of the peer beside it.

usage: print_table.py NATIVE_JSON GUEST_JSON        a file that does not exist is left out
"""
import json
import os
import statistics
import sys

# The first targets, and OpenTelemetry eBPF Instrumentation v0.10.0 measured in the same way (nginx, wrk -t1 -c8, 6.12, OTLP).
TARGETS = [
    ("instructions per request added", 40.0, 140.3, "k"),
    ("  of these in the request's path", 10.0, 50.8, "k"),
    ("RSS of the agent", 24.0, 107.0, " MiB"),
    ("kernel memory of maps", 16.0, 174.5, " MB"),
]


def median(values):
    return statistics.median(values) if values else float("nan")


def thousand(value):
    return f"{value / 1000:,.1f}k"


def added_thousand(value):
    return f"{value / 1000:+,.1f}k"


def mib(kib):
    return f"{kib / 1024:.1f}"


def print_rows(header, rows):
    rows = [header] + rows
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


def split(results):
    """(name, outcomes of its rounds) of what ran, (name, reason) of what did not."""
    ran, refused = [], []
    for name, outcomes in results["variants"].items():
        reasons = [outcome["refused"] for outcome in outcomes if "refused" in outcome]
        if reasons:
            refused.append((name, reasons[0]))
        else:
            ran.append((name, outcomes))
    return ran, refused


def middle(outcomes, *keys):
    values = []
    for outcome in outcomes:
        for key in keys:
            outcome = outcome.get(key) if outcome is not None else None
        if outcome is not None:
            values.append(outcome)
    return median(values)


def print_refused(refused):
    for name, reason in refused:
        print(f"  {name}: not measured, {reason}")


def lost_text(outcomes):
    lost = [(o["lost"], o["expected"]) for o in outcomes if "lost" in o]
    return f"{sum(n for n, _ in lost)} of {sum(of for _, of in lost):,}" if lost else "-"


def print_losses(ran):
    """What the agent itself says it lost, its last round."""
    for name, outcomes in ran:
        for line in outcomes[-1]["log"].splitlines():
            if line.startswith("limpet: lost:"):
                print(f"  {name}: {line}")


def print_start(ran):
    header = ["start and memory", "ready", "first span", "first export", "RSS at start", "after", "peak", "maps", "map memory", "programs"]
    rows = []
    for name, outcomes in ran:
        spans = [o for o in outcomes if o.get("sink", {}).get("spans")]
        rows.append([
            name, f"{middle(outcomes, 'ready_s'):.3f} s",
            f"{middle(spans, 'first_span_s'):.3f} s" if spans else "-", f"{middle(spans, 'first_post_s'):.3f} s" if spans else "-",
            mib(middle(outcomes, "rss_start_kib")), mib(middle(outcomes, "rss_end_kib")), mib(middle(outcomes, "rss_peak_kib")) + " MiB",
            f"{middle(outcomes, 'maps'):.0f}", f"{middle(outcomes, 'map_bytes') / 1e6:.1f} MB", f"{middle(outcomes, 'programs'):.0f}",
        ])
    print_rows(header, rows)


def print_native(results):
    ran, refused = split(results)
    base = [run["per_second"] for run in results["untraced"]]
    print("\nNative (as fast as this machine is just now; the ratio is to the untraced run of the same round)\n")
    rows = [["untraced", f"{median(base):,.0f}", "1.00", f"{median([r['nginx'] for r in results['untraced']]) / 1000:.1f} us", "-", "-", "-", "-"]]
    for name, outcomes in ran:
        ratios = [o["run"]["per_second"] / b for o, b in zip(outcomes, base)]
        spans = [o for o in outcomes if o.get("sink", {}).get("spans")]
        rows.append([
            name, f"{middle(outcomes, 'run', 'per_second'):,.0f}", f"{median(ratios):.2f}",
            f"{middle(outcomes, 'run', 'nginx') / 1000:.1f} us", f"{middle(outcomes, 'run', 'agent_full') / 1000:.1f} us",
            f"{sum(o['sink']['spans'] for o in spans):,}" if spans else "-", lost_text(outcomes),
            f"{median([o['sink']['bytes'] / o['sink']['spans'] for o in spans]):.0f}" if spans else "-",
        ])
    print_rows(["nginx, wrk -t1 -c8", "requests/s", "ratio", "nginx/request", "agent/request", "spans", "lost", "bytes/span"], rows)
    print_losses(ran)
    print()
    print_start(ran)
    print_refused(refused)


def print_programs(ran):
    for name, outcomes in ran:
        programs = next((o["bpf"] for o in outcomes if o.get("bpf")), [])
        if not programs:
            continue
        print(f"\n  BPF programs, {name}: {sum(p[1] for p in programs):.1f} runs and {thousand(sum(p[2] for p in programs))} per request"
              " (counted in a run of its own; the counting is in it)")
        for program, runs, spent in programs:
            print(f"    {program:<24} {runs:6.2f} runs  {thousand(spent):>8}  {spent / runs:8,.0f} per run")


def print_counted(results):
    ran, refused = split(results)
    base = median([run["total"] for run in results["untraced"]])
    base_runs = {key: median([run[key] for run in results["untraced"]]) for key in ("nginx", "wrk")}
    spread = max(run["total"] for run in results["untraced"]) / min(run["total"] for run in results["untraced"]) - 1
    print(f"\nInstructions per request ({results.get('kernel', 'guest')}, one CPU; untraced runs differ by {spread:.1%})\n")
    rows = [["untraced", thousand(base), thousand(base_runs["nginx"]), thousand(base_runs["wrk"]), "-", "-", "-", "-", "-", "-", "-"]]
    first = None
    for name, outcomes in ran:
        sink = middle(outcomes, "run", "sink") if "sink" in outcomes[0]["run"] else 0
        path = middle(outcomes, "run", "total") - middle(outcomes, "run", "agent") - sink - base
        agent = middle(outcomes, "run", "agent_full")
        runs = [sum(p[1] for p in o["bpf"]) for o in outcomes if o.get("bpf")]
        programs = [sum(p[2] for p in o["bpf"]) for o in outcomes if o.get("bpf")]
        rows.append([
            name, thousand(middle(outcomes, "run", "total")), thousand(middle(outcomes, "run", "nginx")), thousand(middle(outcomes, "run", "wrk")),
            added_thousand(path + agent), added_thousand(path), thousand(agent),
            f"{median(runs):.1f}" if runs else "-", thousand(median(programs)) if programs else "-", thousand(sink) if sink else "-",
            lost_text(outcomes),
        ])
        if first is None or path + agent < first[0]:
            first = (path + agent, path, outcomes, name) if "sink" in outcomes[0] and name != "whole host (wrk's spans too)" else first
    print_rows(["", "total", "nginx", "wrk", "added", "in path", "agent", "BPF runs", "BPF", "receiver", "lost"], rows)
    print("  added = in path + agent; in path = all that is executed outside agent and receiver, less the untraced total")
    print_losses(ran)
    print()
    print_start(ran)
    starts = [f"{middle(outcomes, 'start_cpu_ns') / 1e6:,.0f} M ({name})" for name, outcomes in ran]
    print("  here 1 s is 1 G instructions, shared with the load; the agent itself spent on its start: " + ", ".join(starts))
    print_programs(ran)
    for name, run in [("untraced", r) for r in results["untraced"]] + [(n, o["run"]) for n, outcomes in ran for o in outcomes]:
        known = sum(run.get(key, 0) for key in ("nginx", "wrk", "agent", "sink"))
        if known < 0.9 * run["total"]:
            print(f"  warning: {name}: {1 - known / run['total']:.0%} of the time nobody known ran; did the closed loop idle?")
    print_refused(refused)
    if first:
        added, path, outcomes, name = first
        reached = [added / 1000, path / 1000, middle(outcomes, "rss_peak_kib") / 1024, middle(outcomes, "map_bytes") / 1e6]
        print(f"\nAgainst the targets ({name}, OTLP, 100 % sampling)\n")
        print_rows(["", "limpet", "target", "", "peer"], [
            [text, f"{value:.1f}{unit}", f"< {target:g}{unit}", "reached" if value < target else "missed", f"{peer:g}{unit}"]
            for value, (text, target, peer, unit) in zip(reached, TARGETS)
        ])


def main():
    for path, show in zip(sys.argv[1:3], (print_native, print_counted)):
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                show(json.load(file))


main()
