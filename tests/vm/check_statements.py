#!/usr/bin/python3
"""Compares the database spans in a file of OTLP JSON lines with what PostgreSQL counted, in TAP.

usage: check_statements.py SPANS COUNTED      COUNTED: lines of "CALLS QUERY"; of pg_cast it was asked by TLS, of others not
"""
import collections
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import span_reader


def plain(query):
    return re.sub(r"\$\d+", "?", query).rstrip(";")


def main():
    wanted = collections.Counter()
    with open(sys.argv[2], encoding="utf-8") as lines:
        for line in lines:
            calls, query = line.rstrip("\n").split(" ", 1)
            for side in (span_reader.SERVER, span_reader.CLIENT):
                wanted[side, plain(query), "1.3" if "pg_cast" in query else None] += int(calls)
    found = collections.Counter((span.kind, plain(span.attributes["db.query.text"]), span.attributes.get("tls.protocol.version"))
                                for span in span_reader.read_spans(sys.argv[1])
                                if "<>" in span.attributes.get("db.query.text", ""))
    is_ok = len(wanted) == 4
    for key in sorted(wanted | found, key=str):
        kind, text, version = key
        name = f"tls: PostgreSQL's {'server' if kind == span_reader.SERVER else 'client'}: {text}, {'TLS ' + version if version else 'plain'}"
        is_equal = found[key] == wanted[key]
        is_ok &= is_equal
        print(f"{'ok' if is_equal else 'not ok'} {name}: {wanted[key]} counted, {found[key]} spans")
    if len(wanted) != 4:
        print(f"not ok tls: PostgreSQL counted both statements: {wanted}")
    sys.exit(not is_ok)


main()
