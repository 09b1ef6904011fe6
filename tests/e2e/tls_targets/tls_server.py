#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A target: targets/http_server.py over TLS. Handshakes are made in one thread, requests served in others.

usage: tls_server.py CERTIFICATE KEY LISTEN
"""
import os
import signal
import ssl
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "targets"))
import http_server


class QuietServer(http_server.Server):
    def handle_error(self, request, client_address):
        """Who connects and says nothing (the test asks whether somebody listens) is no news."""


def main():
    certificate, key, listen = sys.argv[1:]
    host, port = listen.rsplit(":", 1)
    server = QuietServer((host, int(port)), http_server.Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
