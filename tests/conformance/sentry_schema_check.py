#!/usr/bin/python3
"""Validates accepted transactions, crashes and exceptions (the receiver's output) against Sentry's event schema.
usage: sentry_schema_check.py EVENT_SCHEMA_JSON RECEIVER_OUTPUT

The schema is for error events; transactions add start_timestamp, spans, measurements and a fixed type. Its known gaps
are opened one by one: os.distribution_*, a frame's `trust`, and the status word `unknown_error`, the only one Relay
reads. Where it is looser than what we send (contexts accept anything, the trace's data is closed to all but Sentry's
own keys) it is tightened or opened in the same way. Prints how many were valid; exit code 1 and the reasons when one
was not."""
import copy
import json
import sys

import jsonschema

TEXT = {"type": "string"}
# What must not pass: the check itself is checked with every event.
BROKEN_TRANSACTIONS = ({"start_timestamp": None}, {"platfrom": "other"}, {"contexts": {}}, {"spans": [{}]})
BROKEN_EVENTS = ({"level": "deadly"}, {"timestamp": []}, {"platfrom": "native"}, {"contexts": {"crash": {}, "cash": {}}},
                 {"exception": {"values": [{"type": "SIGSEGV", "mechanism": {"handled": False}}]}},
                 {"exception": {"values": [{"type": "SIGSEGV", "mechanism": {"type": "x", "meta": {"signal": {"number": "11"}}}}]}},
                 {"exception": {"values": [{"type": "SIGSEGV", "stacktrace": {"frames": [{"trusted": "cfi"}]}}]}},
                 {"debug_meta": {"images": [{"type": "elf", "code_file": "/bin/x"}]}})


def open_gaps(schema, contexts):
    """The event itself, with the contexts we send."""
    definitions = schema["definitions"]
    event = schema["anyOf"][0]
    definitions["SpanId"] = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
    definitions["TraceId"] = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
    definitions["SpanStatus"]["enum"].append("unknown_error")
    definitions["TraceContext"]["anyOf"][0]["properties"]["data"] = {"type": "object"}
    for name in ("distribution_name", "distribution_version", "distribution_pretty_name"):
        definitions["OsContext"]["anyOf"][0]["properties"][name] = TEXT
    frame = definitions["Frame"]
    (frame["anyOf"][0] if "anyOf" in frame else frame)["properties"]["trust"] = {"enum": ["context", "cfi", "fp", "scan"]}
    event["properties"]["contexts"] = {"type": "object", "additionalProperties": False, "properties": {
        "trace": definitions["TraceContext"]["anyOf"][0],
        "os": {"$ref": "#/definitions/OsContext"},
        "device": {"$ref": "#/definitions/DeviceContext"},
        "app": {"$ref": "#/definitions/AppContext"},
        "runtime": {"$ref": "#/definitions/RuntimeContext"},
        "otel": {"$ref": "#/definitions/OtelContext"},
        **contexts,
    }}
    event["definitions"] = definitions
    event["$schema"] = schema["$schema"]
    return event


def of_events(schema):
    """Crashes and exceptions: contexts of our own, and images that must be ELF files."""
    open_object = {"type": "object", "minProperties": 1}
    # Of an answer there may be one or none, by when the report was printed.
    event = open_gaps(schema, {"response": {"$ref": "#/definitions/ResponseContext"}, "crash": open_object, "container": open_object, "limpet": open_object})
    image = schema["definitions"]["NativeDebugImage"]
    image = image["anyOf"][0] if "anyOf" in image else image
    image["properties"]["type"] = {"const": "elf"}
    schema["definitions"]["DebugImage"] = image
    event["required"] = ["event_id", "timestamp", "platform", "level", "exception", "contexts"]
    return event


def of_transactions(schema):
    event = open_gaps(schema, {})
    event["properties"]["contexts"]["required"] = ["trace"]
    span_id, trace_id = schema["definitions"]["SpanId"], schema["definitions"]["TraceId"]
    span = {
        "type": "object",
        "required": ["span_id", "trace_id", "start_timestamp", "timestamp"],
        "additionalProperties": False,
        "properties": {
            "span_id": span_id, "trace_id": trace_id, "parent_span_id": span_id, "op": TEXT, "origin": TEXT,
            "description": TEXT, "start_timestamp": {"type": "number"}, "timestamp": {"type": "number"},
            "status": {"$ref": "#/definitions/SpanStatus"}, "tags": {"$ref": "#/definitions/Tags"},
            "data": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
        },
    }
    event["properties"].update({
        "type": {"const": "transaction"},
        "start_timestamp": {"type": "number"},
        "spans": {"type": "array", "maxItems": 1000, "items": span},
        "measurements": {"type": "object"},
    })
    event["required"] = ["type", "transaction", "start_timestamp", "timestamp", "contexts", "spans", "event_id"]
    return event


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    validators = {
        "event": (jsonschema.Draft7Validator(of_events(copy.deepcopy(schema))), BROKEN_EVENTS),
        "transaction": (jsonschema.Draft7Validator(of_transactions(copy.deepcopy(schema))), BROKEN_TRANSACTIONS),
    }
    valid = 0
    with open(sys.argv[2], encoding="utf-8") as file:
        items = [item for line in file for item in json.loads(line)["items"]]
    for item in items:
        if item["header"]["type"] not in validators:
            continue
        validator, broken_ones = validators[item["header"]["type"]]
        for error in validator.iter_errors(item["payload"]):
            sys.exit(f"{item['payload'].get('event_id')}: {list(error.absolute_path)}: {error.message[:300]}")
        for broken in broken_ones:
            if validator.is_valid({**item["payload"], **broken}):
                sys.exit(f"the schema let {broken} pass")
        valid += 1
    print(valid)


main()
