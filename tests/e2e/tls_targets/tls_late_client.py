#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tls_late_client.py LOAD GATE HOST PORT PATH…: loads the TLS library once file LOAD is there, asks once GATE is."""
import os
import socket
import sys
import time


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)


wait_for(sys.argv[1])
import ssl  # pylint: disable=wrong-import-position # this is what the test is about

wait_for(sys.argv[2])
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
for path in sys.argv[5:]:
    with context.wrap_socket(socket.create_connection((sys.argv[3], int(sys.argv[4])))) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        while connection.recv(65536):
            pass
