#!/usr/bin/python3
"""A service for check_discovery.py: answers every GET with 200.

usage: discovery_service.py PORT [LABEL] [--late SECONDS] [--daemon] [--otlp PORT] [--context]
--late: listens after that time; --daemon: a child does the work, without executing anything; --otlp: on GET /export it
sends /v1/traces to a collector on that port, as an SDK does, on GET /export-logs /v1/logs; --context: publishes an OTEL_CTX.
A collector is the same program: it answers POSTs."""
import argparse
import ctypes
import http.client
import http.server
import mmap
import os
import struct
import time


def field(number, payload):
    assert len(payload) < 128
    return bytes([number << 3 | 2, len(payload)]) + payload


def attribute(key, value):
    return field(1, field(1, key.encode()) + field(2, field(1, value.encode())))


def publish_context():
    """As OTEP 4719 has it: a memfd called OTEL_CTX, header and payload in it."""
    resource = attribute("service.name", "context") + attribute("telemetry.sdk.name", "opentelemetry") + \
        attribute("telemetry.sdk.language", "python")
    payload = field(1, resource)
    descriptor = os.memfd_create("OTEL_CTX")
    os.ftruncate(descriptor, mmap.PAGESIZE)
    memory = mmap.mmap(descriptor, mmap.PAGESIZE, mmap.MAP_SHARED)
    os.close(descriptor)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    memory[64:64 + len(payload)] = payload
    memory[8:32] = struct.pack("<IIQQ", 2, len(payload), 12345, address + 64)
    memory[0:8] = b"OTEL_CTX"
    return memory


def export(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, b"\x0a\x00", {"Content-Type": "application/x-protobuf", "User-Agent": "OTel-OTLP-Exporter-Python/1.0"})
    connection.getresponse().read()
    connection.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("label", nargs="?")
    parser.add_argument("--late", type=float, default=0)
    parser.add_argument("--daemon", action="store_true")
    parser.add_argument("--otlp", type=int)
    parser.add_argument("--context", action="store_true")
    options = parser.parse_args()

    class Service(http.server.BaseHTTPRequestHandler):
        def answer(self):
            if options.otlp and self.path == "/export":
                export(options.otlp, "/v1/traces")
            if options.otlp and self.path == "/export-logs":
                export(options.otlp, "/v1/logs")
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    if options.daemon and os.fork():
        time.sleep(3600)
    kept = publish_context() if options.context else None
    time.sleep(options.late)
    http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Service).serve_forever()
    del kept


main()
