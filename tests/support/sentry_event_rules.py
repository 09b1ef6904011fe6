"""The rules of error events and of release health, for sentry_envelope_rules.py: what Sentry's documents demand of a
crash (reference/sentry.md, sections 10, 11, 16), and what its JSON schema does not see: ids, addresses, references."""
import json
import re

from sentry_rule_basics import (HEX16, HEX32, MAX_CONTEXT_BYTES, OPERATION, RFC3339, STATUS_WORDS, TRACE_KEYS, check_id, check_tags,
                                check_text, check_time, require)

CODE_ID = re.compile(r"[0-9a-f]{2,40}")
DEBUG_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ADDRESS = re.compile(r"0x(0|[1-9a-f][0-9a-f]{0,15})")
RELEASE = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")
DIST = re.compile(r"[A-Za-z0-9_.-]{1,64}")
NO_DEBUG_ID = "00000000-0000-0000-0000-000000000000"
X86_REGISTERS = set("rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip".split())
ARM64_REGISTERS = {f"x{number}" for number in range(29)} | {"fp", "lr", "sp", "pc"}
MAX_FRAMES, MAX_BREADCRUMBS = 500, 100
EVENT_KEYS = set(
    "event_id timestamp platform level logger server_name release dist environment transaction sdk tags fingerprint request "
    "contexts exception threads debug_meta breadcrumbs".split())
FRAME_KEYS = set("instruction_addr function raw_function symbol_addr package filename abs_path lineno in_app trust".split())
LEVELS = {"fatal", "error", "warning", "info", "debug"}
SESSION_KEYS = set("sid init started timestamp status errors duration attrs".split())


def check_keys(thing, known, what):
    require(isinstance(thing, dict), f"{what}: not an object")
    require(not set(thing) - known, f"{what}: unknown {set(thing) - known}")


def check_address(value, what):
    require(isinstance(value, str) and ADDRESS.fullmatch(value), f"{what}: {value!r} is not an address")


def check_count(value, what, least=0):
    require(type(value) is int and value >= least, f"{what}: {value!r}")


def check_frame(frame, what):
    check_keys(frame, FRAME_KEYS, what)
    require({"filename", "function", "instruction_addr"} & set(frame), f"{what}: neither function nor address")
    for key in ("instruction_addr", "symbol_addr"):
        if key in frame:
            check_address(frame[key], f"{what}.{key}")
    for key in ("function", "raw_function", "package", "filename", "abs_path"):
        if key in frame:
            check_text(frame[key], f"{what}.{key}")
    require(type(frame.get("in_app")) is bool, f"{what}.in_app: {frame.get('in_app')!r}")
    if "instruction_addr" in frame:
        require(frame.get("trust") in ("context", "cfi", "fp", "scan"), f"{what}.trust: {frame.get('trust')!r}")
    if "lineno" in frame:
        check_count(frame["lineno"], f"{what}.lineno", 1)


def check_stacktrace(stacktrace, what):
    check_keys(stacktrace, {"frames", "registers", "instruction_addr_adjustment"}, what)
    frames = stacktrace.get("frames")
    require(isinstance(frames, list) and 0 < len(frames) <= MAX_FRAMES, f"{what}: frames")
    for number, frame in enumerate(frames):
        check_frame(frame, f"{what}.frames[{number}]")
    require("instruction_addr" in frames[-1], f"{what}: the newest frame has no address")
    require(stacktrace.get("instruction_addr_adjustment") in ("all_but_first", "all"), f"{what}: instruction_addr_adjustment")
    registers = stacktrace.get("registers")
    if registers is not None:
        require(set(registers) in (X86_REGISTERS, ARM64_REGISTERS), f"{what}.registers: {sorted(registers)}")
        for name, value in registers.items():
            check_address(value, f"{what}.registers.{name}")


def check_mechanism(mechanism, what):
    check_keys(mechanism, {"type", "synthetic", "handled", "meta", "data"}, what)
    check_text(mechanism.get("type"), f"{what}.type")
    require(mechanism.get("handled") is False, f"{what}.handled: {mechanism.get('handled')!r}")
    require(("meta" in mechanism) == (mechanism["type"] == "signalhandler"), f"{what}: signal and type do not agree")
    if "meta" in mechanism:
        signal = mechanism["meta"].get("signal")
        check_keys(signal, {"number", "code", "name", "code_name"}, f"{what}.meta.signal")
        check_count(signal.get("number"), f"{what}.meta.signal.number", 1)
        require(type(signal.get("code")) is int, f"{what}.meta.signal.code")
        require(re.fullmatch(r"SIG[A-Z0-9+]+", signal.get("name", "")), f"{what}.meta.signal.name: {signal.get('name')!r}")
    address = mechanism.get("data", {}).get("relevant_address")
    if address is not None:
        check_address(address, f"{what}.data.relevant_address")


def check_exception(event):
    values = event.get("exception", {}).get("values")
    require(isinstance(values, list) and len(values) == 1, "event: not exactly one exception")
    check_keys(values[0], {"type", "value", "thread_id", "mechanism", "stacktrace"}, "exception")
    check_text(values[0].get("type"), "exception.type", 200)
    check_text(values[0].get("value"), "exception.value")
    check_mechanism(values[0].get("mechanism"), "exception.mechanism")
    if "stacktrace" in values[0]:
        check_stacktrace(values[0]["stacktrace"], "exception.stacktrace")
    return values[0]


def check_threads(event, exception):
    values = event.get("threads", {}).get("values", [])
    ids = [thread.get("id") for thread in values]
    require(len(ids) == len(set(ids)), "threads: an id stands twice")
    crashed = [thread["id"] for thread in values if thread.get("crashed")]
    require(not values or crashed == [exception.get("thread_id")], "threads: the crashed one is not the exception's")
    for thread in values:
        what = f"thread {thread.get('id')}"
        check_keys(thread, {"id", "name", "crashed", "current", "main", "stacktrace"}, what)
        check_count(thread.get("id"), what, 1)
        for key in ("crashed", "current", "main"):
            require(type(thread.get(key)) is bool, f"{what}.{key}")
        require(not (thread["crashed"] and "stacktrace" in thread), f"{what}: the crashed thread has a stack of its own")
        if "stacktrace" in thread:
            check_stacktrace(thread["stacktrace"], what)


def check_images(event):
    for number, image in enumerate(event.get("debug_meta", {}).get("images", [])):
        what = f"images[{number}]"
        check_keys(image, {"type", "image_addr", "image_size", "arch", "code_file", "code_id", "debug_id"}, what)
        require(image.get("type") == "elf", f"{what}.type: {image.get('type')!r}")
        require(image.get("arch") in ("x86_64", "arm64"), f"{what}.arch: {image.get('arch')!r}")
        check_address(image.get("image_addr"), f"{what}.image_addr")
        check_count(image.get("image_size"), f"{what}.image_size", 1)
        check_text(image.get("code_file"), f"{what}.code_file")
        require(DEBUG_ID.fullmatch(image.get("debug_id", "")), f"{what}.debug_id: {image.get('debug_id')!r}")
        if "code_id" in image:
            code_id, debug_id = image["code_id"], image["debug_id"]
            require(CODE_ID.fullmatch(code_id) and len(code_id) % 2 == 0, f"{what}.code_id: {code_id!r}")
            raw = bytes.fromhex(code_id)[:16].ljust(16, b"\0")
            swapped = (raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]).hex()
            require(swapped == debug_id.replace("-", ""), f"{what}: debug_id is not made of code_id")
            require(debug_id != NO_DEBUG_ID, f"{what}: a build-id of zeros")


def check_breadcrumbs(event):
    values = event.get("breadcrumbs", {}).get("values", [])
    require(len(values) <= MAX_BREADCRUMBS, "breadcrumbs: more than 100")
    times = [crumb.get("timestamp") for crumb in values]
    require(times == sorted(times), "breadcrumbs: not oldest first")
    for number, crumb in enumerate(values):
        what = f"breadcrumbs[{number}]"
        check_keys(crumb, {"timestamp", "type", "category", "message", "level", "data"}, what)
        require(RFC3339.fullmatch(crumb.get("timestamp", "")), f"{what}.timestamp: {crumb.get('timestamp')!r}")
        require(crumb.get("type") in ("default", "http", "query"), f"{what}.type: {crumb.get('type')!r}")
        require(crumb.get("level") in LEVELS, f"{what}.level: {crumb.get('level')!r}")
        check_text(crumb.get("category"), f"{what}.category")


def check_contexts(event, envelope_headers):
    contexts = event.get("contexts", {})
    for name, context in contexts.items():
        size = len(json.dumps(context, default=str, separators=(",", ":")))
        require(size <= MAX_CONTEXT_BYTES or not json.dumps(context, default=str).isascii(), f"contexts.{name}: {size} bytes")
    for name in ("os", "device", "app"):
        require(contexts.get(name), f"contexts.{name}: missing")
    start = contexts["app"].get("app_start_time")
    require(start is None or RFC3339.fullmatch(start), f"contexts.app.app_start_time: {start!r}")
    trace = contexts.get("trace")
    require(("trace" in envelope_headers) <= (trace is not None), "trace header: the event knows no trace")
    if trace is None:
        return
    check_keys(trace, TRACE_KEYS, "contexts.trace")
    check_id(trace.get("trace_id"), HEX32, "contexts.trace.trace_id")
    check_id(trace.get("span_id"), HEX16, "contexts.trace.span_id")
    require(OPERATION.fullmatch(trace.get("op", "")), f"contexts.trace.op: {trace.get('op')!r}")
    require(trace.get("status") in STATUS_WORDS, f"contexts.trace.status: {trace.get('status')!r}")
    if "trace" in envelope_headers:
        require(envelope_headers["trace"]["trace_id"] == trace["trace_id"], "trace header: of another trace")


def check_identity(event, envelope_headers):
    """What every event says of itself and where it comes from."""
    check_id(event.get("event_id"), HEX32, "event: event_id")
    require(event["event_id"] == envelope_headers.get("event_id"), "event: event_id differs from the envelope's")
    check_time(event.get("timestamp"), "event.timestamp")
    for key in ("logger", "environment", "server_name"):
        check_text(event.get(key), f"event: {key}", 200)
    require("/" not in event["environment"] and "\n" not in event["environment"], "event: environment")
    if "release" in event:
        require(RELEASE.fullmatch(event["release"]), f"event: release {event['release']!r}")
    if "dist" in event:
        require("release" in event and DIST.fullmatch(event["dist"]), f"event: dist {event['dist']!r}")
    if "fingerprint" in event:
        require(event["fingerprint"], "event: an empty fingerprint")
        for part in event["fingerprint"]:
            check_text(part, "event: fingerprint")
    check_tags(event.get("tags", {}), "event: tags")
    for key in event.get("tags", {}):
        require(re.fullmatch(r"[A-Za-z0-9_.:-]+", key), f"event: tag {key!r}")
    request = event.get("request", {})
    check_keys(request, {"method", "url"}, "event: request")
    require("?" not in request.get("url", ""), "request.url: has a query")


def check_event(event, envelope_headers):
    check_keys(event, EVENT_KEYS, "event")
    check_identity(event, envelope_headers)
    require(event.get("platform") == "native", "event: platform is not native: nothing would be symbolicated")
    require(event.get("level") in ("fatal", "error"), f"event: level {event.get('level')!r}")
    check_threads(event, check_exception(event))
    check_images(event)
    check_breadcrumbs(event)
    check_contexts(event, envelope_headers)


def check_session_attributes(attributes, what):
    check_keys(attributes, {"release", "environment"}, f"{what}.attrs")
    require(RELEASE.fullmatch(attributes.get("release", "")), f"{what}.attrs.release: {attributes.get('release')!r}")
    check_text(attributes.get("environment"), f"{what}.attrs.environment", 64)


def check_session(session, _):
    check_keys(session, SESSION_KEYS, "session")
    require(DEBUG_ID.fullmatch(session.get("sid", "")), f"session: sid {session.get('sid')!r}")
    for key in ("started", "timestamp"):
        require(RFC3339.fullmatch(session.get(key, "")), f"session: {key} {session.get(key)!r}")
    require(session["started"] <= session["timestamp"], "session: ended before it started")
    require(type(session.get("init")) is bool, "session: init")
    require(session.get("status") in ("ok", "exited", "crashed", "abnormal"), f"session: status {session.get('status')!r}")
    check_count(session.get("errors"), "session: errors", 1 if session["status"] == "crashed" else 0)
    require(("duration" in session) == (session["status"] != "ok"), "session: a duration belongs to the last update")
    if "duration" in session:
        check_time(session["duration"], "session: duration")
    check_session_attributes(session.get("attrs"), "session")


def check_sessions(sessions, _):
    check_keys(sessions, {"aggregates", "attrs"}, "sessions")
    buckets = sessions.get("aggregates")
    require(isinstance(buckets, list) and 0 < len(buckets) <= 100, "sessions: not 1 to 100 aggregates")
    starts = [bucket.get("started") for bucket in buckets]
    require(len(starts) == len(set(starts)), "sessions: a minute stands twice")
    for bucket in buckets:
        check_keys(bucket, {"started", "exited", "errored", "crashed", "abnormal"}, "sessions: aggregate")
        require(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00(\.0+)?Z", bucket.get("started", "")), f"sessions: started {bucket.get('started')!r}")
        counts = {key: value for key, value in bucket.items() if key != "started"}
        require(counts, "sessions: nothing counted")
        for key, value in counts.items():
            check_count(value, f"sessions: {key}", 1)
    check_session_attributes(sessions.get("attrs"), "sessions")
