"""The rules a Sentry envelope of ours must keep, as one function per part. Written against Sentry's documents
(reference/sentry.md), not against the exporter: whatever breaks a rule raises Violation with the reason.
Used by sentry_receiver.py; `check_file` is for the files that --sentry-file writes."""
import hashlib
import json
import re
from decimal import Decimal

from sentry_event_rules import check_session, check_sessions
from sentry_exception_rules import check_error_event
from sentry_profile_rules import check_profile_chunk
from sentry_rule_basics import (HEX16, HEX32, MAX_CONTEXT_BYTES, MIB, RFC3339, TRACE_KEYS, Violation, check_id, check_operation,
                                check_tags, check_text, check_time, check_times, parse_json, require)

MAX_ENVELOPE_BYTES = 200 * MIB
MAX_ITEM_BYTES = {"event": MIB, "transaction": MIB, "log": MIB, "span": MIB, "client_report": 4096, "check_in": 100 << 10, "session": MIB, "sessions": MIB}
MAX_SPANS = 1000
MAX_SESSIONS = 100
REASONS = set(
    "queue_overflow cache_overflow ratelimit_backoff network_error sample_rate before_send event_processor send_error "
    "internal_sdk_error insufficient_data backpressure buffer_overflow ignored invalid".split())
CATEGORIES = set(
    "default error transaction span log_item log_byte trace_metric trace_metric_byte session monitor attachment "
    "profile profile_chunk replay feedback security metric_bucket internal".split())
SOURCES = {"custom", "url", "route", "view", "component", "task"}
EVENT_KEYS = set(
    "event_id type transaction transaction_info start_timestamp timestamp platform server_name release environment dist "
    "sdk tags request contexts spans measurements user extra level logger".split())
SPAN_KEYS = set("span_id trace_id parent_span_id start_timestamp timestamp op description status origin data tags".split())


def parse_header_line(data, at, what):
    end = data.find(b"\n", at)
    require(end >= 0, f"{what}: no line feed after it")
    line = data[at:end]
    require(line == line.strip(), f"{what}: white space around it")
    header = parse_json(line, what)
    require(isinstance(header, dict), f"{what}: not an object")
    return header, end + 1


def describe_attachment(header, payload):
    """Relay refuses an `event.minidump` that is none. The bytes themselves are for the output too large."""
    check_text(header.get("filename"), "attachment: filename")
    require(header.get("attachment_type") == "event.minidump", f"attachment: type {header.get('attachment_type')!r}")
    require(payload[:4] in (b"MDMP", b"PMDM"), f"attachment: {payload[:4]!r} is no minidump")
    return {"size": len(payload), "sha256": hashlib.sha256(payload).hexdigest()}


def parse_item(data, at):
    header, at = parse_header_line(data, at, "item header")
    kind, length = header.get("type"), header.get("length")
    require(isinstance(kind, str) and kind, "item header: no type")
    require(type(length) is int and 0 <= length < 1 << 32, f"item {kind}: length is {length!r}")
    require(at + length < len(data), f"item {kind}: length {length} reaches beyond the end")
    require(data[at + length:at + length + 1] == b"\n", f"item {kind}: no line feed after {length} bytes")
    require(length <= MAX_ITEM_BYTES.get(kind, 100 * MIB), f"item {kind}: {length} bytes are too many")
    payload = data[at:at + length]
    payload = describe_attachment(header, payload) if kind == "attachment" else parse_json(payload, f"item {kind}")
    return {"header": header, "payload": payload}, at + length + 1


def parse_envelopes(data):
    """All envelopes of a stored file, or the one of a request: a line with a `type` begins an item, any other an envelope."""
    require(len(data) <= MAX_ENVELOPE_BYTES, "envelope: more than 200 MiB")
    envelopes, at = [], 0
    while at < len(data):
        header, after = parse_header_line(data, at, "envelope header")
        if "type" in header:
            require(envelopes, "envelope: begins with an item")
            item, at = parse_item(data, at)
            envelopes[-1]["items"].append(item)
        else:
            at = after
            envelopes.append({"headers": header, "items": []})
    return envelopes


def check_sampling_context(trace, key, is_event):
    """The dynamic sampling context in the envelope header. Of the trace of an error event the rate may be unknown."""
    require(isinstance(trace, dict), "trace header: not an object")
    for name, value in trace.items():
        require(isinstance(value, str), f"trace header: {name} is {value!r}, not a string")
    for name in ("trace_id", "public_key") if is_event else ("trace_id", "public_key", "sample_rate"):
        require(trace.get(name), f"trace header: no {name}")
    check_id(trace["trace_id"], HEX32, "trace header: trace_id")
    if "sample_rate" not in trace:
        require(trace.get("sampled") in (None, "true", "false"), f"trace header: sampled is {trace.get('sampled')!r}")
        return
    rate = Decimal(trace["sample_rate"])
    require(0 <= rate <= 1, f"trace header: sample_rate {rate}")
    require(trace.get("sampled") in (None, "true", "false"), f"trace header: sampled is {trace.get('sampled')!r}")
    if trace["public_key"] != key:  # begun by somebody else: passed on as it came
        return
    require(re.fullmatch(r"0\.\d{6}", trace.get("sample_rand", "")), f"trace header: sample_rand {trace.get('sample_rand')!r}")
    require((Decimal(trace["sample_rand"]) < rate) == (trace["sampled"] == "true"), "trace header: sample_rand contradicts sampled")


def check_spans(event, trace):
    spans = event.get("spans")
    require(isinstance(spans, list) and len(spans) < MAX_SPANS, "spans: not a list of less than 1000")
    ids = [trace["span_id"]] + [span.get("span_id") for span in spans]
    require(len(ids) == len(set(ids)), "spans: an id stands twice")
    for number, span in enumerate(spans):
        what = f"spans[{number}]"
        require(not set(span) - SPAN_KEYS, f"{what}: unknown {set(span) - SPAN_KEYS}")
        check_id(span.get("span_id"), HEX16, f"{what}.span_id")
        require(span.get("trace_id") == trace["trace_id"], f"{what}.trace_id: not the transaction's")
        require(span.get("parent_span_id") in [None] + ids, f"{what}.parent_span_id: no such span here")
        check_times(span, what)
        check_operation(span, what)
        check_text(span.get("description"), f"{what}.description")


def check_transaction(event, envelope_headers):
    require(not set(event) - EVENT_KEYS, f"transaction: unknown {set(event) - EVENT_KEYS}")
    require(event.get("type") == "transaction", "transaction: type")
    check_id(event.get("event_id"), HEX32, "transaction: event_id")
    require(event["event_id"] == envelope_headers.get("event_id"), "transaction: event_id differs from the envelope's")
    check_text(event.get("transaction"), "transaction: transaction", 200)
    require(event.get("transaction_info", {}).get("source") in SOURCES, "transaction: transaction_info.source")
    check_times(event, "transaction")
    for key in ("platform", "environment", "server_name"):
        check_text(event.get(key), f"transaction: {key}", 200)
    check_tags(event.get("tags", {}), "transaction: tags")
    contexts = event.get("contexts", {})
    trace = contexts.get("trace")
    require(isinstance(trace, dict), "transaction: no contexts.trace")
    require(not set(trace) - TRACE_KEYS, f"contexts.trace: unknown {set(trace) - TRACE_KEYS}")
    check_id(trace.get("trace_id"), HEX32, "contexts.trace.trace_id")
    check_id(trace.get("span_id"), HEX16, "contexts.trace.span_id")
    if "parent_span_id" in trace:
        check_id(trace["parent_span_id"], HEX16, "contexts.trace.parent_span_id")
    check_operation(trace, "contexts.trace")
    for name, context in contexts.items():
        size = len(json.dumps(context, default=str, separators=(",", ":")))
        require(size <= MAX_CONTEXT_BYTES or not json.dumps(context, default=str).isascii(), f"contexts.{name}: {size} bytes")
    request = event.get("request", {})
    require("?" not in request.get("url", ""), "request.url: has a query")
    require(not set(request) - {"method", "url"}, f"request: {set(request)}")
    if "trace" in envelope_headers:
        require(envelope_headers["trace"]["trace_id"] == trace["trace_id"], "trace header: of another trace")
    check_spans(event, trace)


def check_client_report(report, _):
    require(set(report) == {"timestamp", "discarded_events"}, f"client_report: {set(report)}")
    check_time(report["timestamp"], "client_report.timestamp")
    require(report["discarded_events"], "client_report: empty")
    for row in report["discarded_events"]:
        require(set(row) == {"reason", "category", "quantity"}, f"client_report: {row}")
        require(row["reason"] in REASONS and row["category"] in CATEGORIES, f"client_report: {row}")
        require(type(row["quantity"]) is int and row["quantity"] > 0, f"client_report: {row}")
    rows = [(row["reason"], row["category"]) for row in report["discarded_events"]]
    require(len(rows) == len(set(rows)), "client_report: a row stands twice")


CHECKS = {
    "transaction": check_transaction,
    "event": check_error_event,
    "session": check_session,
    "sessions": check_sessions,
    "client_report": check_client_report,
    "profile_chunk": check_profile_chunk,
}


def check_envelope(envelope, key, is_stored=False):
    """One parsed envelope. key: of the request; stored ones have no sent_at."""
    headers, items = envelope["headers"], envelope["items"]
    kinds = [item["header"]["type"] for item in items]
    require(not set(headers) - {"event_id", "sdk", "sent_at", "trace"}, f"envelope header: unknown {set(headers)}")
    require(items, "envelope: no item")
    require(("sent_at" in headers) != is_stored, "envelope header: sent_at must be in what is sent and in nothing stored")
    require(is_stored or RFC3339.fullmatch(headers["sent_at"]), f"envelope header: sent_at {headers.get('sent_at')!r}")
    for field in ("name", "version"):
        check_text(headers.get("sdk", {}).get(field), f"envelope header: sdk.{field}")
    require(sum(kind in ("event", "transaction") for kind in kinds) <= 1, "envelope: more than one event or transaction")
    if {"event", "transaction", "attachment", "feedback"} & set(kinds):
        check_id(headers.get("event_id"), HEX32, "envelope header: event_id")
    if "trace" in headers:
        require({"event", "transaction"} & set(kinds), "trace header: without an event or transaction")
        check_sampling_context(headers["trace"], key, "event" in kinds)
    require(not set(kinds) - set(CHECKS) - {"attachment"}, f"envelope: item types {set(kinds) - set(CHECKS)}")
    require("attachment" not in kinds or "event" in kinds, "envelope: an attachment without its event")
    require(kinds.count("client_report") <= 1, "envelope: two client reports")
    require(kinds.count("session") + kinds.count("sessions") <= MAX_SESSIONS, "envelope: more than 100 sessions")
    for item in items:
        if item["header"]["type"] != "attachment":
            CHECKS[item["header"]["type"]](item["payload"], headers)


def check_request_body(data, key):
    envelopes = parse_envelopes(data)
    require(len(envelopes) == 1, f"body: {len(envelopes)} envelopes, one is wanted")
    check_envelope(envelopes[0], key)
    return envelopes[0]


def check_file(path, key=None):
    """Every envelope of a file written by --sentry-file."""
    with open(path, "rb") as file:
        envelopes = parse_envelopes(file.read())
    for envelope in envelopes:
        check_envelope(envelope, key, is_stored=True)
    return envelopes
