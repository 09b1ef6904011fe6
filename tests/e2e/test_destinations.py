#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is captured reaches OTLP and Sentry: the same ids and counts as in the JSON file, at receivers that refuse what is wrong."""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import tap
from http_load import Request
from limpet_runner import ROOT, Limpet
from target_servers import EpollServer

COUNT = 200
START_S = 30


class Receiver:
    """One of tests/support/*_receiver.py on a free loopback port; what came is in self.lines()."""

    def __init__(self, script, folder):
        self.output, port_file = os.path.join(folder, script + ".jsonl"), os.path.join(folder, script + ".port")
        self.process = subprocess.Popen(
            ["/usr/bin/python3", os.path.join(ROOT, "tests", "support", script + ".py"), "--port", "0",
             "--port-file", port_file, "--output", self.output], stdout=subprocess.DEVNULL)
        end = time.monotonic() + START_S
        while not (os.path.exists(port_file) and open(port_file, encoding="ascii").read().strip()):
            assert time.monotonic() < end and self.process.poll() is None, f"{script} does not start"
            time.sleep(0.05)
        with open(port_file, encoding="ascii") as file:
            self.port = int(file.read())

    def stop(self):
        self.process.terminate()
        self.process.wait(START_S)

    def lines(self):
        with open(self.output, encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def otlp_ids(lines):
    ids = []
    for line in lines:
        tap.equal(line["errors"], [], "the receiver's complaints")
        for resource in line["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                ids += [(span["traceId"], span["spanId"]) for span in scope["spans"]]
    return ids


def transactions_of(lines):
    """Whatever way the receiver wraps them: every transaction in its output."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            if value.get("type") == "transaction" and "contexts" in value:
                found.append(value)
                return
            value = list(value.values())
        if isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(lines)
    return found


def sentry_ids(lines):
    ids = []
    for transaction in transactions_of(lines):
        trace = transaction["contexts"]["trace"]
        ids.append((trace["trace_id"], trace["span_id"]))
        ids += [(span["trace_id"], span["span_id"]) for span in transaction["spans"]]
    return ids


def trace_to_both():
    with EpollServer(families=("ipv4",)) as target, Limpet.attach(0) as limpet:
        target.start()
        otlp, sentry = Receiver("otlp_receiver", limpet.folder.name), Receiver("sentry_receiver", limpet.folder.name)
        limpet.arguments[-1] = str(target.pid)
        limpet.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{otlp.port}"
        limpet.environment["SENTRY_DSN"] = f"http://0123456789abcdef0123456789abcdef@127.0.0.1:{sentry.port}/42"
        limpet.environment["SENTRY_ENVIRONMENT"] = "e2e"
        try:
            limpet.start().wait_ready()
            http_load.run_load(target.address, [Request(f"/s/200/13/sent/{number}") for number in range(COUNT)], 10)
            limpet.stop()
        finally:
            otlp.stop()
            sentry.stop()
        expected = sorted((span.trace_id, span.span_id) for span in limpet.spans())
        with tap.case("every request is a span in the file, nothing lost"):
            tap.equal(len(expected), COUNT, "spans")
            limpet.check_clean()
        with tap.case("OTLP: the same ids, each once"):
            tap.equal(sorted(otlp_ids(otlp.lines())), expected, "ids")
        with tap.case("Sentry: the same ids, each once, and nothing the receiver refused"):
            tap.equal(sorted(sentry_ids(sentry.lines())), expected, "ids")
            violations = sentry.output + ".violations"
            tap.equal(open(violations, encoding="utf-8").read() if os.path.exists(violations) else "", "", "violations")
        with tap.case("Sentry: name, operation, status and environment of a transaction"):
            one = transactions_of(sentry.lines())[0]
            tap.equal((one["transaction"], one["contexts"]["trace"]["op"], one["contexts"]["trace"]["status"],
                       one["environment"]), ("GET /s/{id}/{id}/sent/{id}", "http.server", "ok", "e2e"), "fields")


def trace_to_nobody():
    """Nobody listens: capture goes on, the loss is counted, limpet ends in time."""
    with EpollServer(families=("ipv4",)) as target:
        target.start()
        with Limpet.attach(target.pid, "--otlp-endpoint=http://127.0.0.1:9", "--shutdown-timeout=1s") as limpet:
            limpet.start().wait_ready()
            http_load.run_load(target.address, [Request(f"/s/200/13/kept/{number}") for number in range(COUNT)], 10)
            limpet.stop()
            with tap.case("an unreachable endpoint stops nothing: the file has every span, what was not delivered is counted"):
                tap.equal(len(limpet.spans()), COUNT, "spans in the file")
                tap.equal(sum(limpet.lost().values()), COUNT, f"segments lost on the way: {limpet.lost()}")
                assert "127.0.0.1:9" in limpet.stderr, limpet.stderr


def main():
    for part in (trace_to_both, trace_to_nobody):
        with tap.session(part.__name__):
            part()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
