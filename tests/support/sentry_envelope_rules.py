"""The rules a Sentry envelope of ours must keep, as one function per part. Written against Sentry's documents
(reference/sentry.md), not against the exporter: whatever breaks a rule raises Violation with the reason.
Used by sentry_receiver.py; `check_file` is for the files that --sentry-file writes."""
import json
import re
from decimal import Decimal

MIB = 1 << 20
MAX_ENVELOPE_BYTES = 200 * MIB
MAX_ITEM_BYTES = {"event": MIB, "transaction": MIB, "log": MIB, "span": MIB, "client_report": 4096, "check_in": 100 << 10}
MAX_SPANS = 1000
MAX_CONTEXT_BYTES = 8192
HEX32 = re.compile(r"[0-9a-f]{32}")
HEX16 = re.compile(r"[0-9a-f]{16}")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
OPERATION = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
ORIGIN = re.compile(r"manual|auto(\.[A-Za-z0-9_]+){0,3}")
STATUS_WORDS = set(
    "ok cancelled unknown_error invalid_argument deadline_exceeded not_found already_exists permission_denied "
    "resource_exhausted failed_precondition aborted out_of_range unimplemented internal_error unavailable "
    "data_loss unauthenticated".split())
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
TRACE_KEYS = set("trace_id span_id parent_span_id op status origin data sampled".split())


class Violation(Exception):
    pass


def require(condition, reason):
    if not condition:
        raise Violation(reason)


def parse_json(data, what):
    """Strict JSON: UTF-8, no NaN, no key twice; numbers with a point come back as Decimal, digits kept."""

    def pairs(members):
        keys = [key for key, _ in members]
        require(len(keys) == len(set(keys)), f"{what}: a key stands twice: {sorted(keys)}")
        return dict(members)

    def constant(name):
        raise Violation(f"{what}: {name} is not JSON")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant, parse_float=Decimal)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Violation(f"{what}: {error}") from None


def parse_header_line(data, at, what):
    end = data.find(b"\n", at)
    require(end >= 0, f"{what}: no line feed after it")
    line = data[at:end]
    require(line == line.strip(), f"{what}: white space around it")
    header = parse_json(line, what)
    require(isinstance(header, dict), f"{what}: not an object")
    return header, end + 1


def parse_item(data, at):
    header, at = parse_header_line(data, at, "item header")
    kind, length = header.get("type"), header.get("length")
    require(isinstance(kind, str) and kind, "item header: no type")
    require(type(length) is int and 0 <= length < 1 << 32, f"item {kind}: length is {length!r}")
    require(at + length < len(data), f"item {kind}: length {length} reaches beyond the end")
    require(data[at + length:at + length + 1] == b"\n", f"item {kind}: no line feed after {length} bytes")
    require(length <= MAX_ITEM_BYTES.get(kind, 100 * MIB), f"item {kind}: {length} bytes are too many")
    return {"header": header, "payload": parse_json(data[at:at + length], f"item {kind}")}, at + length + 1


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


def check_text(value, what, limit=None):
    require(isinstance(value, str) and value, f"{what}: {value!r} is not a text")
    require(limit is None or len(value) <= limit, f"{what}: longer than {limit} characters")


def check_id(value, pattern, what):
    require(isinstance(value, str) and pattern.fullmatch(value), f"{what}: {value!r} is not an id")
    require(value.strip("0"), f"{what}: all zero")


def check_time(value, what):
    require(isinstance(value, Decimal) and value.as_tuple().exponent == -6, f"{what}: {value!r} is not seconds with six decimals")


def check_times(thing, what):
    check_time(thing.get("start_timestamp"), f"{what}.start_timestamp")
    check_time(thing.get("timestamp"), f"{what}.timestamp")
    require(thing["start_timestamp"] <= thing["timestamp"], f"{what}: it ends before it starts")


def check_operation(thing, what):
    for key, pattern in (("op", OPERATION), ("origin", ORIGIN)):
        require(pattern.fullmatch(thing.get(key, "")), f"{what}.{key}: {thing.get(key)!r}")
    require(thing.get("status") in STATUS_WORDS, f"{what}.status: {thing.get('status')!r}")
    require(isinstance(thing.get("data"), dict), f"{what}.data: not an object")
    for key, value in thing["data"].items():
        require(isinstance(value, (str, int, bool, Decimal)), f"{what}.data.{key}: {value!r}")


def check_tags(tags, what):
    require(isinstance(tags, dict), f"{what}: not an object")
    for key, value in tags.items():
        check_text(key, f"{what} key", 200)
        check_text(value, f"{what}.{key}", 200)
        require("\n" not in value, f"{what}.{key}: a line break")


def check_sampling_context(trace, key):
    """The dynamic sampling context in the envelope header."""
    require(isinstance(trace, dict), "trace header: not an object")
    for name, value in trace.items():
        require(isinstance(value, str), f"trace header: {name} is {value!r}, not a string")
    for name in ("trace_id", "public_key", "sample_rate"):
        require(trace.get(name), f"trace header: no {name}")
    check_id(trace["trace_id"], HEX32, "trace header: trace_id")
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


def check_client_report(report):
    require(set(report) == {"timestamp", "discarded_events"}, f"client_report: {set(report)}")
    check_time(report["timestamp"], "client_report.timestamp")
    require(report["discarded_events"], "client_report: empty")
    for row in report["discarded_events"]:
        require(set(row) == {"reason", "category", "quantity"}, f"client_report: {row}")
        require(row["reason"] in REASONS and row["category"] in CATEGORIES, f"client_report: {row}")
        require(type(row["quantity"]) is int and row["quantity"] > 0, f"client_report: {row}")
    rows = [(row["reason"], row["category"]) for row in report["discarded_events"]]
    require(len(rows) == len(set(rows)), "client_report: a row stands twice")


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
        check_sampling_context(headers["trace"], key)
    for item in items:
        if item["header"]["type"] == "transaction":
            check_transaction(item["payload"], headers)
        elif item["header"]["type"] == "client_report":
            check_client_report(item["payload"])


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
