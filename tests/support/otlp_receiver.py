#!/usr/bin/python3
"""An OTLP/HTTP receiver on Google's protobuf classes: takes traces as protobuf, plain or gzip, and writes what came as JSON lines.

usage: otlp_receiver.py --port 0 --port-file FILE --output FILE.jsonl [--fault FAULT]... [--raw-dir DIR] [--address 127.0.0.1]

The port goes to --port-file once the server listens. Each request becomes one line of --output, flushed before it is answered:
{"path", "status", "fault", "encoding", "user_agent", "headers", "body_bytes", "errors": [what is wrong with it],
 "resourceSpans": [OTLP JSON: ids in hex, 64-bit integers as strings]}
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
    """Python classes by protoc, from the same field tables the agent is built from; returns the modules needed."""
    files = []
    for folder, _, names in os.walk(PROTO_DIR):
        files += [os.path.join(folder, name) for name in names if name.endswith(".proto")]
    subprocess.run(["/usr/bin/protoc", "-I" + PROTO_DIR, "--python_out=" + into] + files, check=True)
    sys.path.insert(0, into)
    service = importlib.import_module("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    # google.rpc beside the installed google.protobuf: load it by its file.
    spec = importlib.util.spec_from_file_location("limpet_status_pb2", os.path.join(into, "google", "rpc", "status_pb2.py"))
    status = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(status)
    return service, status


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
    """What a strict server would not like."""
    errors = []
    if not request.resource_spans:
        errors.append("no resource_spans")
    for resource_spans in request.resource_spans:
        keys = [attribute.key for attribute in resource_spans.resource.attributes]
        if len(set(keys)) != len(keys):
            errors.append("resource attributes are not unique")
        if "service.name" not in keys:
            errors.append("the resource has no service.name")
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                errors += find_span_errors(span)
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

    def __init__(self, arguments, service, status):
        super().__init__((arguments.address, arguments.port), Handler)
        self.service = service
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
        if self.path != "/v1/traces" or self.headers.get("Content-Type") != "application/x-protobuf":
            line["errors"].append("path %s with Content-Type %s" % (self.path, self.headers.get("Content-Type")))
            self.finish_request(line, body, "404")
            return
        request = self.server.service.ExportTraceServiceRequest()
        try:
            request.ParseFromString(body)
        except Exception as error:  # DecodeError; the class differs between protobuf implementations
            line["errors"].append("not an ExportTraceServiceRequest: %s" % error)
            self.finish_request(line, body, "400||the body is not an ExportTraceServiceRequest")
            return
        line["errors"] += find_errors(request)
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
            response = self.server.service.ExportTraceServiceResponse()
            response.partial_success.rejected_spans = int(count)
            response.partial_success.error_message = message
            self.answer(200, response.SerializeToString())
        elif kind.isdigit():
            after, _, message = rest.partition("|")
            status = self.server.status.Status(code=3, message=message)
            self.answer(int(kind), status.SerializeToString(), [("Retry-After", after)] if after else [])
        else:
            if kind == "hang":
                time.sleep(float(rest))
            self.answer(200, self.server.service.ExportTraceServiceResponse().SerializeToString())


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
        service, status = compile_protos(folder)
        server = Receiver(arguments, service, status)
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
