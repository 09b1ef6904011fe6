#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""gRPC by its C core (Python's grpcio), which many languages share: each call a span on both ends, as the client saw it.

Unary, streams of either side and of both, errors, deadlines, cancelled calls, an unknown method; one at a time and
fifty on one connection; and joined midway, where the names of methods are not known.
"""
import collections
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import span_checks
import tap
import target_servers
from limpet_runner import Limpet, environment_for

HERE = os.path.dirname(os.path.abspath(__file__))
APP = os.path.join(HERE, "grpc_targets", "grpcio_app.py")
CALLS = 160
OPTIONS = ("--ring-size=16MiB",)  # a loaded machine may keep limpet from its ring for a while
MARKS = {"limpet.lossy", "limpet.incomplete", "limpet.headers.incomplete"}
SERVER_ERRORS = ("DATA_LOSS", "UNIMPLEMENTED", "DEADLINE_EXCEEDED")
# They end for the caller before, or without, an end on the wire.
LOCAL_ENDS = ("DEADLINE_EXCEEDED", "CANCELLED")
KINDS = {("test.Shop/Buy", "OK", 1, 1), ("test.Shop/Buy", "NOT_FOUND", 1, 0), ("test.Shop/List", "OK", 1, 3),
         ("test.Shop/Fill", "OK", 4, 1), ("test.Shop/Talk", "DATA_LOSS", 3, 3), ("test.Shop/Sleep", "DEADLINE_EXCEEDED", 1, 0),
         ("test.Shop/List", "CANCELLED", 1, 3), ("test.Shop/Unknown", "UNIMPLEMENTED", 1, 0)}


def command(*words):
    return [target_servers.PYTHON, APP, *(str(word) for word in words)]


def check_installed():
    if subprocess.run([target_servers.PYTHON, "-c", "import grpc"], stderr=subprocess.DEVNULL, check=False).returncode:
        raise tap.Skip("python3-grpcio is not installed")


def check_status(span, outcome):
    """A call that its client gave up has a reset instead of a status: why is known only where a server said so in time."""
    status, error = span.attributes.get("rpc.response.status_code"), span.attributes.get("error.type")
    is_client, wanted = span.kind == span_checks.CLIENT, outcome["status"]
    if wanted == "DEADLINE_EXCEEDED" and status is None:
        tap.equal(error, "CANCEL" if is_client else None, "error of a call that was reset")
    elif wanted == "CANCELLED":
        tap.equal((status, error), ("CANCELLED", "CANCELLED" if is_client else None), "a cancelled call")
    else:
        is_error = wanted != "OK" if is_client else wanted in SERVER_ERRORS
        tap.equal((status, error, span.status == 2), (wanted, wanted if is_error else None, is_error), "status and error")


def check_call(span, outcome):
    attributes = span.attributes
    is_other = span.kind == span_checks.SERVER and outcome["status"] == "UNIMPLEMENTED"
    tap.equal((attributes["rpc.system.name"], attributes.get("rpc.method_original", attributes["rpc.method"]), span.name),
              ("grpc", outcome["method"], "grpc" if is_other else outcome["method"]), "the call")
    tap.equal((attributes.get("limpet.rpc.request.messages"), attributes.get("limpet.rpc.response.messages")),
              (outcome["sent"], outcome["received"]), f"messages of {outcome}")
    check_status(span, outcome)
    assert not MARKS.intersection(attributes), f"is marked: {span}"
    assert outcome["status"] in LOCAL_ENDS or span.duration_ns <= outcome["duration_ns"], f"{span} took longer than {outcome}"


def check_calls(limit):
    port = target_servers.free_port()
    server, client = (" ".join(command(*words)) for words in (("serve", port), ("call", port, CALLS, limit)))
    with Limpet.run(["sh", "-c", f"{server} & server=$!; {client}; kill $server; wait"]) as limpet:
        limpet.start().wait().check_clean()
        outcomes = json.loads(limpet.stdout)
        tap.equal(collections.Counter((outcome["method"], outcome["status"], outcome["sent"], outcome["received"]) for outcome in outcomes),
                  collections.Counter({kind: CALLS // len(KINDS) for kind in KINDS}), "what the client saw")
        by_trace = {outcome["trace"]: outcome for outcome in outcomes}
        spans = limpet.spans()
        for kind in (span_checks.SERVER, span_checks.CLIENT):
            of_kind = span_checks.of_kind(spans, kind)
            tap.equal(collections.Counter(span.trace_id for span in of_kind), collections.Counter(list(by_trace)), "traces")
            for span in of_kind:
                check_call(span, by_trace[span.trace_id])
        tap.equal(len(spans), 2 * CALLS, "spans")


class Server(target_servers.Target):
    name = "grpcio"

    def __init__(self):
        super().__init__(families=("ipv4",))

    def command(self):
        return command("serve", self.address[1])


def check_midway(limit):
    """The names stand in header tables that nobody saw; a traceparent is new every time, and tells which call it is."""
    with Server() as target:
        target.start()
        client = subprocess.Popen(command("busy", target.address[1], limit), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  text=True, env=environment_for())
        try:
            time.sleep(1)
            with Limpet.attach(target.pid, *OPTIONS) as limpet:
                limpet.start().wait_ready()
                joined_ns = time.monotonic_ns()
                time.sleep(1.5)
                outcomes = json.loads(client.communicate(timeout=60)[0])
                limpet.stop()
                spans = limpet.spans()
        finally:
            client.kill()
            client.wait()
    by_trace = {outcome["trace"]: outcome for outcome in outcomes}
    seen = collections.Counter(span.trace_id for span in spans)
    since = [outcome["trace"] for outcome in outcomes if outcome["begin_ns"] > joined_ns]
    assert since, "no call was made since"
    tap.equal({seen[trace] for trace in since}, {1}, "spans of each call since")
    for span in spans:
        outcome = by_trace[span.trace_id]
        assert span.kind == span_checks.SERVER and span.name in ("POST", "grpc", outcome["method"]), f"{span} was {outcome}"
        assert span.path in ("", "/" + outcome["method"]), f"{span} was {outcome}"
        assert span.attributes.get("rpc.response.status_code") in (None, outcome["status"]), f"{span} was {outcome}"
        assert span.path or span.name == outcome["method"] or MARKS.intersection(span.attributes), f"not marked: {span}"


def main():
    for limit in (1, 50):
        with tap.case(f"grpcio: {CALLS} calls of eight kinds, {limit} at a time: methods, statuses, messages, traces on both ends"):
            check_installed()
            check_calls(limit)
    for limit in (1, 10):
        with tap.case(f"attached to a busy connection, {limit} at a time: a span of each call since, no wrong one, what is not known is marked"):
            check_installed()
            check_midway(limit)
    tap.finish()


if __name__ == "__main__":
    main()
