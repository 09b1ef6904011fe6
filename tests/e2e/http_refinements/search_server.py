#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Stands in for Elasticsearch or OpenSearch, too heavy for a test: answers with their headers, media types and statuses,
and refuses what they refuse. Arguments: port, product, file that gets a line per request."""
import http.server
import json
import re
import sys

PORT, PRODUCT, LOG = int(sys.argv[1]), sys.argv[2], open(sys.argv[3], "a", encoding="utf-8", buffering=1)  # noqa: SIM115
HEADERS = {"elasticsearch": {"X-elastic-product": "Elasticsearch", "X-Found-Handling-Cluster": "shop"},
           "opensearch-3": {"X-OpenSearch-Version": "OpenSearch/3.0.0 (opensearch)"}, "opensearch-2": {}}[PRODUCT]
VERSION = {"number": "7.17.6", "build_flavor": "default", "lucene_version": "8.11.1", "minimum_wire_compatibility_version": "6.8.0",
           "minimum_index_compatibility_version": "6.0.0"}
HITS = {"took": 1, "timed_out": False, "hits": {"total": {"value": 0, "relation": "eq"}, "hits": []}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        LOG.write(f"{self.command} {self.path.split('?')[0]} {status}\n")
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**HEADERS, "content-type": "application/json; charset=UTF-8", "content-length": len(content)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def read_body(self):
        """None: refused already."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        kind = self.headers.get("content-type", "")
        if not body:
            return {}
        if "json" not in kind:
            self.answer(406, {"error": f"Content-Type header [{kind}] is not supported", "status": 406})
            return None
        try:
            if "ndjson" in kind or self.path.endswith("_bulk"):
                return [json.loads(line) for line in body.splitlines()]
            return json.loads(body)
        except ValueError:
            self.answer(400, {"error": {"type": "json_parse_exception", "reason": body.decode()}, "status": 400})
            return None

    def serve(self):
        path, body = self.path.split("?")[0], self.read_body()
        if body is None:
            return
        if path == "/":
            self.answer(200, {"name": "n", "cluster_name": "shop", "version": VERSION, "tagline": "You Know, for Search"})
        elif path.endswith("/_search"):
            found = path.startswith("/missing") and 404 or 200
            self.answer(found, HITS if found == 200 else {"error": {"type": "index_not_found_exception"}, "status": 404})
        elif path.endswith("/_bulk"):
            self.answer(200, {"took": 1, "errors": False, "items": [{"index": {"status": 201}} for _ in body[::2]]})
        elif re.fullmatch(r"/[^/]+/_doc/[^/]+", path):
            status = {"PUT": 201, "GET": 200, "DELETE": 200, "HEAD": 200}[self.command]
            self.answer(status, {"_index": path.split("/")[1], "_id": path.split("/")[3], "found": True, "_source": {}})
        elif path == "/_cluster/health":
            self.answer(200, {"status": "green"})
        elif path.count("/") == 1:
            self.answer(200, {"acknowledged": True})
        else:
            self.answer(400, {"error": "no handler found for uri", "status": 400})

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = serve


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


Server(("127.0.0.1", PORT), Handler).serve_forever()
