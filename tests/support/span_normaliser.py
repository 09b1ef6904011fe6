# SPDX-License-Identifier: Apache-2.0
"""Makes two outputs of the same recording comparable: random ids become numbers, times count from the first span.

One JSON object per span and line, sorted by start, so that a difference reads well in `git diff`.
"""
import json

import span_reader

# What describes the machine or the moment of the replay, not the recording.
MACHINE_ATTRIBUTES = ("host.name", "host.id", "host.arch", "os.type", "os.version", "os.description", "service.instance.id",
                      "telemetry.sdk.version", "telemetry.distro.version")


class Numbers:
    """The same id has the same number: trace-1, span-1, … in order of appearance."""

    def __init__(self, word):
        self.word = word
        self.known = {}

    def of(self, identifier):
        if not identifier:
            return None
        return self.known.setdefault(identifier, f"{self.word}-{len(self.known) + 1}")


def normalise(lines, kept_ids=()):
    """Lines of OTLP JSON in, lines of normalised spans out. kept_ids came over the wire and stay as they are."""
    spans = sorted((span for line in lines for span in span_reader.read_line(line)),
                   key=lambda span: (span.start_ns, span.kind, span.path, span.end_ns))
    first_ns = spans[0].start_ns if spans else 0
    traces, identifiers = Numbers("trace"), Numbers("span")
    rows = []
    for span in spans:  # numbered in order of start, before any parent is named
        traces.of(span.trace_id)
        identifiers.of(span.span_id)
    for span in spans:
        resource = {key: value for key, value in sorted(span.resource.items()) if key not in MACHINE_ATTRIBUTES}
        parent = span.parent_id if span.parent_id in kept_ids else identifiers.of(span.parent_id)
        rows.append({
            "trace": span.trace_id if span.trace_id in kept_ids else traces.of(span.trace_id),
            "span": identifiers.of(span.span_id), "parent": parent,
            "name": span.name, "kind": span.kind, "start_ns": span.start_ns - first_ns,
            "duration_ns": span.duration_ns, "status": span.status, "trace_state": span.trace_state,
            "attributes": dict(sorted(span.attributes.items())), "resource": resource,
        })
    return [json.dumps(row, ensure_ascii=True) for row in rows]
