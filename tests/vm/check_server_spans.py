#!/usr/bin/python3
"""Compares the server spans in a file of OTLP JSON lines with what was requested, in TAP.

usage: check_server_spans.py FILE "METHOD PREFIX STATUS COUNT"…
Each expectation stands for COUNT requests of /PREFIX/1 to /PREFIX/COUNT: exactly one server span for each, with method,
path and status, nothing more, and the client's span (curl is traced too) its parent in the same trace.
"""
import collections
import json
import sys


def value_of(attribute):
    value = attribute["value"]
    return int(value["intValue"]) if "intValue" in value else next(iter(value.values()), None)


def read_spans(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            for resource in json.loads(line).get("resourceSpans", []):
                for scope in resource.get("scopeSpans", []):
                    for span in scope.get("spans", []):
                        span["values"] = {a["key"]: value_of(a) for a in span.get("attributes", [])}
                        yield span


def report(is_ok, name, details=()):
    print(("ok " if is_ok else "not ok ") + name)
    for detail in list(details)[:10]:
        print("# " + detail)


def main():
    spans = list(read_spans(sys.argv[1]))
    servers = [s for s in spans if s["kind"] in (2, "SPAN_KIND_SERVER")]
    clients = {(s["traceId"], s["spanId"]): s for s in spans if s["kind"] in (3, "SPAN_KIND_CLIENT")}
    seen = collections.Counter()
    for span in servers:
        values = span["values"]
        seen[(values.get("http.request.method"), values.get("url.path"), values.get("http.response.status_code"))] += 1

    expected_all = collections.Counter()
    for text in sys.argv[2:]:
        method, prefix, status, count = text.split()
        expected = collections.Counter({(method, f"/{prefix}/{i}", int(status)): 1 for i in range(1, int(count) + 1)})
        expected_all += expected
        found = collections.Counter({key: n for key, n in seen.items() if key[1] and key[1].startswith(f"/{prefix}/")})
        details = [f"missing: {sum((expected - found).values())} of {count}"] if expected - found else []
        details += [f"missing: {key}" for key in list(expected - found)[:3]]
        details += [f"too much: {n} of {key}" for key, n in (found - expected).items()]
        report(found == expected, f"{count} server spans of {method} /{prefix}/…, status {status}", details)
    extra = [f"{n} of {key}" for key, n in (seen - expected_all).items()]
    report(not extra, "no server span beyond the requests", extra)

    bad = [s for s in servers if not 0 < int(s["startTimeUnixNano"]) < int(s["endTimeUnixNano"])]
    report(servers and not bad, "every server span begins before it ends", [str(s["values"]) for s in bad])
    orphans = []
    for span in servers:
        parent = clients.get((span["traceId"], span.get("parentSpanId")))
        if parent is None or parent["values"].get("http.response.status_code") != span["values"].get(
            "http.response.status_code"
        ):
            orphans.append(f"{span['values'].get('url.path')}: parent {span.get('parentSpanId')!r}, {parent and 'other status'}")
    report(bool(servers) and not orphans, f"curl's span is the parent of every server span ({len(orphans)} of {len(servers)} are not)", orphans)


main()
