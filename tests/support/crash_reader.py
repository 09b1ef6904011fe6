# SPDX-License-Identifier: Apache-2.0
"""Reads crash events from what --sentry-file writes, and checks them against Sentry's schema and rules.

Strict: an envelope that is not well-formed raises. The schema is looked for in $LIMPET_SCHEMAS, then in
../shared/schemas next to the repository.
"""
import dataclasses
import json
import os
import re
import warnings

import span_reader
import tap
from limpet_runner import ROOT

HEX_ADDRESS = re.compile(r"0x(0|[1-9a-f][0-9a-f]*)")
TRUSTS = ("context", "cfi", "fp", "scan")
SCHEMA = os.path.join(os.environ.get("LIMPET_SCHEMAS", os.path.join(ROOT, "..", "shared", "schemas")), "event.schema.json")


@dataclasses.dataclass
class Frame:
    pc: int
    function: str
    symbol: str
    package: str
    trust: str
    in_app: bool
    line: int
    file: str
    row: dict


@dataclasses.dataclass
class Thread:
    tid: int
    name: str
    is_crashed: bool
    is_main: bool
    frames: list


def read_address(text):
    if not HEX_ADDRESS.fullmatch(text):
        raise ValueError(f"not an address: {text!r}")
    return int(text, 16)


def read_frames(stacktrace):
    """Innermost first: the other way round than sent; without the row that stands for what was folded."""
    frames = []
    for row in reversed((stacktrace or {}).get("frames", [])):
        if set(row) == {"function", "in_app"}:
            continue
        frames.append(Frame(read_address(row["instruction_addr"]) if "instruction_addr" in row else -1,
                            row.get("function", ""), row.get("raw_function", "") or row.get("symbol", ""),
                            row.get("package", ""), row.get("trust", ""), row.get("in_app"), row.get("lineno", 0),
                            row.get("filename", "") or row.get("abs_path", ""), row))
    return frames


class CrashEvent:
    def __init__(self, payload, headers, items):
        self.payload = payload
        self.headers = headers
        self.items = items
        self.exception = payload["exception"]["values"][-1]  # of a chain the one that was raised last
        self.frames = read_frames(self.exception.get("stacktrace"))

    @property
    def type(self):
        return self.exception["type"]

    @property
    def cause(self):
        return self.exception["value"]

    @property
    def mechanism(self):
        return self.exception["mechanism"]

    @property
    def signal(self):
        return self.mechanism.get("meta", {}).get("signal", {})

    @property
    def fault_address(self):
        text = self.mechanism.get("data", {}).get("relevant_address")
        return None if text is None else read_address(text)

    @property
    def tid(self):
        return self.exception.get("thread_id")

    @property
    def pid(self):
        contexts = self.payload["contexts"]
        return contexts["crash" if "crash" in contexts else "limpet"]["process_id"]

    @property
    def threads(self):
        threads = []
        for row in self.payload.get("threads", {}).get("values", []):
            frames = self.frames if row.get("crashed") and "stacktrace" not in row else read_frames(row.get("stacktrace"))
            threads.append(Thread(row["id"], row.get("name", ""), row.get("crashed", False), row.get("main", False), frames))
        return threads

    @property
    def registers(self):
        return {name: read_address(text) for name, text in
                self.exception.get("stacktrace", {}).get("registers", {}).items()}

    @property
    def images(self):
        return self.payload.get("debug_meta", {}).get("images", [])

    @property
    def trace(self):
        return self.payload["contexts"].get("trace", {})

    @property
    def breadcrumbs(self):
        return self.payload.get("breadcrumbs", {}).get("values", [])

    @property
    def attachments(self):
        return [item for item in self.items if item["header"]["type"] == "attachment"]

    @property
    def sessions(self):
        return [item["payload"] for item in self.items if item["header"]["type"] == "session"]

    def describe(self):
        stack = "\n".join(f"    {frame.pc:#x} {frame.function or '?'} ({frame.trust}) {frame.package}"
                          for frame in self.frames[:12])
        return f"{self.type} {self.signal} {self.cause}\n{stack}\n    of {len(self.images)} images"


def _header(data, at):
    end = data.index(b"\n", at)
    return json.loads(data[at:end]), end + 1


def read_envelopes(path):
    """[(headers, [{"header", "payload"}])]; the payload of an attachment stays bytes."""
    if not os.path.exists(path):
        return []
    with open(path, "rb") as file:
        data = file.read()
    envelopes, at = [], 0
    while at < len(data):
        header, at = _header(data, at)
        if "type" not in header:
            envelopes.append((header, []))
            continue
        payload = data[at:at + header["length"]]
        at += header["length"]
        if len(payload) != header["length"] or data[at:at + 1] not in (b"\n", b""):
            raise ValueError(f"an item of {header['length']} bytes does not end where it says")
        at += 1
        is_bytes = header["type"] == "attachment"
        envelopes[-1][1].append({"header": header, "payload": payload if is_bytes else json.loads(payload)})
    return envelopes


def read_crashes(path):
    return [CrashEvent(item["payload"], headers, items) for headers, items in read_envelopes(path)
            for item in items if item["header"]["type"] == "event"]


def read_sessions(path):
    """Every `session` item, in order, wherever it was sent."""
    return [item["payload"] for _, items in read_envelopes(path) for item in items if item["header"]["type"] == "session"]


def read_log_records(path):
    """Crashes as OTLP log records, of a file that --json writes: by the id of their event."""
    records = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            for resource_logs in json.loads(line).get("resourceLogs", []):
                for scope_logs in resource_logs["scopeLogs"]:
                    for record in scope_logs["logRecords"]:
                        attributes = span_reader.read_attributes(record["attributes"])
                        assert attributes["log.record.uid"] not in records, f"twice: {record}"
                        records[attributes["log.record.uid"]] = record, attributes
    return records


def check_log_record(event, records):
    """The same crash in OTLP: a log record with the same id, words and trace."""
    assert event.payload["event_id"] in records, f"no log record of {event.payload['event_id']}"
    record, attributes = records[event.payload["event_id"]]
    is_fatal = event.payload["level"] == "fatal"
    tap.equal((record["eventName"], record["severityNumber"], record["severityText"]),
              ("exception", 21 if is_fatal else 17, "FATAL" if is_fatal else "ERROR"), "kind of the log record")
    tap.equal((attributes["exception.type"], attributes["exception.message"]), (event.type, event.cause), "exception")
    tap.equal((record.get("traceId", ""), record.get("spanId", "")),
              (event.trace.get("trace_id", ""), event.trace.get("span_id", "")), "trace of the log record")
    stack = attributes.get("exception.stacktrace", "")
    for frame in event.frames:
        assert not frame.function or f"at {frame.function}" in stack, f"{frame.function} is not in the stack's text"


def event_validator():
    """Sentry's schema for events, opened for what it does not know: trust, and os.distribution_*. None, said as a
    skipped test, where it cannot be had."""
    why = "" if os.path.exists(SCHEMA) else f"no {SCHEMA}; set LIMPET_SCHEMAS"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import jsonschema
    except ImportError:
        why = "no python3-jsonschema; run: make deps"
    if why:
        tap.skip("events keep Sentry's schema", why)
        return None
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    definitions = schema["definitions"]
    text = {"type": "string"}
    for name in ("Frame", "RawStacktrace"):
        if name in definitions:
            definitions[name]["anyOf"][0]["properties"]["trust"] = {"enum": list(TRUSTS)}
    for name in ("distribution_name", "distribution_version", "distribution_pretty_name"):
        definitions["OsContext"]["anyOf"][0]["properties"][name] = text
    definitions["TraceContext"]["anyOf"][0]["properties"]["data"] = {"type": "object"}
    event = schema["anyOf"][0]
    event["definitions"] = definitions
    event["$schema"] = schema["$schema"]
    event["required"] = ["event_id", "timestamp", "platform", "exception", "contexts", "level", "sdk"]
    return jsonschema.Draft7Validator(event)


def check_schema(event, validator):
    error = next(validator.iter_errors(event.payload), None)
    assert not error, f"Sentry's schema: {list(error.absolute_path)}: {error.message[:300]}"


def check_rules(event, validator=None):
    """The schema, and what it does not say: sentry.md, sections 10 and 11."""
    if validator:
        check_schema(event, validator)
    payload = event.payload
    where = payload.get("event_id", "?")
    assert re.fullmatch(r"[0-9a-f]{32}", payload["event_id"]) and payload["event_id"].strip("0"), f"event_id {where}"
    assert event.headers.get("event_id") == payload["event_id"], f"{where}: the envelope is of {event.headers.get('event_id')}"
    assert payload["platform"] == "native", f"{where}: platform {payload['platform']}"
    assert payload["level"] in ("fatal", "error", "warning"), f"{where}: level {payload['level']}"
    for thread in event.threads:
        for frame in thread.frames:
            assert frame.trust in TRUSTS, f"{where}: trust {frame.trust!r}"
            assert frame.pc >= 0, f"{where}: a frame without an address"
    for number, frame in enumerate(event.frames):
        assert (frame.trust == "context") == (number == 0), f"{where}: frame {number} has trust {frame.trust}"
    for image in event.images:
        assert image["type"] == "elf" and image["code_file"], f"{where}: {image}"
        assert type(image["image_size"]) is int and image["image_size"] > 0, f"{where}: {image}"
        read_address(image["image_addr"])
        if "code_id" in image:
            assert re.fullmatch(r"([0-9a-f]{2})+", image["code_id"]), f"{where}: {image}"
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", image["debug_id"]), f"{where}: {image}"
    crashed = [thread for thread in event.threads if thread.is_crashed]
    assert not event.threads or len(crashed) == 1 and crashed[0].tid == event.tid, f"{where}: {len(crashed)} threads crashed"
    trace = event.trace
    assert not trace or re.fullmatch(r"[0-9a-f]{32}", trace.get("trace_id", "")), f"{where}: trace {trace}"
    assert not trace or re.fullmatch(r"[0-9a-f]{16}", trace.get("span_id", "")), f"{where}: trace {trace}"
    assert len(json.dumps(payload)) < 1 << 20, f"{where}: more than a MiB"
