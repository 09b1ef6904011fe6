# SPDX-License-Identifier: Apache-2.0
"""Compares spans with what the client saw: counts, fields, durations, links. Every check is exact."""
import collections

from http_load import Request
from span_reader import CLIENT, SERVER

METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PROPFIND")
STATUSES = (200, 404, 201, 500, 204, 304)
SIZES = (13, 0, 1000, 20000)
BODY_SIZES = (0, 10, 3000)


def varied_requests(label, count):
    """Different in method, status and sizes, unique in path: /s/STATUS/SIZE/LABEL/NUMBER."""
    requests = []
    for number in range(count):
        method = METHODS[number % len(METHODS)]
        status = STATUSES[number // 2 % len(STATUSES)]
        size = SIZES[number // 3 % len(SIZES)]
        body_size = BODY_SIZES[number // 5 % len(BODY_SIZES)] if method in ("POST", "PUT", "PROPFIND") else 0
        query = f"?page={number}" if number % 7 == 0 else ""
        requests.append(Request(f"/s/{status}/{size}/{label}/{number}{query}", method, body_size))
    return requests


def expected_response(request):
    """(status, body size) that the targets promise for a /s/ path."""
    _, _, status, size = request.path.split("/")[:4]
    has_no_body = request.method == "HEAD" or status in ("204", "304")
    return int(status), 0 if has_no_body else int(size)


def check_outcomes(outcomes):
    """The client's own view first: a test must not pass because nothing was served."""
    for outcome in outcomes:
        assert not outcome.error, f"{outcome.request.method} {outcome.request.path}: {outcome.error}"
        seen, wanted = (outcome.status, outcome.response_size), expected_response(outcome.request)
        assert seen == wanted, f"{outcome.request}: answered {seen}, expected {wanted}"


def of_kind(spans, kind):
    return [span for span in spans if span.kind == kind]


def check_unique_ids(spans):
    ids = collections.Counter(span.span_id for span in spans)
    twice = [span_id for span_id, count in ids.items() if count > 1]
    assert not twice, f"span ids used twice: {twice[:5]}"


def by_path(spans):
    """The spans by path; two with the same path are an error."""
    found = {}
    for span in spans:
        assert span.path not in found, f"two spans for {span.path}: {found[span.path]}\n{span}"
        found[span.path] = span
    return found


def check_fields(span, outcome):
    request = outcome.request
    where = f"{request.method} {request.path}"
    seen = {
        "method": span.method,
        "status": span.status_code,
        "response size": span.attributes.get("http.response.body.size", 0),
        "request size": span.attributes.get("http.request.body.size", 0),
        "version": span.attributes.get("network.protocol.version"),
    }
    wanted = {
        "method": request.method,
        "status": outcome.status,
        "response size": outcome.response_size,
        "request size": request.body_size,
        "version": request.version,
    }
    assert seen == wanted, f"{where}: span says {seen}, client saw {wanted}"
    assert 0 < span.duration_ns <= outcome.duration_ns, \
        f"{where}: span took {span.duration_ns} ns, the client's own measure is {outcome.duration_ns} ns"
    if span.kind == SERVER and outcome.local_port:
        assert span.attributes.get("network.peer.port") == outcome.local_port, \
            f"{where}: peer port {span.attributes.get('network.peer.port')}, the client's is {outcome.local_port}"
    last_part = request.path.split("?")[0].rsplit("/", 1)[1]
    if last_part.isdigit():
        assert last_part not in span.name.split("/"), f"{where}: the name holds what is different every time: {span.name}"


def check_server_spans(spans, outcomes):
    """Exactly one server span per outcome, each with the right fields."""
    found = by_path(of_kind(spans, SERVER))
    wanted = {outcome.request.path.split("?")[0]: outcome for outcome in outcomes}
    assert len(wanted) == len(outcomes), "the test's own paths are not unique"
    missing, extra = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
    assert not missing and not extra, \
        f"{len(found)} server spans for {len(wanted)} requests; " \
        f"{len(missing)} missing: {missing[:5]}; {len(extra)} too many: {extra[:5]}"
    for path, outcome in wanted.items():
        check_fields(found[path], outcome)


def check_joined(spans, count):
    """count exchanges seen from both ends: each server span is the child of its client span, in one trace."""
    clients, servers = by_path(of_kind(spans, CLIENT)), by_path(of_kind(spans, SERVER))
    assert len(clients) == count and len(servers) == count, \
        f"{len(clients)} client and {len(servers)} server spans for {count} requests"
    for path, server in servers.items():
        client = clients[path]
        assert (server.trace_id, server.parent_id) == (client.trace_id, client.span_id), \
            f"{path}: server span has trace {server.trace_id} parent {server.parent_id or 'none'}, " \
            f"client span is {client.trace_id} {client.span_id}"
        assert server.parent_source == "connection", f"{path}: parent source {server.parent_source}"
        assert server.duration_ns <= client.duration_ns, f"{path}: the server took longer than its client"


def check_parents(children, parents, key, may_lack=True):
    """No child has a wrong parent. key(span) is equal for a child and its true parent. Returns the linked count."""
    by_key = {key(span): span for span in parents}
    linked = 0
    for child in children:
        true_parent = by_key[key(child)]
        if not child.parent_id:
            assert may_lack, f"{child.path}: no parent, should be {true_parent.path}"
            continue
        assert (child.trace_id, child.parent_id) == (true_parent.trace_id, true_parent.span_id), \
            f"{child.service} {child.path}: wrong parent {child.parent_id} by {child.parent_source}, " \
            f"should be {true_parent.span_id} ({true_parent.path})"
        linked += 1
    return linked
