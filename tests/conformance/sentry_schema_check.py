#!/usr/bin/python3
"""Validates accepted transactions (the receiver's output) against Sentry's event schema.
usage: sentry_schema_check.py EVENT_SCHEMA_JSON RECEIVER_OUTPUT

The schema is for error events; transactions add start_timestamp, spans, measurements and a fixed type. Its known gaps
are opened one by one: os.distribution_*, and the status word `unknown_error`, the only one Relay reads. Where it is
looser than what we send (contexts accept anything, the trace's data is closed to all but Sentry's own keys) it is
tightened or opened in the same way. Prints how many were valid; exit code 1 and the reasons when one was not."""
import json
import sys

import jsonschema


def derive(schema):
    definitions = schema["definitions"]
    event = schema["anyOf"][0]
    text = {"type": "string"}
    span_id, trace_id = {"type": "string", "pattern": "^[0-9a-f]{16}$"}, {"type": "string", "pattern": "^[0-9a-f]{32}$"}
    definitions["SpanId"], definitions["TraceId"] = span_id, trace_id
    definitions["SpanStatus"]["enum"].append("unknown_error")
    trace = definitions["TraceContext"]["anyOf"][0]
    trace["properties"]["data"] = {"type": "object"}
    for name in ("distribution_name", "distribution_version", "distribution_pretty_name"):
        definitions["OsContext"]["anyOf"][0]["properties"][name] = text
    event["properties"]["contexts"] = {
        "type": "object",
        "required": ["trace"],
        "additionalProperties": False,
        "properties": {
            "trace": trace,
            "os": {"$ref": "#/definitions/OsContext"},
            "device": {"$ref": "#/definitions/DeviceContext"},
            "app": {"$ref": "#/definitions/AppContext"},
            "runtime": {"$ref": "#/definitions/RuntimeContext"},
            "otel": {"$ref": "#/definitions/OtelContext"},
        },
    }
    span = {
        "type": "object",
        "required": ["span_id", "trace_id", "start_timestamp", "timestamp"],
        "additionalProperties": False,
        "properties": {
            "span_id": span_id, "trace_id": trace_id, "parent_span_id": span_id, "op": text, "origin": text,
            "description": text, "start_timestamp": {"type": "number"}, "timestamp": {"type": "number"},
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
    event["definitions"] = definitions
    event["$schema"] = schema["$schema"]
    return event


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        validator = jsonschema.Draft7Validator(derive(json.load(file)))
    valid = 0
    with open(sys.argv[2], encoding="utf-8") as file:
        for line in file:
            for item in json.loads(line)["items"]:
                if item["header"]["type"] != "transaction":
                    continue
                for error in validator.iter_errors(item["payload"]):
                    sys.exit(f"{item['payload'].get('event_id')}: {list(error.absolute_path)}: {error.message[:300]}")
                # What must not pass: the check itself is checked with every event.
                for broken in ({"start_timestamp": None}, {"platfrom": "other"}, {"contexts": {}}, {"spans": [{}]}):
                    if validator.is_valid({**item["payload"], **broken}):
                        sys.exit(f"the schema let {broken} pass")
                valid += 1
    print(valid)


main()
