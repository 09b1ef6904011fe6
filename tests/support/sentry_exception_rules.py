"""The rules of exception events, for sentry_envelope_rules.py: what Sentry's documents demand of a chain of exceptions
(reference/sentry.md section 10, exceptions.md section 6) and what its JSON schema does not see: order, ids, parents,
threads, and which frames belong to a language."""
from sentry_event_rules import (EVENT_KEYS, check_breadcrumbs, check_contexts, check_count, check_event, check_identity, check_images,
                                check_keys, check_stacktrace)
from sentry_rule_basics import check_text, require

PLATFORMS = set("python node java go ruby php csharp native perl other".split())
FRAME_KEYS = set("filename abs_path module function lineno colno in_app pre_context context_line post_context".split())
MECHANISM_KEYS = set("type handled exception_id parent_id is_exception_group source meta data".split())
THREAD_KEYS = set("id name crashed current main state stacktrace".split())
SOURCES = {"output", "probe", "output+probe"}
MAX_EXCEPTIONS, MAX_FRAMES, MAX_SOURCE_LINES = 16, 500, 255


def is_native(stacktrace):
    return any("instruction_addr" in frame for frame in stacktrace["frames"])


def check_frame(frame, what):
    check_keys(frame, FRAME_KEYS, what)
    require({"filename", "function"} & set(frame), f"{what}: neither file nor function")
    for key in ("filename", "abs_path", "module", "function", "context_line"):
        if key in frame:
            check_text(frame[key], f"{what}.{key}", 512)
    require(type(frame.get("in_app")) is bool, f"{what}.in_app: {frame.get('in_app')!r}")
    for key in ("lineno", "colno"):
        if key in frame:
            check_count(frame[key], f"{what}.{key}", 1)
    for key in ("pre_context", "post_context"):
        require(key not in frame or "context_line" in frame, f"{what}.{key}: without its line")
        lines = frame.get(key, [""])
        require(0 < len(lines) <= MAX_SOURCE_LINES and all(isinstance(line, str) and "\n" not in line for line in lines), f"{what}.{key}")


def check_stack(stacktrace, platform, what):
    if is_native(stacktrace):
        require(all((frame.get("platform") == "native") == (platform != "native") for frame in stacktrace["frames"]
                    if "instruction_addr" in frame), f"{what}: frames of another platform do not say so")
        plain = {**stacktrace, "frames": [{k: v for k, v in f.items() if k != "platform"} for f in stacktrace["frames"]]}
        check_stacktrace(plain, what)
        return
    check_keys(stacktrace, {"frames"}, what)
    require(0 < len(stacktrace["frames"]) <= MAX_FRAMES, f"{what}: frames")
    for number, frame in enumerate(stacktrace["frames"]):
        check_frame(frame, f"{what}.frames[{number}]")


def check_mechanism(mechanism, number, what):
    check_keys(mechanism, MECHANISM_KEYS, what)
    check_text(mechanism.get("type"), f"{what}.type")
    require(type(mechanism.get("handled")) is bool, f"{what}.handled: {mechanism.get('handled')!r}")
    require(mechanism.get("exception_id") == number, f"{what}.exception_id: {mechanism.get('exception_id')!r}, not {number}")
    is_chained = mechanism["type"] in ("chained", "suppressed")
    require(is_chained == (number > 0), f"{what}.type: {mechanism['type']!r} of number {number}")
    require(("parent_id" in mechanism) == is_chained, f"{what}.parent_id: of a chained one, and of no other")
    if is_chained:
        check_count(mechanism["parent_id"], f"{what}.parent_id")
        require(mechanism["parent_id"] < number, f"{what}.parent_id: not raised after it")
        require("meta" not in mechanism, f"{what}.meta: only the raised one has a signal")


def check_values(event):
    values = event.get("exception", {}).get("values")
    require(isinstance(values, list) and 0 < len(values) <= MAX_EXCEPTIONS, "event: no exception")
    for number, value in enumerate(reversed(values)):
        what = f"exception {number}"
        check_keys(value, {"type", "value", "module", "thread_id", "mechanism", "stacktrace"}, what)
        require({"type", "value"} & set(value), f"{what}: neither type nor value")
        check_mechanism(value.get("mechanism"), number, f"{what}.mechanism")
        require(number == 0 or "thread_id" not in value, f"{what}: only the raised one has a thread")
        if "stacktrace" in value:
            check_stack(value["stacktrace"], event["platform"], f"{what}.stacktrace")
    require(len({value["mechanism"]["handled"] for value in values}) == 1, "exceptions: do not agree on being handled")
    require(not (event["level"] == "fatal" and values[-1]["mechanism"]["handled"]), "event: handled, and fatal")
    return values[-1]


def check_threads(event, raised):
    values = event.get("threads", {}).get("values", [])
    ids = [str(thread.get("id")) for thread in values]
    require(len(ids) == len(set(ids)), "threads: an id stands twice")
    current = [thread["id"] for thread in values if thread.get("current")]
    require(not current or current == [raised.get("thread_id")], "threads: the current one is not the exception's")
    for thread in values:
        what = f"thread {thread.get('id')}"
        check_keys(thread, THREAD_KEYS, what)
        for key in ("crashed", "current", "main"):
            require(type(thread.get(key)) is bool, f"{what}.{key}")
        require(thread["crashed"] == (thread["current"] and event["level"] == "fatal"), f"{what}.crashed")
        if "stacktrace" in thread:
            check_stack(thread["stacktrace"], event["platform"], what)


def check_exception_event(event, envelope_headers):
    check_keys(event, EVENT_KEYS | {"logentry"}, "event")
    check_identity(event, envelope_headers)
    require(event.get("platform") in PLATFORMS, f"event: platform {event.get('platform')!r}")
    require(event.get("level") in ("fatal", "error", "warning"), f"event: level {event.get('level')!r}")
    for key in ("mechanism", "handled", "level"):
        require(key not in event.get("tags", {}), f"event: tag {key!r}: Sentry makes it itself")
    if "logentry" in event:
        check_keys(event["logentry"], {"formatted"}, "logentry")
        check_text(event["logentry"].get("formatted"), "logentry.formatted", 8192)
    raised = check_values(event)
    check_threads(event, raised)
    images = event.get("debug_meta", {}).get("images", [])
    stacks = [raised.get("stacktrace")] + [thread.get("stacktrace") for thread in event.get("threads", {}).get("values", [])]
    require(not images or any(stack and is_native(stack) for stack in stacks), "event: images without addresses")
    check_images(event)
    check_breadcrumbs(event)
    check_contexts(event, envelope_headers)
    require(event["contexts"]["limpet"].get("source") in SOURCES, f"contexts.limpet.source: {event['contexts']['limpet'].get('source')!r}")
    for key, value in event["contexts"].get("runtime", {}).items():
        check_text(value, f"contexts.runtime.{key}")


def check_error_event(event, envelope_headers):
    """A crash or an exception."""
    is_exception = "limpet" in event.get("contexts", {})
    (check_exception_event if is_exception else check_event)(event, envelope_headers)
