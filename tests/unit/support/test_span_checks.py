#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The end-to-end tests' own checks: right spans pass, and each kind of wrong span is noticed."""
import copy
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
import span_checks
import tap
from http_load import Outcome, Request
from span_reader import CLIENT, SERVER, Span

COUNT = 20


def outcomes():
    made = []
    for number, request in enumerate(span_checks.varied_requests("unit", COUNT)):
        status, size = span_checks.expected_response(request)
        made.append(Outcome(request, status, size, 1000, 1000 + 500 + number, 40000 + number))
    return made


def span_for(outcome, number, kind):
    request = outcome.request
    is_known = request.method != "PROPFIND"
    attributes = {"http.request.method": request.method if is_known else "_OTHER",
                  "url.path": request.path.split("?")[0], "http.response.status_code": outcome.status,
                  "http.request.body.size": request.body_size, "http.response.body.size": outcome.response_size,
                  "network.protocol.version": "1.1"}
    if not is_known:
        attributes["http.request.method_original"] = request.method
    parent = ""
    if kind == SERVER:
        attributes.update({"network.peer.port": outcome.local_port, "limpet.parent.source": "connection"})
        parent = f"{number + 1:016x}"
    span_id = f"{number + 1 + (COUNT if kind == SERVER else 0):016x}"
    return Span(f"{number + 1:032x}", span_id, parent, f"{request.method} /s/{{id}}", kind, 2000,
                2000 + outcome.duration_ns - (20 if kind == SERVER else 10), 0, "", attributes, {})


def servers():
    return [span_for(outcome, number, SERVER) for number, outcome in enumerate(outcomes())]


def both():
    return servers() + [span_for(outcome, number, CLIENT) for number, outcome in enumerate(outcomes())]


def must_fail(what, check, *arguments):
    try:
        check(*arguments)
    except AssertionError:
        return
    raise AssertionError(f"{what} was not noticed")


def changed(make_spans, change):
    spans = copy.deepcopy(make_spans())
    change(spans)
    return spans


def set_attribute(key, value):
    return lambda spans: spans[0].attributes.__setitem__(key, value)


def set_field(field, value):
    return lambda spans: setattr(spans[0], field, value)


SERVER_MISTAKES = {
    "a missing span": lambda spans: spans.pop(),
    "a span too many": lambda spans: spans.append(copy.deepcopy(spans[0])),
    "a span of another path": set_attribute("url.path", "/other"),
    "a wrong method": set_attribute("http.request.method", "PATCH"),
    "a wrong status": set_attribute("http.response.status_code", 299),
    "a wrong response size": set_attribute("http.response.body.size", 12345),
    "a wrong request size": set_attribute("http.request.body.size", 12345),
    "a wrong peer": set_attribute("network.peer.port", 1),
    "a duration longer than the client's": set_field("end_ns", 2000 + 501),
    "no duration": set_field("end_ns", 2000),
    "a name of high cardinality": set_field("name", "GET /s/200/13/unit/0"),
}

JOIN_MISTAKES = {
    "a server span without parent": set_field("parent_id", ""),
    "a wrong parent": set_field("parent_id", f"{3:016x}"),
    "another trace": set_field("trace_id", f"{3:032x}"),
    "a link of another kind": set_attribute("limpet.parent.source", "thread"),
    "a missing client span": lambda spans: spans.pop(),
}


def main():
    with tap.case("right spans pass"):
        span_checks.check_outcomes(outcomes())
        span_checks.check_server_spans(servers(), outcomes())
        span_checks.check_joined(both(), COUNT)
        span_checks.check_unique_ids(both())
    for what, change in SERVER_MISTAKES.items():
        with tap.case(f"noticed: {what}"):
            must_fail(what, span_checks.check_server_spans, changed(servers, change), outcomes())
    for what, change in JOIN_MISTAKES.items():
        with tap.case(f"noticed: {what}"):
            must_fail(what, span_checks.check_joined, changed(both, change), COUNT)
    with tap.case("noticed: a span id used twice"):
        must_fail("it", span_checks.check_unique_ids, changed(both, set_field("span_id", f"{2:016x}")))
    with tap.case("noticed: a child with a wrong parent; none is allowed"):
        spans = both()
        children, parents = spans[:COUNT], spans[COUNT:]
        tap.equal(span_checks.check_parents(children, parents, lambda span: span.path), COUNT, "linked")
        children[0].parent_id = ""
        tap.equal(span_checks.check_parents(children, parents, lambda span: span.path), COUNT - 1, "linked")
        must_fail("none", span_checks.check_parents, children, parents, lambda span: span.path, False)
        children[0].parent_id = f"{9:016x}"
        must_fail("wrong", span_checks.check_parents, children, parents, lambda span: span.path)
    tap.finish()


if __name__ == "__main__":
    main()
