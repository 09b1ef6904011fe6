# SPDX-License-Identifier: Apache-2.0
"""Makes the exceptions of two outputs comparable: ids become the numbers of the spans they belong to, in order of start.

One JSON object per log record and line, in order of time.
"""
import json

import crash_reader
import span_reader

# Of the event and the moment, and what only the machine it happened on can tell.
LEFT_OUT = ("log.record.uid", "process.runtime.name", "process.runtime.version")


def number_spans(lines):
    """{(trace id, span id): "span-1"} by start."""
    spans = sorted((span for line in lines for span in span_reader.read_line(line)), key=lambda span: (span.start_ns, span.path))
    return {(span.trace_id, span.span_id): f"span-{number}" for number, span in enumerate(spans, 1)}


def normalise_exceptions(path):
    with open(path, encoding="utf-8") as file:
        spans = number_spans(file)
    records = sorted(crash_reader.read_log_records(path).values(), key=lambda pair: int(pair[0]["timeUnixNano"]))
    first_ns = int(records[0][0]["timeUnixNano"]) if records else 0
    rows = []
    for record, attributes in records:
        key = record.get("traceId"), record.get("spanId")
        rows.append(json.dumps({
            "time_ns": int(record["timeUnixNano"]) - first_ns, "severity": record["severityText"],
            "span": spans.get(key, "unknown") if key[1] else None,
            "attributes": {name: value for name, value in sorted(attributes.items()) if name not in LEFT_OUT},
        }, ensure_ascii=True))
    return rows
