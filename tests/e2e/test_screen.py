#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`limpet attach` on a terminal, in tmux, with real servers under load: each tab's figures are the load generator's.

And when the target is killed in full view: its crash is shown. Recordings: tests/replay/test_screen.py.
"""
import collections
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), HERE]
import http_load
import profiled
import screen_reader
import span_checks
import tap
from limpet_runner import binary_path
from target_servers import EpollServer, FlaskServer, GoServer
from test_postgresql import PostgresqlServer
from test_redis import RedisServer
from tmux_screen import TmuxScreen

REQUESTS = 300
CALLS = """
import ctypes, os, sys
print("ready", flush=True)
for line in sys.stdin:
    for _ in range(1000): os.getppid()
    for _ in range(500): os.sched_yield()
    for path in ["/nonexistent"] * 40 + ["/proc/version"] * 30:
        try: os.rmdir(path)
        except OSError: pass
    print("done", flush=True)
    if line == "die\\n": ctypes.string_at(0)
"""


PRINTS = """
import os, sys, time
print("no input: %r" % sys.stdin.read(), flush=True)
os.write(2, b"\\x1b[2Jhostile\\n")
time.sleep(3)
os.abort()
"""


def attach(pid, *options, columns=screen_reader.COLUMNS, rows=screen_reader.ROWS):
    return TmuxScreen([binary_path(), "attach", str(pid), *options], columns, rows)


def begin(screen, pid):
    screen.wait_for(rf"limpet  PID {pid}\b", 60)
    screen.wait_for(r"costs \d+\.\d\d % CPU")


def end(screen, key="q"):
    """The text that is left on the terminal."""
    code, lines = screen.keys(key).wait_left(60)
    tap.equal(code, 0, "exit code")
    assert any("detached from PID" in line for line in lines), lines
    return lines


ITEMS = 75
ROUNDED = 1.005 * 1.016  # three digits, and what a histogram may be off
ROUTES = {"PUT": "PUT /stock/{id}", "GET": "GET /stock/{id}", "POST": "POST /stock/{id}/sold"}


def shop_requests():
    """First what is kept, then what asks for it: what is there, what is not, and what Redis refuses."""
    asks = [http_load.Request(path, method) for item in range(1, ITEMS + 1)
            for method, path in (("GET", f"/stock/{item}"), ("GET", f"/stock/{item + 1000}"), ("POST", f"/stock/{item}/sold"))]
    return [http_load.Request(f"/stock/{item}", "PUT", 100) for item in range(1, ITEMS + 1)], asks


def check_shop_outcomes(outcomes):
    statuses = collections.Counter((outcome.request.method, outcome.status) for outcome in outcomes)
    tap.equal(statuses, {("PUT", 201): ITEMS, ("GET", 200): ITEMS, ("GET", 404): ITEMS, ("POST", 500): ITEMS}, "answers")


def check_durations(shown, outcomes):
    """What the client measured of the same requests has the server's time within it."""
    for method, name in ROUTES.items():
        measured = sorted(outcome.duration_ns for outcome in outcomes if outcome.request.method == method)
        seen = shown["server", name]
        assert 0 < seen.p50 <= seen.p95 <= seen.p99 <= seen.max <= measured[-1] * ROUNDED, f"{name}: {seen}, measured {measured}"
        for word, quantile in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            longest = measured[min(len(measured) - 1, int(quantile * len(measured)))] * ROUNDED
            assert getattr(seen, word) <= longest, f"{word} of {name}: {getattr(seen, word)} ns, the client measured {longest} ns"


def check_waterfall(screen, key):
    """The trace under the cursor: a request, and below it its command to Redis."""
    lines, _ = screen.keys(*key, "Enter").wait_for(r"trace [0-9a-f]{32}  2 spans")
    first = next(i for i, line in enumerate(lines) if re.search(r"trace [0-9a-f]{32}", line))
    request, command = lines[first + 1: first + 3]
    found = re.search(r"(\w+) /stock/\{id\}", request)
    assert found, lines
    wanted = {"PUT": "SET", "GET": "GET", "POST": "LPUSH"}[found[1]]
    assert re.search(rf"^└.* → redis {wanted} ", command), lines
    screen.keys("Escape").wait_for(r"\[(latest|slowest|failed)\]")
    return found[1]


def check_shop():
    with tap.case("Flask and Redis: operations are those of the client and of redis-server, durations within what was measured"), \
            RedisServer() as redis:
        redis.start()
        with FlaskServer(redis=redis.address, families=("ipv4",)) as target:
            target.start()
            with attach(target.pid, "--queue-size=100000") as screen:
                begin(screen, target.pid)
                outcomes = [outcome for requests in shop_requests() for outcome in http_load.run_load(target.address, requests, 20)]
                check_shop_outcomes(outcomes)
                commands, failed = redis.calls()
                commands["INFO"] -= 1
                tap.equal(+commands, {"SET": ITEMS, "GET": 2 * ITEMS, "LPUSH": ITEMS}, "commands that Redis counted")
                tap.equal(failed, {"LPUSH": ITEMS}, "commands that Redis refused")
                screen.wait_for(rf" {8 * ITEMS} spans, {2 * ITEMS} errors, ")
                screen.wait_for(rf"2 Traces {4 * ITEMS} ")  # no command has a trace of its own
                lines = screen.lines()
                shown = {(row.kind, row.name): (row.count, row.errors) for row in screen_reader.operations(lines)}
                methods = collections.Counter(outcome.request.method for outcome in outcomes)
                wanted = {("server", name): (methods[method], ITEMS if method == "POST" else 0) for method, name in ROUTES.items()}
                wanted.update({("client", f"redis {name}"): (count, failed[name]) for name, count in (+commands).items()})
                tap.equal(shown, wanted, "operations")
                check_durations(screen_reader.durations(lines), outcomes)
                check_waterfall(screen, ["2"])
                tap.equal(check_waterfall(screen, ["v", "v"]), "POST", "the method of what has failed")
                lines = end(screen, "C-c")
                assert any(re.match(rf"{4 * ITEMS} traces, {8 * ITEMS} spans, {2 * ITEMS} errors in ", line) for line in lines), lines
                assert not any("lost:" in line for line in lines), lines


def check_http(server):
    with tap.case(f"{server.name}: operations and traces are those of the client"), server() as target:
        target.start()
        with attach(target.pid) as screen:
            begin(screen, target.pid)
            outcomes = http_load.run_load(target.address, span_checks.varied_requests("screen", REQUESTS), 20)
            span_checks.check_outcomes(outcomes)
            failed = sum(outcome.status >= 500 for outcome in outcomes)
            screen.wait_for(rf" {REQUESTS} spans, {failed} errors?, ")
            shown = screen_reader.operations(screen.lines())
            tap.equal(sum(row.count for row in shown if row.kind == "server"), REQUESTS, f"requests of {shown}")
            tap.equal(sum(row.errors for row in shown), failed, f"errors of {shown}")
            methods = collections.Counter(row.name.split(" ")[0] for row in shown for _ in range(row.count))
            wanted = collections.Counter(outcome.request.method for outcome in outcomes)
            unknown = methods.pop("HTTP", 0)  # what semantic conventions do not know
            assert all(wanted[name] == count for name, count in methods.items()), (methods, wanted)
            tap.equal(unknown + sum(methods.values()), REQUESTS, "methods")
            screen.wait_for(rf"2 Traces {REQUESTS} ")
            screen.keys("2", "v", "v").wait_for(r"\[failed\]")
            screen.keys("Enter").wait_for(r"trace [0-9a-f]{32}  1 span")
            lines = end(screen, "C-c")
            summary = rf"{REQUESTS} traces, {REQUESTS} spans, {failed} errors? in "
            assert any(re.match(summary, line) for line in lines), lines
            assert not any("lost:" in line for line in lines), lines


def check_redis():
    with tap.case("redis-server: operations are those the server counted"), RedisServer() as target:
        target.start()
        with attach(target.pid, "--queue-size=100000") as screen:
            begin(screen, target.pid)
            subprocess.run(["redis-benchmark", "-h", "127.0.0.1", "-p", str(target.address[1]), "-n", "400", "-c", "10", "-t",
                            "set,get,incr", "-q"], check=True, stdout=subprocess.DEVNULL, timeout=60)
            screen.wait_for(r" 12\d\d spans")
            counts, _ = target.calls()
            screen.wait_for(rf" {sum(counts.values())} spans")
            shown = {row.name.split(" ", 1)[1]: row.count for row in screen_reader.operations(screen.lines())}
            tap.equal({name: shown.get(name) for name in ("SET", "GET", "INCR")},
                      {name: counts[name] for name in ("SET", "GET", "INCR")}, f"commands of {shown}")
            end(screen)


def check_postgresql():
    with tap.case("postgresql: operations are those of pgbench"), PostgresqlServer() as target:
        target.start()
        target.fill()
        with attach(target.pid, "--queue-size=100000") as screen:
            begin(screen, target.pid)
            done = subprocess.run(["pgbench", *target.place(), "-n", "-S", "-c", "4", "-t", "100", "shop"], check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60)
            assert "400/400" in done.stdout, done.stdout
            screen.wait_for(r"postgres\S* +server +postgresql SELECT pgbench_accounts +400 ")
            end(screen)


def with_calls():
    process = subprocess.Popen([sys.executable, "-c", CALLS], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, start_new_session=True)
    assert process.stdout.readline() == "ready\n"
    return process


def check_syscalls():
    with tap.case("system calls: as many as were made, by errno"):
        process = with_calls()
        with attach(process.pid) as screen:
            begin(screen, process.pid)
            process.stdin.write("go\n")
            process.stdin.flush()
            assert process.stdout.readline() == "done\n"
            screen.keys("5").wait_for(r"^getppid +1000 ")
            shown = screen_reader.calls(screen.lines())
            for name, wanted in (("getppid", (1000, 0, {})), ("sched_yield", (500, 0, {})),
                                 ("rmdir", (70, 70, {"ENOENT": 40, "ENOTDIR": 30}))):
                tap.equal(tuple(shown.get(name, ())), wanted, f"{name} of {shown}")
            end(screen)
        assert process.poll() is None, "the target has ended"
        process.kill()
        process.wait()


def check_profile():
    with tap.case("profile: the shares of a program that knows them"):
        program = profiled.build()["nofp"]
        process = subprocess.Popen([program, "shares", "10"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "up\n"
        with attach(process.pid, "--events=spans,crashes,profile", "--profile=199") as screen:
            begin(screen, process.pid)
            screen.keys("4").wait_for("No samples yet")
            process.stdin.write("go\n")
            process.stdin.flush()
            truth = json.loads(process.stdout.readline())
            process.wait()
            screen.wait_for("ENDED")
            lines, _ = screen.wait_for(r"% +\d+  burn_seventy")
            shown = {match[2]: float(match[1]) for match in (re.match(r" *([\d.]+) % +[\d.]+ % +\d+  (burn_\w+)", line)
                                                              for line in lines) if match}
            for name, ns in truth.items():
                wanted = 100 * ns / sum(truth.values())
                assert abs(shown.get(name, 0) - wanted) <= 5, f"{name}: {shown}, expected {wanted:.1f} %"
            screen.keys("q").wait_left(60)


def check_death(columns, rows):
    with tap.case(f"the target dies in full view ({columns}x{rows}): its crash is shown, and left behind"):
        process = with_calls()
        with attach(process.pid, columns=columns, rows=rows) as screen:
            begin(screen, process.pid)
            process.stdin.write("die\n")
            process.stdin.flush()
            process.wait()
            screen.wait_for("ENDED")
            screen.wait_for(r"✗ SIGSEGV +python3\S* \(\d+\)")
            screen.wait_for("The traced processes have ended")
            screen.keys("Escape").wait_for(r"SIGSEGV +python3")
            code, lines = screen.keys("q").wait_left(60)
            tap.equal(code, 0, "exit code")
            assert any(re.search(r"✗ SIGSEGV +python3", line) for line in lines), lines


def check_run():
    with tap.case("run behind the screen: what CMD prints has a tab, its end and its exit code are its own"), \
            TmuxScreen([binary_path(), "run", "--plain=off", "--", sys.executable, "-c", PRINTS], 80, 24) as screen:
        screen.wait_for(r"limpet  .*python3", 60)
        screen.wait_for("7 Output")
        screen.keys("7").wait_for(r"^\\x1b\[2Jhostile")
        screen.wait_for("^no input: ''")
        screen.wait_for("ENDED")
        screen.wait_for("✗ SIGABRT")
        code, lines = screen.keys("q").wait_left(60)
        tap.equal(code, 128 + 6, "exit code")
        assert any(line.startswith("\\x1b[2Jhostile") for line in lines), lines
        assert any("✗ SIGABRT" in line for line in lines), lines


def check_run_duration():
    """Longer than limpet looks on: CMD goes on, and the pipe it prints into has somebody at its end."""
    prints = "for i in 1 2 3 4 5 6; do sleep 0.7; echo still $i; done"
    with tap.case("run behind the screen, for a time: CMD goes on, and prints where it would have"), \
            TmuxScreen([binary_path(), "run", "--plain=off", "--duration=2s", "--", "sh", "-c", prints], 80, 24) as screen:
        code, _ = screen.wait_left(60)
        tap.equal(code, 0, "exit code")
        lines, _ = screen.wait_for("^still 6")
        assert any("goes on untraced" in line for line in lines), lines


def check_run_plain():
    """CMD has its terminal; who would rather look on is told how, once."""
    command = [binary_path(), "run"]
    asks = ["--", sys.executable, "-c", "print('heard ' + input('well? '))"]
    with tap.case("run leaves the terminal to CMD, and says how to have the full screen"), TmuxScreen([*command, *asks], 200, 24) as screen:
        screen.wait_for(r"^well\?", 60)
        code, lines = screen.type("aye").keys("Enter").wait_left(60)
        tap.equal(code, 0, "exit code")
        assert "heard aye" in lines, lines
        hints = [line for line in lines if "full screen" in line]
        tap.equal(hints, [f"limpet: for the full screen, if {sys.executable} needs no input: limpet run --plain=off -- {sys.executable} …"],
                  "hints")
    with tap.case("run --quiet says nothing of it"), TmuxScreen([*command, "--quiet", *asks], 100, 24) as screen:
        screen.wait_for(r"^well\?", 60)
        code, lines = screen.type("aye").keys("Enter").wait_left(60)
        assert code == 0 and not [line for line in lines if line.startswith("limpet:")], lines


def check_drops():
    with tap.case("drops: the counts on the screen are those of the last lines"), EpollServer() as target:
        target.start()
        with attach(target.pid, "--ring-size=4096") as screen:
            begin(screen, target.pid)
            for _ in range(5):
                http_load.run_load(target.address, span_checks.varied_requests("flood", 400), 50)
            screen.keys("6").wait_for("ring_full")
            lines, previous = screen.lines(), None
            while lines != previous:  # until the last records have come
                previous = lines
                screen.wait_for("ring_full")
                subprocess.run(["sleep", "1.2"], check=True)
                lines = [line for line in screen.lines() if "costs" not in line]
            shown = screen_reader.drops(lines)
            left = end(screen)
            told = {match[1]: int(match[2]) for match in (re.match(r"limpet: lost: (\w+) (\d+) ", line) for line in left) if match}
            tap.equal(shown, told, "losses")


def main():
    if sys.argv[1:] == ["profile"]:
        check_profile()
        tap.finish()
    check_shop()
    check_http(GoServer)
    check_redis()
    check_postgresql()
    check_syscalls()
    check_profile()
    check_death(80, 24)
    check_death(200, 50)
    check_run()
    check_run_duration()
    check_run_plain()
    check_drops()
    tap.finish()


if __name__ == "__main__":
    main()
