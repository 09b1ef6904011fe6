#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Requests over TLS by asyncio: one thread drives all connections. Waits for GATE to exist before the first.

usage: tls_async_client.py GATE HOST PORT CONCURRENCY PATH…
"""
import asyncio
import os
import ssl
import sys
import time


async def ask(host, port, paths, context):
    reader, writer = await asyncio.open_connection(host, port, ssl=context, limit=1 << 20)
    while paths:
        writer.write(f"GET {paths.pop()} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        sizes = [line.split(": ")[1] for line in head if line.startswith("Content-Length")]
        assert head[0].startswith("HTTP/1.1 200"), head
        await reader.readexactly(int(sizes[0]))
    writer.close()


async def main():
    gate, host, port, concurrency = sys.argv[1:5]
    paths = sys.argv[5:]
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    while not os.path.exists(gate):
        time.sleep(0.02)
    await asyncio.gather(*(ask(host, int(port), paths, context) for _ in range(int(concurrency))))


if __name__ == "__main__":
    asyncio.run(main())
