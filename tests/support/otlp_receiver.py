#!/usr/bin/python3
"""An OTLP/HTTP receiver on Google's protobuf classes: takes traces and logs as protobuf, plain or gzip, and writes what came as JSON lines.

usage: otlp_receiver.py --port 0 --port-file FILE --output FILE.jsonl [--fault FAULT]... [--raw-dir DIR] [--address 127.0.0.1]

The port goes to --port-file once the server listens. Each request becomes one line of --output, flushed before it is answered:
{"path", "status", "fault", "encoding", "user_agent", "headers", "body_bytes", "errors": [what is wrong with it],
 "resourceSpans" or "resourceLogs": [OTLP JSON: ids in hex, 64-bit integers as strings]}
Faults are used up one per request, in order; after them every request is accepted:
  ok               accepted
  STATUS[|AFTER[|MESSAGE]]  this status, Retry-After AFTER (seconds or an HTTP-date), google.rpc.Status with MESSAGE
  partial|COUNT|MESSAGE     200 with partial_success
  reset            the connection is reset without a response
  oversized        200 with a body of 5 MiB
  hang|SECONDS     answered 200 after that time
It ends at SIGTERM or SIGINT. Needs Debian's python3-protobuf and protobuf-compiler.
"""
import argparse
import base64
import gzip
import http.server
import importlib
import importlib.util
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROTO_DIR = os.path.join(ROOT, "exporters", "otlp", "proto")
MAX_BODY_BYTES = 64 << 20


def compile_protos(into):
    """Python classes by protoc, from the same field tables the agent is built from; returns the modules needed:
    of the trace service, of the logs service, of google.rpc.Status."""
    files = []
    for folder, _, names in os.walk(PROTO_DIR):
        files += [os.path.join(folder, name) for name in names if name.endswith(".proto")]
    subprocess.run(["/usr/bin/protoc", "-I" + PROTO_DIR, "--python_out=" + into] + files, check=True)
    sys.path.insert(0, into)
    traces = importlib.import_module("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    logs = importlib.import_module("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
    # google.rpc beside the installed google.protobuf: load it by its file.
    spec = importlib.util.spec_from_file_location("limpet_status_pb2", os.path.join(into, "google", "rpc", "status_pb2.py"))
    status = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(status)
    return traces, logs, status


def to_hex_ids(value):
    """The JSON of protobuf has bytes in base64; OTLP wants trace and span ids in hex."""
    if isinstance(value, list):
        return [to_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64decode(item).hex() if key in ("traceId", "spanId", "parentSpanId") else to_hex_ids(item)
        for key, item in value.items()
    }


def find_errors(request):
    """What a strict server would not like in a trace request."""
    errors = [] if request.resource_spans else ["no resource_spans"]
    for resource_spans in request.resource_spans:
        errors += find_resource_errors(resource_spans.resource)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                errors += find_span_errors(span)
    return errors


def find_logs_errors(request):
    errors = [] if request.resource_logs else ["no resource_logs"]
    for resource_logs in request.resource_logs:
        errors += find_resource_errors(resource_logs.resource)
        for scope_logs in resource_logs.scope_logs:
            if not scope_logs.scope.name:
                errors.append("the scope has no name")
            for record in scope_logs.log_records:
                errors += find_record_errors(record)
    return errors


def find_resource_errors(resource):
    errors = []
    keys = [attribute.key for attribute in resource.attributes]
    if len(set(keys)) != len(keys):
        errors.append("resource attributes are not unique")
    if "service.name" not in keys:
        errors.append("the resource has no service.name")
    return errors


def find_record_errors(record):
    """Of a log record that is an exception, as the semantic conventions have it."""
    errors = []
    attributes = {attribute.key: attribute.value for attribute in record.attributes}
    if len(attributes) != len(record.attributes):
        errors.append("log record attributes are not unique")
    if not all(value.WhichOneof("value") for value in attributes.values()):
        errors.append("an attribute has no value")
    if record.time_unix_nano == 0 or record.observed_time_unix_nano < record.time_unix_nano:
        errors.append("times are not valid")
    if not 1 <= record.severity_number <= 24 or not record.severity_text:
        errors.append("severity is not valid")
    if not record.body.string_value:
        errors.append("body is empty")
    if len(record.trace_id) not in (0, 16) or (record.trace_id and not any(record.trace_id)):
        errors.append("trace_id is not valid")
    if len(record.span_id) not in (0, 8) or (record.span_id and not (record.trace_id and any(record.span_id))):
        errors.append("span_id is not valid")
    if record.flags >> 8:
        errors.append("flags has bits that must be zero")
    if record.event_name != "exception":
        errors.append("event_name is %r" % record.event_name)
    if not attributes.get("exception.type") or not attributes["exception.type"].string_value:
        errors.append("exception.type is missing")
    if not re.fullmatch("[0-9a-f]{32}", attributes["log.record.uid"].string_value if "log.record.uid" in attributes else ""):
        errors.append("log.record.uid is not valid")
    return errors


def find_span_errors(span):
    errors = []
    keys = [attribute.key for attribute in span.attributes]
    if len(span.trace_id) != 16 or not any(span.trace_id):
        errors.append("trace_id is not valid")
    if len(span.span_id) != 8 or not any(span.span_id):
        errors.append("span_id is not valid")
    if len(span.parent_span_id) not in (0, 8) or (span.parent_span_id and not any(span.parent_span_id)):
        errors.append("parent_span_id is not valid")
    if not span.name:
        errors.append("name is empty")
    if span.kind == 0:
        errors.append("kind is not specified")
    if span.start_time_unix_nano == 0 or span.end_time_unix_nano < span.start_time_unix_nano:
        errors.append("times are not valid")
    if span.flags >> 10:
        errors.append("flags has bits that must be zero")
    if len(set(keys)) != len(keys):
        errors.append("span attributes are not unique")
    return errors


class Receiver(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, arguments, traces, logs, status):
        super().__init__((arguments.address, arguments.port), Handler)
        # Path: request, response, check, name of the count in partial_success.
        self.signals = {
            "/v1/traces": (traces.ExportTraceServiceRequest, traces.ExportTraceServiceResponse, find_errors, "rejected_spans"),
            "/v1/logs": (logs.ExportLogsServiceRequest, logs.ExportLogsServiceResponse, find_logs_errors, "rejected_log_records"),
        }
        self.status = status
        self.faults = list(arguments.fault)
        self.raw_dir = arguments.raw_dir
        self.lock = threading.Lock()
        self.output = open(arguments.output, "w", encoding="utf-8")
        self.count = 0

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def next_fault(self):
        with self.lock:
            return self.faults.pop(0) if self.faults else "ok"

    def write(self, line, body):
        with self.lock:
            self.output.write(json.dumps(line) + "\n")
            self.output.flush()
            if self.raw_dir:
                with open(os.path.join(self.raw_dir, "%d.pb" % self.count), "wb") as raw:
                    raw.write(body)
            self.count += 1


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def read_body(self):
        size = int(self.headers.get("Content-Length", "0"))
        if size > MAX_BODY_BYTES:
            return None
        body = self.rfile.read(size)
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return body

    def do_POST(self):
        from google.protobuf import json_format

        line = {
            "path": self.path,
            "encoding": self.headers.get("Content-Encoding", ""),
            "user_agent": self.headers.get("User-Agent", ""),
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "errors": [],
            "fault": self.server.next_fault(),
        }
        try:
            body = self.read_body()
        except (OSError, EOFError, ValueError) as error:
            line["errors"].append("the body is not what Content-Encoding says: %s" % error)
            body = b""
        if self.path not in self.server.signals or self.headers.get("Content-Type") != "application/x-protobuf":
            line["errors"].append("path %s with Content-Type %s" % (self.path, self.headers.get("Content-Type")))
            self.finish_request(line, body, "404")
            return
        make_request, _, find, _ = self.server.signals[self.path]
        request = make_request()
        try:
            request.ParseFromString(body)
        except Exception as error:  # DecodeError; the class differs between protobuf implementations
            line["errors"].append("not an %s: %s" % (make_request.__name__, error))
            self.finish_request(line, body, "400||the body is not an " + make_request.__name__)
            return
        line["errors"] += find(request)
        line.update(to_hex_ids(json_format.MessageToDict(request, use_integers_for_enums=True)))
        self.finish_request(line, body, line["fault"])

    def finish_request(self, line, body, fault):
        kind, _, rest = fault.partition("|")
        line["status"] = int(kind) if kind.isdigit() else 0 if kind == "reset" else 200
        line["body_bytes"] = len(body)
        self.server.write(line, body)
        if kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # The files around the socket hold it open; without them close() sends the reset.
            self.rfile.close()
            self.wfile.close()
            self.connection.close()
            raise ConnectionResetError("as the fault says")
        elif kind == "oversized":
            self.answer(200, b"\0" * (5 << 20))
        elif kind == "partial":
            count, _, message = rest.partition("|")
            _, make_response, _, count_name = self.server.signals[self.path]
            response = make_response()
            setattr(response.partial_success, count_name, int(count))
            response.partial_success.error_message = message
            self.answer(200, response.SerializeToString())
        elif kind.isdigit():
            after, _, message = rest.partition("|")
            status = self.server.status.Status(code=3, message=message)
            self.answer(int(kind), status.SerializeToString(), [("Retry-After", after)] if after else [])
        else:
            if kind == "hang":
                time.sleep(float(rest))
            self.answer(200, self.server.signals[self.path][1]().SerializeToString())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4318)
    parser.add_argument("--port-file")
    parser.add_argument("--output", required=True)
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--raw-dir", help="also write every body, inflated, as 0.pb, 1.pb ...")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="limpet-otlp-") as folder:
        server = Receiver(arguments, *compile_protos(folder))
        if arguments.port_file:
            with open(arguments.port_file + ".part", "w", encoding="ascii") as port_file:
                port_file.write("%d\n" % server.server_address[1])
            os.rename(arguments.port_file + ".part", arguments.port_file)
        try:
            server.serve_forever(poll_interval=0.05)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
