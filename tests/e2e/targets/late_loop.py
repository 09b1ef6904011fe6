#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An event loop that answers a failing request first and writes down why after, as uvicorn does.

/fail/WORD/BEFORE/AFTER/HOW: BEFORE ms until the answer, while others are served; AFTER ms until the report, while nobody is (a loop that
got no time); HOW: log (one write) or print (a write per line). Prints its port.
"""
import asyncio
import logging
import time
import traceback


async def serve(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    _, _, word, before_ms, after_ms, how = head.split()[1].decode().split("/")
    await asyncio.sleep(int(before_ms) / 1000)
    try:
        raise ValueError(f"word {word}")
    except ValueError:
        writer.write(b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
        writer.write(b"no")
        time.sleep(int(after_ms) / 1000)
        if how == "log":
            logging.exception("it failed")
        else:
            traceback.print_exc()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


logging.basicConfig()
asyncio.run(main())
