#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Has each of COUNT requests, PREFIX1 to PREFIX{COUNT}, exactly one server span, and has the unit SERVICE.service all of them?

usage: check_paths.py FILE SERVICE PREFIX COUNT     FILE: OTLP JSON lines. Answers by its exit code, and says what it found
"""
import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
import span_reader


def count_paths(path, prefix):
    return collections.Counter((span.path, span.service, span.resource.get("systemd.unit"), len(span.resource.get("systemd.invocation_id", "")))
                               for span in span_reader.read_spans(path) if span.kind == span_reader.SERVER and span.path.startswith(prefix))


def main():
    path, service, prefix, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    wanted = collections.Counter({(f"{prefix}{number}", service, f"{service}.service", 32): 1 for number in range(1, count + 1)})
    try:
        found = count_paths(path, prefix)
    except FileNotFoundError:
        found = collections.Counter()
    print(f"{sum((wanted - found).values())} missing, {sum((found - wanted).values())} too much")
    sys.exit(found != wanted)


main()
