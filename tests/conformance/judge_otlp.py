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


CRASH_ATTRIBUTES = {
    "exception.type": "SIGSEGV", "exception.message": "null pointer dereference at address 0x8",
    "limpet.crash.kind": "signal", "limpet.crash.signal.name": "SIGSEGV", "limpet.crash.signal.code_name": "SEGV_MAPERR",
    "limpet.crash.fault_address": "0x8", "limpet.crash.signal.number": "11", "limpet.crash.suppressed": "3",
    "thread.id": "4714", "thread.name": "worker-3", "http.request.method": "GET", "http.route": "/orders/{id}",
}
FIRST_LINES = ["thread 4714 (worker-3) crashed:",
               "    at shop::order_total(shop::Order const&) (/src/shop/order.cc:42) in shop+0x1139"]


def records_of(line):
    return [
        record
        for resource_logs in line.get("resourceLogs", [])
        for scope_logs in resource_logs["scopeLogs"]
        for record in scope_logs["logRecords"]
    ]


def attributes_of(record):
    return {item["key"]: next(iter(item["value"].values())) for item in record["attributes"]}


def check_crash_ids(sent, records, kind="crashes"):
    """One record per crash, in the root span of its segment."""
    roots = [(item["trace_id"], item["span_ids"][0]) for item in sent["items"]]
    wanted = sorted((uid, *ids) for uid, ids in zip(sent[kind], roots))
    expect("ids", sorted((record["attributes"]["log.record.uid"], record["traceId"], record["spanId"]) for record in records),
           wanted)


def check_crash_record(record):
    attributes = record["attributes"]
    expect("severity", (record["severityNumber"], record["severityText"]), (21, "FATAL"))
    expect("body", record["body"], "null pointer dereference at address 0x8")
    expect("attributes", {key: str(attributes.get(key)) for key in CRASH_ATTRIBUTES}, CRASH_ATTRIBUTES)
    expect("first lines of the stack", attributes["exception.stacktrace"].split("\n")[:2], FIRST_LINES)


def plain_record(record):
    return {**record, "attributes": attributes_of(record), "body": record["body"]["stringValue"]}


def crashes_received(sent, received):
    for line in received:
        expect("errors the receiver found", line["errors"], [])
        expect("path", line["path"], "/v1/logs")
    expect("requests", len(received), 4)
    expect("encodings", {line["encoding"] for line in received}, {"gzip"})
    check_outcomes(sent, ["sent"] * 4)
    records = [plain_record(record) for line in received for record in records_of(line)]
    expect("log records", len(records), 100)
    check_crash_ids(sent, records)
    for record in records:
        check_crash_record(record)
        expect("event name", record["eventName"], "exception")
        expect("flags", record["flags"], 1)


# Of each language in turn, as sample_exception.h makes them: severity, type, place, the first line of the stack.
EXCEPTIONS = [
    (17, "ZeroDivisionError", ("divide_by_zero", "/srv/shop/app.py", "12"), "Traceback (most recent call last):"),
    (21, "ExceptionGroup", ("main", "/srv/shop/jobs.py", "30"), "Traceback (most recent call last):"),
    (21, "TypeError", ("total", "/srv/shop/server.js", "9"), "TypeError: Cannot read properties of undefined"),
    (17, "java.lang.IllegalStateException", ("com.shop.Order.total", "Order.java", "42"),
     "java.lang.IllegalStateException: cannot total the order"),
    (21, "panic", ("main.total", "/src/shop/main.go", "31"),
     "panic: runtime error: invalid memory address or nil pointer dereference"),
    (21, "std::out_of_range", (None, None, None), "thread 4714 (worker-3) crashed:"),
    (17, "Shop\\OrderException", ("Shop\\Orders::find", "/srv/shop/orders.php", "12"), "Shop\\OrderException: no such order"),
]


def check_exception_records(sent, records):
    expect("log records", len(records), 100)
    check_crash_ids(sent, records, "exceptions")
    number_of = {uid: number for number, uid in enumerate(sent["exceptions"])}
    for record in records:
        attributes = {key: str(value) for key, value in record["attributes"].items()}
        language = number_of[attributes["log.record.uid"]] % len(EXCEPTIONS)
        place = tuple(attributes.get(f"code.{key}") for key in ("function.name", "file.path", "line.number"))
        expect("exception", (record["severityNumber"], attributes["exception.type"], place,
                             attributes["exception.stacktrace"].split("\n")[0]), EXCEPTIONS[language])
        expect("handled", attributes["limpet.exception.handled"].lower(), str(language == 0).lower())
        expect("thread", attributes["thread.id"], "4714")
        expect("message", attributes["exception.message"] in record["body"] or "Exception on" in record["body"], True)
        if language == 0:
            expect("body", record["body"], "Exception on /divide_by_zero [GET]")
            expect("runtime", (attributes["process.runtime.name"], attributes["process.runtime.version"]), ("CPython", "3.11.2"))


def exceptions_received(sent, received):
    for line in received:
        expect("errors the receiver found", line["errors"], [])
        expect("path", line["path"], "/v1/logs")
    expect("requests", len(received), 4)
    check_outcomes(sent, ["sent"] * 4)
    records = [plain_record(record) for line in received for record in records_of(line)]
    for record in records:
        expect("event name", record["eventName"], "exception")
    check_exception_records(sent, records)


def mock_received_exceptions(sent, received):
    check_outcomes(sent, ["sent"] * 4)
    check_exception_records(sent, [record for line in received for record in line["logs"]])


def crashes_partly_refused(sent, received):
    check_outcomes(sent, ["sent"])
    expect("rejected", results_of(sent)[0]["rejected_count"], 2)
    expect("message", results_of(sent)[0]["message"], "the server rejected 2 of 4 log records: quota exceeded")
    expect("requests", len(received), 1)


def mock_received_crashes(sent, received):
    records = [record for line in received for record in line["logs"]]
    expect("requests", len(received), 4)
    check_outcomes(sent, ["sent"] * 4)
    expect("log records", len(records), 100)
    expect("services", {record["service"] for record in records}, {"shop"})
    check_crash_ids(sent, records)
    for record in records:
        check_crash_record(record)


def same_crashes_as_lines(received, lines):
    """Every line parses strictly and is the log record of the protobuf."""
    from google.protobuf import json_format

    with tempfile.TemporaryDirectory(prefix="limpet-otlp-") as folder:
        _, service, _ = otlp_receiver.compile_protos(folder)
        by_id = {}
        for line in lines:
            request = json_format.ParseDict(to_base64_ids(line), service.ExportLogsServiceRequest())
            expect("errors in the line", otlp_receiver.find_logs_errors(request), [])
            resource_logs = request.resource_logs[0]
            by_id[resource_logs.scope_logs[0].log_records[0].span_id] = resource_logs
        expect("lines", len(by_id), 20)
        count = 0
        for line in received:
            request = json_format.ParseDict(to_base64_ids({"resourceLogs": line["resourceLogs"]}), service.ExportLogsServiceRequest())
            for resource_logs in request.resource_logs:
                for record in resource_logs.scope_logs[0].log_records:
                    other = by_id[record.span_id]
                    count += 1
                    expect("log record", other.scope_logs[0].log_records[0], record)
                    expect("resource", other.resource, resource_logs.resource)
                    expect("scope", other.scope_logs[0].scope, resource_logs.scope_logs[0].scope)
                    expect("schema_url", other.schema_url, resource_logs.schema_url)
        expect("log records", count, 20)


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
        service, _, _ = otlp_receiver.compile_protos(folder)
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
    if check in ("same_as_lines", "same_crashes_as_lines"):
        globals()[check](sent, received)
    else:
        globals()[check](sent[0], received)


if __name__ == "__main__":
    main()
