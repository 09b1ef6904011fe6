#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The statements of shop_report.py against the spans of both units; speaks TAP without a plan.

usage: check_database.py SPANS      OTLP JSON lines. With --ready: says nothing, and answers whether as many server spans came
"""
import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
import span_reader

DATABASE, REPORT = "shop-database", "shop-report"
STATEMENTS = {
    ("SELECT pg_am", "SELECT count(*) FROM pg_am WHERE oid <> ?", None): 9,
    ("CREATE TABLE orders", "CREATE TEMPORARY TABLE orders (id integer)", None): 1,
    ("INSERT pg_temp.orders SELECT", "INSERT INTO pg_temp.orders SELECT ?", None): 8,
    ("SELECT nowhere", "SELECT price FROM nowhere", "42P01"): 6,
}
# What serves in this guest, by its program. The receiver of envelopes is not traced.
SERVERS = {"nginx": "shop-web", "python3": "shop-app", "postgres": DATABASE}
failed = False


def report(is_good, what, details=()):
    global failed
    failed = failed or not is_good
    print(("ok" if is_good else "not ok") + " service: " + what)
    for detail in list(details)[:8]:
        print(f"# {detail}")


def is_of_unit(span):
    return span.resource.get("systemd.unit") == f"{span.service}.service" and len(span.resource.get("systemd.invocation_id", "")) == 32


def statement_of(span):
    attributes = span.attributes
    return span.name, attributes.get("db.query.text"), attributes.get("db.response.status_code")


def check(spans):
    asked = [span for span in spans if span.attributes.get("db.system.name") == "postgresql"]
    for kind, service, what in ((span_reader.SERVER, DATABASE, "answers"), (span_reader.CLIENT, REPORT, "asks")):
        mine = [span for span in asked if span.kind == kind]
        found = collections.Counter(map(statement_of, mine))
        report(found == STATEMENTS, f"{service}.service {what} {sum(STATEMENTS.values())} statements: {len(mine)} spans, each with its name",
               [f"{key}: {found[key]} spans, {STATEMENTS.get(key, 0)} statements" for key in found.keys() | STATEMENTS.keys()
                if found[key] != STATEMENTS.get(key, 0)])
        wrong = [span for span in mine if span.service != service or not is_of_unit(span)]
        report(mine and not wrong, f"all of them are the service {service}, with its unit", [f"{span.service}: {span.name}" for span in wrong])
        bad = [span for span in mine if (span.status == span_reader.ERROR) != (span.attributes.get("db.response.status_code") is not None)]
        report(mine and not bad, f"failed are those that failed: {sum(span.status == span_reader.ERROR for span in mine)}", map(statement_of, bad))
    clients = {(span.trace_id, span.span_id): statement_of(span) for span in asked if span.kind == span_reader.CLIENT}
    orphans = [span for span in asked if span.kind == span_reader.SERVER and clients.get((span.trace_id, span.parent_id)) != statement_of(span)]
    report(clients and not orphans, "the client's span is the parent of the server's", map(statement_of, orphans))
    others = [span for span in spans if span.service in (DATABASE, REPORT) and span not in asked]
    report(not others, "these services have no other spans", [f"{span.service}: {span.name}" for span in others])
    servers = [span for span in spans if span.kind == span_reader.SERVER]
    strange = [span for span in servers
               if SERVERS.get(span.resource.get("process.executable.name", "").split(".")[0]) != span.service or not is_of_unit(span)]
    report({span.service for span in servers} == set(SERVERS.values()) and not strange,
           f"none of {len(servers)} server spans is under a wrong service",
           [f"{span.service}: {span.resource.get('process.executable.name')}: {span.name}" for span in strange])


def main():
    try:
        spans = list(span_reader.read_spans(sys.argv[-1]))
    except FileNotFoundError:
        sys.exit(1)
    if sys.argv[1] == "--ready":
        ready = sum(span.kind == span_reader.SERVER and span.attributes.get("db.system.name") == "postgresql" for span in spans)
        sys.exit(ready < sum(STATEMENTS.values()))
    check(spans)
    sys.exit(failed)


main()
