# SPDX-License-Identifier: Apache-2.0
"""Reads OTLP JSON, one TracesData object per line, into plain spans. Strict: what is malformed raises."""
import dataclasses
import json
import re
import urllib.parse

SERVER, CLIENT = 2, 3
ERROR = 2
HEX_TRACE, HEX_SPAN = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{16}")


@dataclasses.dataclass
class Span:
    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    status: int
    trace_state: str
    attributes: dict
    resource: dict

    @property
    def duration_ns(self):
        return self.end_ns - self.start_ns

    @property
    def method(self):
        """As it was on the wire, also where the conventions say _OTHER."""
        return self.attributes.get("http.request.method_original", self.attributes.get("http.request.method"))

    @property
    def path(self):
        if "url.path" in self.attributes:
            return self.attributes["url.path"]
        return urllib.parse.urlsplit(self.attributes.get("url.full", "")).path

    @property
    def status_code(self):
        return self.attributes.get("http.response.status_code")

    @property
    def parent_source(self):
        return self.attributes.get("limpet.parent.source")

    @property
    def service(self):
        return self.resource.get("service.name")


def read_value(value):
    (kind, content), = value.items()
    if kind == "intValue":
        return int(content)
    if kind == "arrayValue":
        return [read_value(item) for item in content.get("values", [])]
    if kind in ("stringValue", "boolValue", "doubleValue"):
        return content
    raise ValueError(f"unknown attribute value {value!r}")


def read_attributes(rows):
    attributes = {}
    for row in rows:
        if row["key"] in attributes:
            raise ValueError(f"attribute {row['key']} twice")
        attributes[row["key"]] = read_value(row["value"])
    return attributes


def read_span(row, resource):
    span = Span(row["traceId"], row["spanId"], row.get("parentSpanId", ""), row["name"], row["kind"],
                int(row["startTimeUnixNano"]), int(row["endTimeUnixNano"]), row.get("status", {}).get("code", 0),
                row.get("traceState", ""), read_attributes(row.get("attributes", [])), resource)
    if not HEX_TRACE.fullmatch(span.trace_id) or not HEX_SPAN.fullmatch(span.span_id):
        raise ValueError(f"bad ids in {row!r}")
    if span.parent_id and not HEX_SPAN.fullmatch(span.parent_id):
        raise ValueError(f"bad parent id in {row!r}")
    if span.end_ns < span.start_ns:
        raise ValueError(f"ends before it starts: {row!r}")
    return span


def read_line(line):
    """Spans of a TracesData line; a LogsData line (a crash) has none."""
    data = json.loads(line)
    if "resourceLogs" in data:
        return
    for resource_spans in data["resourceSpans"]:
        resource = read_attributes(resource_spans.get("resource", {}).get("attributes", []))
        for scope_spans in resource_spans["scopeSpans"]:
            for row in scope_spans["spans"]:
                yield read_span(row, resource)


def read_spans(path):
    with open(path, encoding="utf-8") as file:
        return [span for line in file for span in read_line(line)]
