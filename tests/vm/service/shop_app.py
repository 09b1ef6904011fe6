#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A unit of tests/vm/service/service.sh: GET /crash makes the process fall, anything else is answered with 200."""
import ctypes
import http.server
import sys


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/crash":
            ctypes.string_at(0)
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Shop).serve_forever()
