#!/usr/bin/python3
"""A strict stand-in for Sentry's ingestion, for tests: takes envelopes over HTTP and refuses whatever breaks a rule.

usage: sentry_receiver.py --output FILE [--port N] [--port-file FILE] [--key KEY] [--project ID]
                          [--fault KIND@N]… [--rate-limits TEXT] [--max-seconds N]
       sentry_receiver.py --check FILE            check what --sentry-file wrote; one JSON line per envelope

Accepted envelopes go to FILE as JSON lines {"project","key","headers","items"}, broken rules to FILE.violations; the
sender of a broken one gets 400 with X-Sentry-Error. Faults, by number of the request from 1 (or * for all):
429 (with --rate-limits as X-Sentry-Rate-Limits, none if empty), 413, 503, reset (the connection, unanswered), limits
(accepted, with --rate-limits). It listens on loopback only, writes its port to --port-file once it does, and ends by SIGTERM or after --max-seconds."""
import argparse
import json
import os
import re
import signal
import socket
import struct
import sys
import threading
import zlib
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import sentry_envelope_rules as rules
from sentry_envelope_rules import Violation, require

MAX_BODY_BYTES = 20 << 20
PATH = re.compile(r"(?:/[^/?#]+)*/api/([A-Za-z0-9_-]+)/envelope/")


def plain(value):
    """For the output: times as numbers again."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(value)


def check_auth(headers, wanted_key):
    lines = headers.get_all("X-Sentry-Auth") or []
    require(len(lines) == 1, f"{len(lines)} X-Sentry-Auth headers")
    scheme, _, rest = lines[0].partition(" ")
    require(scheme == "Sentry", f"X-Sentry-Auth: scheme {scheme!r}")
    pairs = [tuple(pair.strip().partition("=")[::2]) for pair in rest.split(",")]
    values = dict(pairs)
    require(len(values) == len(pairs), "X-Sentry-Auth: a key stands twice")
    unknown = set(values) - {"sentry_version", "sentry_client", "sentry_key", "sentry_secret"}
    require(not unknown, f"X-Sentry-Auth: unknown {unknown}")
    require(values.get("sentry_version") == "7", "X-Sentry-Auth: sentry_version is not 7")
    require(re.fullmatch(r"[\w.-]+/[\w.-]+", values.get("sentry_client", "")), "X-Sentry-Auth: sentry_client")
    require(values.get("sentry_key"), "X-Sentry-Auth: no sentry_key")
    require(wanted_key in (None, values["sentry_key"]), "X-Sentry-Auth: another key")
    return values["sentry_key"]


def decompress(body):
    stream = zlib.decompressobj(31)
    try:
        data = stream.decompress(body, rules.MAX_ENVELOPE_BYTES + 1)
    except zlib.error as error:
        raise Violation(f"body: not gzip: {error}") from None
    require(stream.eof and not stream.unused_data, "body: gzip ends early or something follows it")
    return data


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, arguments):
        super().__init__(("127.0.0.1", arguments.port), Handler)
        self.arguments = arguments
        self.lock = threading.Lock()
        self.requests_count = 0
        self.output = open(arguments.output, "a", buffering=1)
        self.violations = open(arguments.output + ".violations", "a", buffering=1)

    def next_fault(self):
        with self.lock:
            self.requests_count += 1
            for fault in self.arguments.fault:
                kind, _, number = fault.partition("@")
                if number in ("*", str(self.requests_count)):
                    return kind
        return None

    def write(self, file, thing):
        with self.lock:
            file.write(json.dumps(thing, default=plain) + "\n")

    def handle_error(self, request, client_address):
        pass  # a sender that goes away is its own affair


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def read_body(self):
        length = self.headers.get("Content-Length")
        require(length and length.isdigit(), "no Content-Length")
        require(int(length) <= MAX_BODY_BYTES, f"Content-Length {length} is too large")
        return self.rfile.read(int(length))

    def take(self, body):
        arguments = self.server.arguments
        path = PATH.fullmatch(self.path)
        require(path, f"path {self.path!r}")
        require(arguments.project in (None, path.group(1)), f"project {path.group(1)!r}")
        key = check_auth(self.headers, arguments.key)
        require(self.headers.get("Content-Type") == "application/x-sentry-envelope", f"Content-Type {self.headers.get('Content-Type')!r}")
        require(self.headers.get("Content-Encoding") == "gzip", f"Content-Encoding {self.headers.get('Content-Encoding')!r}")
        require(re.match(r"[\w.-]+/[\w.-]+", self.headers.get("User-Agent", "")), "User-Agent")
        envelope = rules.check_request_body(decompress(body), key)
        self.server.write(self.server.output, {"project": path.group(1), "key": key, **envelope})
        return envelope

    def do_POST(self):
        try:
            body = self.read_body()
            fault = self.server.next_fault()
            if fault and fault != "limits":
                return self.fail(fault)
            envelope = self.take(body)
        except Violation as violation:
            self.server.write(self.server.violations, {"violation": str(violation)})
            self.answer(400, {"detail": "bad envelope", "causes": [str(violation)]}, [("X-Sentry-Error", ascii(str(violation)))])
            self.close_connection = True
            return None
        limits = [("X-Sentry-Rate-Limits", self.server.arguments.rate_limits)] if fault else []
        return self.answer(200, {"id": envelope["headers"].get("event_id")}, limits)

    def do_GET(self):
        self.server.write(self.server.violations, {"violation": f"GET {self.path}"})
        self.answer(405, {"detail": "only POST"})

    def fail(self, fault):
        limits = self.server.arguments.rate_limits
        if fault == "reset":
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif fault == "429":
            self.answer(429, {"detail": "rate limited"}, [("X-Sentry-Rate-Limits", limits)] if limits else [])
        else:
            self.answer(int(fault), {"detail": f"fault {fault}"}, [("X-Sentry-Error", f"fault {fault}")])


def check_stored(path):
    try:
        for envelope in rules.check_file(path):
            print(json.dumps(envelope, default=plain))
    except Violation as violation:
        sys.exit(f"sentry_receiver.py: {path}: {violation}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check")
    parser.add_argument("--output")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file")
    parser.add_argument("--key")
    parser.add_argument("--project")
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--rate-limits", default="")
    parser.add_argument("--max-seconds", type=int, default=600)
    arguments = parser.parse_args()
    if arguments.check:
        return check_stored(arguments.check)
    if not arguments.output:
        parser.error("--output is needed")
    for fault in arguments.fault:
        if not re.fullmatch(r"(429|413|503|reset|limits)@(\*|\d+)", fault):
            parser.error(f"--fault {fault}: known are 429, 413, 503, reset, limits, each with @N or @*")
    server = Receiver(arguments)
    if arguments.port_file:
        with open(arguments.port_file + ".new", "w") as file:
            file.write(f"{server.server_port}\n")
        os.rename(arguments.port_file + ".new", arguments.port_file)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGALRM, lambda *_: os._exit(3))
    signal.alarm(arguments.max_seconds)
    server.serve_forever()


main()
