#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A target: Python's own http.server, a thread per connection, HTTP/1.1, with the answers of http_answers.c.

usage: http_server.py LISTEN…     LISTEN: 127.0.0.1:80  [::1]:80
"""
import http.server
import signal
import socket
import sys
import threading
import time


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body in one send, as most frameworks do

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = self.path.split("/")
        if parts[1] == "s":
            self.send_sized(int(parts[2]), int(parts[3]))
        elif parts[1] == "chunked":
            self.send_chunked(int(parts[2]) / 2000)
        elif parts[1] == "slow":
            time.sleep(int(parts[2]) / 1000)
            self.send_sized(200, 13)
        else:
            self.send_sized(404, 9)

    def send_sized(self, status, size):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(size))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(b"b" * size)

    def send_chunked(self, pause_s):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(3):
            if number:
                time.sleep(pause_s)
            self.wfile.write(b"a\r\n0123456789\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PROPFIND = do_PATCH = do_OPTIONS = answer

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True


class Server6(Server):
    address_family = socket.AF_INET6


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for listen in sys.argv[1:]:
        host, port = listen.rsplit(":", 1)
        server_class = Server6 if host.startswith("[") else Server
        server = server_class((host.strip("[]"), int(port)), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
