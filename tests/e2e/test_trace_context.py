#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Traces that others began are continued: traceparent, tracestate, sentry-trace, baggage; broken ones are not."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
from http_load import Request
from limpet_runner import Limpet
from process_stage import PYTHON, Stage
from span_reader import CLIENT, SERVER
from target_servers import EpollServer

LOAD_PROGRAM = os.path.abspath(http_load.__file__)
COUNT = 100

BROKEN = {
    "zero-trace": f"00-{'0' * 32}-{'1' * 16}-01",
    "zero-span": f"00-{'1' * 32}-{'0' * 16}-01",
    "version-ff": f"ff-{'1' * 32}-{'2' * 16}-01",
    "upper-case": f"00-{'A' * 32}-{'2' * 16}-01",
    "too-short": f"00-{'1' * 31}-{'2' * 16}-01",
    "too-long": f"00-{'1' * 32}-{'2' * 16}-01-extra",
    "no-hex": f"00-{'g' * 32}-{'2' * 16}-01",
    "empty": "",
}


def trace_of(number):
    return f"{number + 1:032x}", f"{number + 1:016x}"


def header_requests():
    requests = []
    for number in range(COUNT):
        trace_id, span_id = trace_of(number)
        w3c, sentry = f"00-{trace_id}-{span_id}-01", f"{trace_id}-{span_id}-1"
        requests += [
            Request(f"/s/200/13/w3c/{number}", headers={"traceparent": w3c, "tracestate": "vendor=one,other=two"}),
            Request(f"/s/200/13/w3c-case/{number}", headers={"TraceParent": w3c}),
            Request(f"/s/200/13/sentry/{number}", headers={
                "sentry-trace": sentry, "baggage": f"sentry-trace_id={trace_id},sentry-environment=test"}),
            Request(f"/s/200/13/both/{number}", headers={"sentry-trace": sentry, "traceparent": w3c}),
            Request(f"/s/200/13/none/{number}"),
        ]
    return requests


def check_continued(spans):
    for kind in ("w3c", "w3c-case", "sentry", "both"):
        for number in range(COUNT):
            span = spans[f"/s/200/13/{kind}/{number}"]
            tap.equal((span.trace_id, span.parent_id, span.parent_source), (*trace_of(number), "header"),
                      f"{span.path}: trace, parent, source")
    for number in range(COUNT):
        span = spans[f"/s/200/13/none/{number}"]
        tap.equal(span.parent_id, "", f"{span.path}: parent")
        assert span.trace_id not in {trace_of(other)[0] for other in range(COUNT)}, "the trace of another request"


def trace_headers():
    with EpollServer(families=("ipv4",)) as target:
        target.start()
        with Limpet.attach(target.pid) as limpet:
            limpet.start().wait_ready()
            outcomes = http_load.run_load(target.address, header_requests(), 50)
            broken = [Request(f"/s/200/13/broken/{name}", headers={"traceparent": value})
                      for name, value in BROKEN.items()]
            outcomes += http_load.run_load(target.address, broken)
            limpet.stop()
            spans = {}
            with tap.case("headers: exact spans, clean exit"):
                limpet.check_clean()
                span_checks.check_server_spans(limpet.spans(), outcomes)
                spans = span_checks.by_path(limpet.spans())
            with tap.case("traceparent and sentry-trace are continued, no request inherits another's"):
                check_continued(spans)
            with tap.case("tracestate of others is kept"):
                for number in range(COUNT):
                    state = spans[f"/s/200/13/w3c/{number}"].trace_state
                    assert "vendor=one" in state and "other=two" in state, f"tracestate {state!r}"
            with tap.case("a broken traceparent starts a trace of our own"):
                for name in BROKEN:
                    span = spans[f"/s/200/13/broken/{name}"]
                    tap.equal(span.parent_id, "", f"{name}: parent")
                    assert span.trace_id not in BROKEN[name].lower() or not BROKEN[name], f"{name}: {span.trace_id}"


def trace_decisions():
    """The parent's decision holds: not sampled there, not kept here."""
    with EpollServer(families=("ipv4",)) as target:
        target.start()
        with Limpet.attach(target.pid) as limpet:
            limpet.start().wait_ready()
            requests = []
            for number in range(20):
                trace_id, span_id = trace_of(number)
                requests += [Request(f"/s/200/13/kept/{number}", headers={"traceparent": f"00-{trace_id}-{span_id}-01"}),
                             Request(f"/s/200/13/not/{number}", headers={"traceparent": f"00-{trace_id}-{span_id}-00"}),
                             Request(f"/s/200/13/no/{number}", headers={"sentry-trace": f"{trace_id}-{span_id}-0"})]
            http_load.run_load(target.address, requests)
            limpet.stop()
            with tap.case("the sampling decision of the parent holds, and what was not kept is counted"):
                paths = {span.path for span in limpet.spans()}
                tap.equal(paths, {f"/s/200/13/kept/{number}" for number in range(20)}, "paths of kept spans")
                tap.equal(limpet.not_sampled(), 40, "counted")
                limpet.check_clean()


def trace_own_header():
    """A traced client that already sends traceparent: the server follows the header, both are in its trace."""
    stage, target = Stage(), EpollServer(families=("ipv4",))
    with target, stage, Limpet.run(stage.command, stdin=stage.stdin_read) as limpet:
        limpet.start().wait_ready()
        stage.connect().start_target(target)
        plan, answers = os.path.join(stage.folder.name, "plan"), os.path.join(stage.folder.name, "answers")
        requests = [Request(f"/s/200/13/own/{number}", headers={"traceparent": "00-{}-{}-01".format(*trace_of(number))})
                    for number in range(COUNT)]
        http_load.save_plan(plan, target.address, requests, 10, True)
        tap.equal(stage.run_process([PYTHON, LOAD_PROGRAM, plan, answers]), 0, "load")
        stage.finish()
        limpet.wait()
        with tap.case("a traced client with a traceparent of its own: both ends are in that trace"):
            limpet.check_clean()
            spans = limpet.spans()
            tap.equal(len(spans), 2 * COUNT, "spans")
            for span in spans:
                tap.equal(span.trace_id, trace_of(int(span.path.rsplit("/", 1)[1]))[0], f"{span.path}: trace")
            servers = span_checks.by_path(span_checks.of_kind(spans, SERVER))
            clients = span_checks.by_path(span_checks.of_kind(spans, CLIENT))
            for path, server in servers.items():
                wanted = (trace_of(int(path.rsplit("/", 1)[1]))[1], clients[path].span_id)
                assert server.parent_id in wanted, f"{path}: parent {server.parent_id}, one of {wanted} expected"


def trace_share():
    """--sample 0.25 keeps about a quarter, by trace id: two limpets agree on which."""
    with EpollServer(families=("ipv4",)) as target:
        target.start()
        with Limpet.attach(target.pid, "--sample=0.25") as limpet:
            limpet.start().wait_ready()
            http_load.run_load(target.address, [Request(f"/s/200/13/share/{number}") for number in range(2000)], 10)
            limpet.stop()
            with tap.case("--sample 0.25: kept and counted make all, the threshold is in tracestate"):
                spans = limpet.spans()
                tap.equal(len(spans) + limpet.not_sampled(), 2000, "kept and sampled out")
                limpet.check_clean()
                assert 300 < len(spans) < 700, f"{len(spans)} of 2000 kept"
                for span in spans:
                    assert "ot=th:c" in span.trace_state, f"tracestate {span.trace_state!r}"
                    assert int(span.trace_id[-14:], 16) >= 0xc0000000000000, f"{span.trace_id} should not be kept"


def main():
    for part in (trace_headers, trace_decisions, trace_own_header, trace_share):
        with tap.session(part.__name__):
            part()
    tap.finish()


if __name__ == "__main__":
    main()
