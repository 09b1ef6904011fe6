#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is captured reaches OTLP and Sentry: the same ids and counts as in the JSON file, at receivers that refuse what is wrong."""
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "crash_targets")]
import build
import http_load
import tap
from http_load import Request
from limpet_runner import ROOT, Limpet
from target_servers import EpollServer, free_port, wait_listening

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
        for resource in line.get("resourceSpans", []):
            for scope in resource["scopeSpans"]:
                ids += [(span["traceId"], span["spanId"]) for span in scope["spans"]]
    return ids


def attributes_of(record):
    """Values as text; 64-bit integers are text in OTLP JSON anyway."""
    return {item["key"]: str(next(iter(item["value"].values()))) for item in record["attributes"]}


def records_of(lines):
    """[(path, attributes, record)] of every log record."""
    records = []
    for line in lines:
        tap.equal(line["errors"], [], "the receiver's complaints")
        for resource in line.get("resourceLogs", []):
            for scope in resource["scopeLogs"]:
                records += [(line["path"], attributes_of(record), record) for record in scope["logRecords"]]
    return records


def transactions_of(lines):
    return payloads_of(lines, lambda value: value.get("type") == "transaction" and "contexts" in value)


def events_of(lines):
    return payloads_of(lines, lambda value: "exception" in value and "event_id" in value)


def payloads_of(lines, is_one):
    """Whatever way the receiver wraps them: every such payload in its output."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            if is_one(value):
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


def violations_of(sentry):
    path = sentry.output + ".violations"
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


class CrashRun:
    """limpet run of one command until it crashes, with both receivers; what they got is in otlp and sentry."""

    def __init__(self, command, code, drive=lambda: None, environment=None):
        with Limpet.run(command, environment=environment) as limpet:
            otlp, sentry = Receiver("otlp_receiver", limpet.folder.name), Receiver("sentry_receiver", limpet.folder.name)
            limpet.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{otlp.port}"
            limpet.environment["SENTRY_DSN"] = f"http://0123456789abcdef0123456789abcdef@127.0.0.1:{sentry.port}/42"
            try:
                limpet.start().wait_ready()
                drive()
                limpet.wait()
            finally:
                otlp.stop()
                sentry.stop()
            self.otlp, self.sentry = otlp.lines(), sentry.lines()
            self.violations = violations_of(sentry)
            self.spans = limpet.spans()
            limpet.check_clean(code)

    def check_one_crash(self):
        """One log record and one event, which are the same crash; returns both."""
        tap.equal(self.violations, "", "violations at the Sentry receiver")
        (path, attributes, record), = records_of(self.otlp)
        event, = events_of(self.sentry)
        exception, = event["exception"]["values"]
        tap.equal((path, record["severityNumber"], record["eventName"]), ("/v1/logs", 21, "exception"), "the log record")
        tap.equal(attributes["log.record.uid"], event["event_id"], "log.record.uid and event_id")
        tap.equal((attributes["exception.type"], attributes["exception.message"]), (exception["type"], exception["value"]),
                  "type and cause in both")
        return attributes, record, event


def crash_to_both():
    program = build.build("c")["crash-pie-O0-fp"]
    run = CrashRun([program, "null"], 139)
    with tap.case("a crash is one log record at /v1/logs and one Sentry event, with the same id"):
        attributes, record, event = run.check_one_crash()
        tap.equal(attributes["exception.type"], "SIGSEGV", "type")
        assert "    at read_null (" in attributes["exception.stacktrace"], attributes["exception.stacktrace"]
        tap.equal(("traceId" in record, "spanId" in record), (False, False), "a trace of a program that serves nothing")


def broken_request_to_both():
    port = free_port()
    address = ("127.0.0.1", port)

    def drive():
        wait_listening(address)
        http_load.run_load(address, [Request("/fine")], 1)
        http_load.run_load(address, [Request("/crash/shelf")], 1, False)

    run = CrashRun(["/usr/bin/python3", build.source("crash_http_server.py"), "plain", f"127.0.0.1:{port}"], 139, drive,
                   {"OTEL_EXPORTER_OTLP_HEADERS": "who=anybody", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "who=traces",
                    "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION": "none"})
    with tap.case("a crash in a request: the trace of its span, of the log record and of the Sentry event is the same"):
        attributes, record, event = run.check_one_crash()
        broken, = [span for span in run.spans if span.attributes.get("url.path") == "/crash/shelf"]
        ids = (broken.trace_id, broken.span_id)
        tap.equal((record["traceId"], record["spanId"]), ids, "ids of the log record")
        tap.equal((event["contexts"]["trace"]["trace_id"], event["contexts"]["trace"]["span_id"]), ids, "ids of the event")
        tap.equal(attributes["url.path"], "/crash/shelf", "the path in the log record")
    with tap.case("what is set for one signal is for that signal alone"):
        tap.equal({(line["path"], line["headers"]["who"], line["encoding"]) for line in run.otlp},
                  {("/v1/traces", "traces", "gzip"), ("/v1/logs", "anybody", "")}, "headers and compression by path")
    with tap.case("spans go to /v1/traces and transactions to Sentry beside it, each once"):
        tap.equal({line["path"] for line in run.otlp if "resourceSpans" in line}, {"/v1/traces"}, "paths of spans")
        expected = sorted((span.trace_id, span.span_id) for span in run.spans)
        tap.equal(len(expected), 2, "spans")
        tap.equal(sorted(otlp_ids(run.otlp)), expected, "ids at OTLP")
        tap.equal(sorted(sentry_ids(run.sentry)), expected, "ids at Sentry")


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
            tap.equal(violations_of(sentry), "", "violations")
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
    for part in (trace_to_both, trace_to_nobody, crash_to_both, broken_request_to_both):
        with tap.session(part.__name__):
            part()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
