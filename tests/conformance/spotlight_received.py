#!/usr/bin/python3
"""Reads from Spotlight's stream what it has parsed: `trace ID SPANS` per transaction, as the sender prints them.
usage: spotlight_received.py PORT COUNT   (ends after COUNT transactions, or when none came for ten seconds)"""
import http.client
import json
import sys

port, left = int(sys.argv[1]), int(sys.argv[2])
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
            if header["type"] == "transaction":
                left -= 1
                print("trace", payload["contexts"]["trace"]["trace_id"], 1 + len(payload["spans"]))
except TimeoutError:
    pass
