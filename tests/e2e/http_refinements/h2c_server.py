#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Agrees to go on with HTTP/2 (RFC 7540 section 3.2), by python3-h2. Arguments: port, file that gets a line per request."""
import socket
import sys
import threading

import h2.config
import h2.connection
import h2.events

LOG = open(sys.argv[2], "a", encoding="utf-8", buffering=1)  # noqa: SIM115


def answer(connection, stream):
    LOG.write("request\n")
    connection.send_headers(stream, [(":status", "200"), ("content-length", "2")])
    connection.send_data(stream, b"ok", end_stream=True)


def serve(peer):
    head = b""
    while b"\r\n\r\n" not in head:
        piece = peer.recv(65536)
        if not piece:
            return
        head += piece
    settings = next(line.split(b":")[1].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"http2-settings:"))
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    connection.initiate_upgrade_connection(settings)
    answer(connection, 1)
    while True:
        peer.sendall(connection.data_to_send())
        piece = peer.recv(65536)
        if not piece:
            return
        for event in connection.receive_data(piece):
            if isinstance(event, h2.events.RequestReceived):
                answer(connection, event.stream_id)


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
