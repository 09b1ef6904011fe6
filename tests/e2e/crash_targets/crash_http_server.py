#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A target: a threaded web server in Python with a bug in it: /crash/… reads a string through a null pointer.

usage: crash_http_server.py plain|flask HOST:PORT     /slow/MS answers after a while, anything else at once.
"""
import ctypes
import http.server
import sys
import time


def answer(path):
    parts = path.split("/")
    if parts[1] == "crash":
        return ctypes.string_at(0)
    if parts[1] == "slow":
        time.sleep(int(parts[2]) / 1000)
    return b"open"


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = answer(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def serve_plain(host, port):
    http.server.ThreadingHTTPServer((host, port), Answers).serve_forever()


def serve_flask(host, port):
    import flask
    app = flask.Flask("shop")

    @app.route("/<path:path>")
    def any_path(path):
        return answer("/" + path)

    app.run(host=host, port=port, threaded=True)


def main():
    host, port = sys.argv[2].split(":")
    {"plain": serve_plain, "flask": serve_flask}[sys.argv[1]](host, int(port))


if __name__ == "__main__":
    main()
