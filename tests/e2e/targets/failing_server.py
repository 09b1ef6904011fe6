#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An HTTP server of the standard library: /fail/N fails (and is told on standard error), all else is answered; /end is its end."""
import http.server
import os
import sys


class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_GET(self):
        if self.path.startswith("/fail/"):
            self.fail(self.path[6:])
        else:
            self.answer(200)
        self.server.is_over = self.path == "/end"

    def fail(self, order):
        try:
            raise ValueError(f"no stock for {order}")
        except ValueError:
            import logging
            logging.exception("order failed")
            self.answer(500)

    def log_message(self, *_):
        pass


def main():
    server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Shop)
    server.is_over = False
    while not server.is_over:
        server.handle_request()
    raise RuntimeError("the shop is closed")


if __name__ == "__main__":
    main()
