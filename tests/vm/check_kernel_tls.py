#!/usr/bin/python3
"""Compares the spans in a file of OTLP JSON lines with what tls_kernel.sh asked of nginx, in TAP.

usage: check_kernel_tls.py SPANS
"""
import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import span_reader

SIZES = {"/text": 15, "/13": 13, "/20000": 20000, "/300000": 300000}
ROUNDS = 10
VERSIONS = ("1.2", "1.3")


def main():
    spans = [span for span in span_reader.read_spans(sys.argv[1]) if span.path in SIZES or span.name.startswith(("TCP", "TLS"))]
    is_ok = True
    for side, kind in (("nginx", span_reader.SERVER), ("its client", span_reader.CLIENT)):
        found = collections.Counter((span.path, span.attributes.get("http.response.body.size"), span.status_code,
                                     span.attributes.get("tls.protocol.version")) for span in spans if span.kind == kind)
        wanted = {(path, size, 200, version): ROUNDS for path, size in SIZES.items() for version in VERSIONS}
        is_equal = found == wanted
        is_ok &= is_equal
        print(f"{'ok' if is_equal else 'not ok'} tls_kernel: {len(wanted) * ROUNDS} requests, as many spans of {side}, each with its size")
        if not is_equal:
            print(f"# wanted {wanted}\n# found {dict(found)}")
    sys.exit(not is_ok)


main()
