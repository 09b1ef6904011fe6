#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A GraphQL server of graphql-core, the reference implementation in Python, over http.server; also answers gRPC-Web calls with
a message and trailers. Arguments: port, file that gets a line per request."""
import http.server
import json
import sys
import urllib.parse

import graphql

PORT, LOG = int(sys.argv[1]), open(sys.argv[2], "a", encoding="utf-8", buffering=1)  # noqa: SIM115
SCHEMA = graphql.build_schema("type Query { book(id: ID!): String } type Mutation { pay(card: String!): String }")


class Root:
    def book(self, _info, id):
        return f"book {id}"

    def pay(self, _info, card):
        return f"paid with {card}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *_):
        pass

    def answer(self, status, kind, content):
        LOG.write(f"{self.command} {status}\n")
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def execute(self, query, operation=None, variables=None):
        result = graphql.graphql_sync(SCHEMA, query, Root(), operation_name=operation, variable_values=variables)
        self.answer(200 if result.data is not None else 400, "application/json", json.dumps(result.formatted).encode())

    def do_GET(self):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        self.execute(asked["query"], asked.get("operationName"))

    def do_POST(self):
        body, kind = self.rfile.read(int(self.headers["content-length"])), self.headers["content-type"]
        if kind.startswith("application/grpc-web"):
            status = b"grpc-status:%d\r\n" % (5 if body.endswith(b"no") else 0)
            self.answer(200, kind, b"\0\0\0\0\2hi" + b"\x80" + len(status).to_bytes(4, "big") + status)
        elif kind == "application/graphql":
            self.execute(body.decode())
        else:
            asked = json.loads(body)
            self.execute(asked["query"], asked.get("operationName"), asked.get("variables"))


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


Server(("127.0.0.1", PORT), Handler).serve_forever()
