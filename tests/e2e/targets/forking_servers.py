#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Targets: servers that hand a connection to another process before its first byte is read.

usage: forking_servers.py fork|exec|pass HOST:PORT
  fork   a child per connection (socketserver.ForkingMixIn)
  exec   a child per connection that runs another program with the socket as its stdin and stdout, like inetd
  pass   worker processes that get the socket over a UNIX socket (SCM_RIGHTS)
"""
import http.server
import os
import signal
import socket
import socketserver
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from http_server import Answers

HANDLER = """
import os
request = b""
while not request.endswith(b"\\r\\n\\r\\n"):
    received = os.read(0, 65536)
    if not received:
        raise SystemExit
    request += received
os.write(1, b"HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: 13\\r\\n\\r\\n" + b"b" * 13)
"""


class ForkingServer(socketserver.ForkingMixIn, http.server.HTTPServer):
    request_queue_size = 1024
    max_children = 100


def listen(host, port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(1024)
    return listener


def serve_exec(host, port):
    listener, children = listen(host, port), []
    while True:
        connection, _ = listener.accept()
        children.append(subprocess.Popen([sys.executable, "-S", "-c", HANDLER], stdin=connection, stdout=connection))
        connection.close()
        children = [child for child in children if child.poll() is None]


def work(channel):
    while True:
        _, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
        if not descriptors:
            os._exit(0)
        connection = socket.socket(fileno=descriptors[0])
        Answers(connection, ("", 0), None)
        connection.close()


def serve_pass(host, port):
    listener, channels = listen(host, port), []
    for _ in range(2):
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            ours.close()
            work(theirs)
        theirs.close()
        channels.append(ours)
    turn = 0
    while True:
        connection, _ = listener.accept()
        socket.send_fds(channels[turn % 2], [b"c"], [connection.fileno()])
        connection.close()
        turn += 1


def main():
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    host, port = sys.argv[2].rsplit(":", 1)
    if sys.argv[1] == "fork":
        ForkingServer((host, int(port)), Answers).serve_forever()
    elif sys.argv[1] == "exec":
        serve_exec(host, int(port))
    else:
        serve_pass(host, int(port))


if __name__ == "__main__":
    main()
