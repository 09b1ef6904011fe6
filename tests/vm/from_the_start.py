#!/usr/bin/python3
"""Requests with numbers, from before an agent traces until a while after it says so, and which of them it saw.

usage: from_the_start.py serve PORT                       answers
       from_the_start.py ask PORT STDERR ASKED SECONDS    asks until SECONDS after the agent's STDERR says that it traces; a
                                                          line "NUMBER was-said-before" per request goes to ASKED
       from_the_start.py check ASKED SPANS STDERR         TAP; SPANS: the agent's --json, STDERR: with its totals"""
import collections
import http.server
import json
import re
import socket
import sys
import time

SERVER, CLIENT = 2, 3  # kinds of OTLP spans


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def is_said(path):
    try:
        with open(path, encoding="utf-8") as file:
            return "limpet: tracing " in file.read()
    except FileNotFoundError:
        return False


def ask(port, stderr, asked, seconds):
    number, end = 0, None
    with open(asked, "w", encoding="utf-8", buffering=1) as out:
        while end is None or time.monotonic() < end:
            if end is None and is_said(stderr):
                end = time.monotonic() + seconds
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(b"GET /start/%d HTTP/1.1\r\nHost: start\r\n\r\n" % number)
                while connection.recv(4096):
                    pass
            out.write(f"{number} {int(end is not None)}\n")
            number += 1
            time.sleep(0.02)


def spans_seen(path):
    """(kind, number) of every span, counted."""
    seen = collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            for resource in json.loads(line).get("resourceSpans", []):
                for span in (span for scope in resource["scopeSpans"] for span in scope["spans"]):
                    for attribute in span["attributes"]:
                        found = attribute["key"] in ("url.path", "url.full") and re.search(r"/start/(\d+)$", attribute["value"]["stringValue"])
                        if found:
                            seen[span["kind"], int(found.group(1))] += 1
    return seen


def check(asked, spans, stderr):
    with open(asked, encoding="utf-8") as lines:
        rows = [tuple(map(int, line.split())) for line in lines]
    with open(stderr, encoding="utf-8") as file:
        lost = re.findall(r"^limpet: lost: .*", file.read(), re.M)
    seen = spans_seen(spans)
    before = [number for number, was_said in rows if not was_said]
    after = [number for number, was_said in rows if was_said]
    missing = [(kind, number) for number in after for kind in (SERVER, CLIENT) if seen[kind, number] != 1]
    print(f"# {len(before)} requests before it was said, {sum(seen[SERVER, number] for number in before)} of them seen; {len(after)} after")
    print(f"{'ok' if before and after else 'not ok'} from the start: requests before it was said, and after")
    print(f"{'ok' if not missing else 'not ok'} from the start: from when the agent says that it traces, each request is two spans")
    for line in lost:
        print(f"# {line}")
    if missing:
        print(f"# not once: {missing[:20]}, {len(missing)} in all")
        print(f"{'ok' if lost else 'not ok'} from the start: what is missing was counted")


if sys.argv[1] == "serve":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
elif sys.argv[1] == "ask":
    ask(int(sys.argv[2]), sys.argv[3], sys.argv[4], float(sys.argv[5]))
else:
    check(*sys.argv[2:])
