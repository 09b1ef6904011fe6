#!/usr/bin/python3
"""Reads from Spotlight's stream what it has parsed, one line per item as the sender prints them: `trace ID SPANS`,
`crash ID KIND`, `exception ID PLATFORM TYPES`, `session STATUS`, `sessions COUNT`.
usage: spotlight_received.py PORT TYPE COUNT   (ends after COUNT items of that type, or when none came for ten seconds)"""
import http.client
import json
import sys


def describe(kind, payload):
    if kind == "transaction":
        return f"trace {payload['contexts']['trace']['trace_id']} {1 + len(payload['spans'])}"
    if kind == "event":
        if "limpet" in payload["contexts"]:
            types = ",".join(value["type"] for value in payload["exception"]["values"])
            return f"exception {payload['event_id']} {payload['platform']} {types}"
        return f"crash {payload['event_id']} {payload['contexts']['crash']['kind']}"
    if kind == "session":
        return f"session {payload['status']}"
    if kind == "sessions":
        return f"sessions {sum(bucket.get('exited', 0) for bucket in payload['aggregates'])}"
    return None


port, wanted, left = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
connection.request("GET", "/stream")
stream = connection.getresponse()
try:
    while left > 0:
        line = stream.readline()
        if not line:
            break
        if not line.startswith(b"data:"):
            continue
        for header, payload in json.loads(line[5:])[1]:
            text = describe(header["type"], payload)
            if text:
                print(text)
            left -= header["type"] == wanted
except TimeoutError:
    pass
