#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A target: asyncio over TLS, one thread and memory BIOs, with the answers /s/STATUS/SIZE/… of http_answers.c.

usage: tls_async_server.py CERTIFICATE KEY LISTEN
"""
import asyncio
import signal
import ssl
import sys


async def answer(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            await reader.readexactly(int(headers.get("content-length", 0)))
            parts = path.split("?")[0].split("/")
            status, size = int(parts[2]), int(parts[3])
            length = "" if status == 204 else f"Content-Length: {size}\r\n"
            writer.write(f"HTTP/1.1 {status} Whatever\r\n{length}\r\n".encode())
            if method != "HEAD" and status not in (204, 304):
                writer.write(b"b" * size)
            await writer.drain()
            if headers.get("connection") == "close":
                break
    except (OSError, asyncio.IncompleteReadError):
        pass
    writer.close()


async def serve():
    certificate, key, listen = sys.argv[1:]
    host, port = listen.rsplit(":", 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(answer, host, int(port), ssl=context, backlog=1024, limit=1 << 20)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve())
