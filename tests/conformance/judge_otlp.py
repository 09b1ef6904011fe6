#!/usr/bin/python3
"""The checks of test_otlp.sh: compares what send_samples says it sent with what a server wrote down.

usage: judge_otlp.py CHECK SENT RECEIVED      exit code 0, or a line on what differs
"""
import base64
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import otlp_receiver  # noqa: E402


def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def expect(what, found, wanted):
    if found != wanted:
        sys.exit("# %s: found %r, wanted %r" % (what, found, wanted))


def sent_ids(sent):
    return sorted((item["trace_id"], span_id) for item in sent["items"] for span_id in item["span_ids"])


def spans_of(line):
    return [
        span
        for resource_spans in line.get("resourceSpans", [])
        for scope_spans in resource_spans["scopeSpans"]
        for span in scope_spans["spans"]
    ]


def ids_of(lines):
    return sorted((span["traceId"], span["spanId"]) for line in lines for span in spans_of(line))


def results_of(sent):
    return sent["exporters"][0]["results"]


def check_clean(received):
    for line in received:
        expect("errors the receiver found", line["errors"], [])
        expect("path", line["path"], "/v1/traces")


def check_outcomes(sent, outcomes):
    expect("outcomes", [result["outcome"] for result in results_of(sent)], outcomes)


def check_all(sent, received, encoding):
    check_clean(received)
    expect("requests", len(received), 4)
    expect("encodings", {line["encoding"] for line in received}, {encoding})
    expect("ids", ids_of(received), sent_ids(sent))
    expect("spans", len(ids_of(received)), 600)
    check_outcomes(sent, ["sent"] * 4)
    expect("rejected", sum(result["rejected_count"] for result in results_of(sent)), 0)
    expect("first words of User-Agent", received[0]["user_agent"].split("/")[0], "limpet")
    by_id = {span["spanId"]: span for line in received for span in spans_of(line)}
    for item in sent["items"]:
        root, failed, _ = (by_id[span_id] for span_id in item["span_ids"])
        expect("parent of the root", root.get("parentSpanId", ""), "")
        expect("parent of the child", failed["parentSpanId"], root["spanId"])
        expect("kinds", (root["kind"], failed["kind"]), (2, 3))
        expect("flags", root["flags"], 0x103)
        expect("status", (root.get("status"), failed["status"]), (None, {"code": 2}))
        expect("duration", int(root["endTimeUnixNano"]) - int(root["startTimeUnixNano"]), 25000000)


def all_received(sent, received):
    check_all(sent, received, "gzip")


def all_received_plain(sent, received):
    check_all(sent, received, "")


def check_retried(sent, received, retry_after_ms):
    check_clean(received)
    check_outcomes(sent, ["retry", "sent"])
    expect("Retry-After in ms", results_of(sent)[0]["retry_after_ms"], retry_after_ms)
    expect("requests", len(received), 2)
    for line in received:
        expect("ids of each attempt", ids_of([line]), sent_ids(sent))


def retried(sent, received):
    check_retried(sent, received, 0)


def retried_after_a_second(sent, received):
    check_retried(sent, received, 1000)
    expect("message", results_of(sent)[0]["message"], "the server answered 503: starting")


def retry_after_a_date(sent, received):
    check_outcomes(sent, ["retry"])
    after_ms = results_of(sent)[0]["retry_after_ms"]
    # Half an hour, less what the test took; the date has whole seconds.
    if not 25 * 60000 < after_ms <= 30 * 60000:
        sys.exit("# Retry-After in ms: found %d, wanted about 1800000" % after_ms)
    expect("requests", len(received), 1)


def check_dropped(sent, received, message):
    check_outcomes(sent, ["dropped"])
    expect("reason", results_of(sent)[0]["reason"], "server_refused")
    expect("message", results_of(sent)[0]["message"], message)
    expect("requests", len(received), 1)


def refused(sent, received):
    check_dropped(sent, received, "the server answered 400: bad span 7")


def oversized(sent, received):
    check_dropped(sent, received, "the server's response is larger than the limit for responses")


def partly_refused(sent, received):
    check_outcomes(sent, ["sent"])
    expect("rejected", results_of(sent)[0]["rejected_count"], 2)
    expect("reason", results_of(sent)[0]["reason"], "server_refused")
    expect("message", results_of(sent)[0]["message"], "the server rejected 2 of 12 spans: quota exceeded")
    expect("requests", len(received), 1)


def warned(sent, received):
    check_outcomes(sent, ["sent"])
    expect("rejected", results_of(sent)[0]["rejected_count"], 0)
    expect("message", results_of(sent)[0]["message"], "the server warns: deprecated field")
    expect("requests", len(received), 1)


def all_but_first(sent, received):
    check_outcomes(sent, ["dropped", "sent"])
    expect("requests", len(received), 2)
    expect("ids of the second", ids_of(received[1:]), sent_ids({"items": sent["items"][3:]}))


def mock_received(sent, received):
    spans = [span for line in received for span in line["spans"]]
    expect("requests", len(received), 4)
    expect("encodings", {line["encoding"] for line in received}, {"gzip"})
    expect("ids", sorted((span["traceId"], span["spanId"]) for span in spans), sent_ids(sent))
    expect("spans", len(spans), 300)
    expect("services", {span["service"] for span in spans}, {"shop"})
    check_outcomes(sent, ["sent"] * 4)


def to_base64_ids(value):
    """What otlp_receiver.to_hex_ids undoes: OTLP JSON to the JSON that protobuf's own parser takes."""
    if isinstance(value, list):
        return [to_base64_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode() if key in ("traceId", "spanId", "parentSpanId") else to_base64_ids(item)
        for key, item in value.items()
    }


def same_as_lines(received, lines):
    """Every line parses strictly (no unknown field) and holds the spans, resource and scope of the protobuf."""
    from google.protobuf import json_format

    with tempfile.TemporaryDirectory(prefix="limpet-otlp-") as folder:
        service, _ = otlp_receiver.compile_protos(folder)
        by_id = {}
        for line in lines:
            request = json_format.ParseDict(to_base64_ids(line), service.ExportTraceServiceRequest())
            expect("errors in the line", otlp_receiver.find_errors(request), [])
            resource_spans = request.resource_spans[0]
            for span in resource_spans.scope_spans[0].spans:
                by_id[span.span_id.hex()] = (resource_spans, span)
        expect("lines", len(lines), 20)
        expect("ids", ids_of(lines), ids_of(received))
        for line in received:
            request = json_format.ParseDict(
                to_base64_ids({"resourceSpans": line["resourceSpans"]}), service.ExportTraceServiceRequest()
            )
            for resource_spans in request.resource_spans:
                for span in resource_spans.scope_spans[0].spans:
                    other_spans, other = by_id[span.span_id.hex()]
                    expect("span", other, span)
                    expect("resource", other_spans.resource, resource_spans.resource)
                    expect("scope", other_spans.scope_spans[0].scope, resource_spans.scope_spans[0].scope)
                    expect("schema_url", other_spans.schema_url, resource_spans.schema_url)


def main():
    check, sent, received = sys.argv[1:]
    sent, received = read_lines(sent), read_lines(received)
    if check == "same_as_lines":
        same_as_lines(sent, received)
    else:
        globals()[check](sent[0], received)


if __name__ == "__main__":
    main()
