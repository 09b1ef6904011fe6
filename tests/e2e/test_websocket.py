#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""WebSockets between python3-websockets' client and server, both traced: one HTTP span and one session span per
connection on each side, whose counts are those of the programs themselves."""
import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
import target_servers
from limpet_runner import Limpet
from span_checks import CLIENT, SERVER

# Answers each message with its echo, and says goodbye when asked to fail.
SERVER_PROGRAM = """
import asyncio, sys
import websockets
async def serve(socket, path=None):
    await socket.send("welcome")
    async for message in socket:
        if message == "fail":
            await socket.close(1011, "as asked")
            return
        await socket.send(message)
async def main():
    async with websockets.serve(serve, "127.0.0.1", int(sys.argv[1]), max_size=None, compression=sys.argv[2] if sys.argv[2] != "off" else None):
        await asyncio.Future()
asyncio.run(main())
"""
# `count` connections at once, each says `messages` of `size` bytes, and "fail" in the end where it is to.
CLIENT_PROGRAM = """
import asyncio, sys
import websockets
port, count, messages, size, compression, end = int(sys.argv[1]), *map(int, sys.argv[2:5]), sys.argv[5], sys.argv[6]
async def talk(number):
    async with websockets.connect(f"ws://127.0.0.1:{port}/chat/{number}", max_size=None, compression=compression if compression != "off" else None) as socket:
        await socket.recv()
        for i in range(messages):
            await socket.send(b"m" * size)
            assert len(await socket.recv()) == size
        if end == "fail":
            await socket.send("fail")
            try:
                await socket.recv()
            except websockets.ConnectionClosed:
                pass
async def main():
    await asyncio.gather(*(talk(number) for number in range(count)))
    print("done")
asyncio.run(main())
"""


class WebSocketServer(target_servers.Target):
    def __init__(self, compression):
        self.compression = compression
        super().__init__(families=("ipv4",))

    def prepare(self):
        try:
            import websockets  # noqa: F401
        except ImportError:
            raise target_servers.Missing("python3-websockets is not installed") from None

    def command(self):
        return ["/usr/bin/python3", "-c", SERVER_PROGRAM, str(self.address[1]), self.compression]


def check_sessions(spans, kind, count, wanted):
    upgrades = [span for span in spans if span.status_code == 101]
    sessions = [span for span in spans if span.attributes.get("network.protocol.name") == "websocket"]
    tap.equal(collections.Counter(span.path for span in upgrades),
              collections.Counter(f"/chat/{number}" for number in range(count)), "upgrades")
    tap.equal(len(sessions), count, "sessions")
    tap.equal(len(spans), 2 * count, "spans in all")
    for span in sessions:
        tap.equal((span.name, span.kind), ("WebSocket", kind), "name and kind")
        found = {key.removeprefix("limpet.websocket."): value for key, value in span.attributes.items()
                 if key.startswith("limpet.websocket.")}
        if wanted.get("compressed"):
            assert 0 < found.pop("bytes.sent") and 0 < found.pop("bytes.received")
        tap.equal(found, wanted, "counts")
        is_error = wanted["close.code"] == 1011
        tap.equal(span.attributes.get("error.type"), "1011" if is_error else None, "error.type")
        tap.equal(span.status, 2 if is_error else 0, "status")


def trace(title, count, messages, size, compression="off", end="close"):
    with WebSocketServer(compression) as server:
        server.start()
        with Limpet.attach(server.pid) as at_server:
            at_server.start().wait_ready()
            program = ["/usr/bin/python3", "-c", CLIENT_PROGRAM, str(server.address[1]), str(count), str(messages),
                       str(size), compression, end]
            with Limpet.run(program) as at_client:
                at_client.start().wait()
                is_failed = end == "fail"
                said = messages + is_failed, messages * size + 4 * is_failed
                heard = messages + 1, messages * size + len("welcome")
                wanted = {"close.code": 1011 if is_failed else 1000, "close.by": "server" if is_failed else "client"}
                if compression != "off":
                    wanted["compressed"] = True

                def counts(sent, received):
                    all_counts = {"messages.sent": sent[0], "messages.received": received[0], **wanted}
                    if compression == "off":
                        all_counts.update({"bytes.sent": sent[1], "bytes.received": received[1]})
                    return all_counts

                with tap.case(f"{title}: the client's sessions"):
                    assert "done" in at_client.stdout, at_client.stderr
                    at_client.check_clean()
                    check_sessions(at_client.spans(), CLIENT, count, counts(said, heard))
            at_server.stop()
            with tap.case(f"{title}: the server's sessions"):
                at_server.check_clean()
                check_sessions(at_server.spans(), SERVER, count, counts(heard, said))


def main():
    try:
        trace("one connection", 1, 50, 100)
        trace("50 connections", 50, 10, 100)
        trace("messages of 100,000 bytes", 2, 20, 100000)
        trace("compressed", 3, 20, 1000, "deflate")
        trace("a server that fails", 2, 3, 10, end="fail")
    except target_servers.Missing as missing:
        tap.skip("python3-websockets", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
