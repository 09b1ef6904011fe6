#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What an application does with NATS, by nats-py: nats_client.py FOLDER PORT CONNECTIONS [CERTIFICATE]. Prints nothing; fails loudly."""
import asyncio
import ssl
import sys

sys.path.insert(0, sys.argv[1])
import nats  # noqa: E402
import nats.errors  # noqa: E402

ROUNDS = 10
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def talk(port, name):
    tls = {"tls": ssl.create_default_context(cafile=sys.argv[4])} if len(sys.argv) > 4 else {}
    client = await nats.connect(f"nats://127.0.0.1:{port}", allow_reconnect=False, **tls)

    async def answer(message):
        await message.respond(b"secret answer")

    subscription = await client.subscribe(f"orders.{name}")
    await client.subscribe(f"service.{name}", cb=answer)
    for number in range(ROUNDS):
        headers = {"traceparent": TRACE} if number % 2 else None
        await client.publish(f"orders.{name}", b"secret" * (1 + 500 * (number == 3)), headers=headers)
        await subscription.next_msg(timeout=10)
        reply = await client.request(f"service.{name}", b"secret", timeout=10)
        assert reply.data == b"secret answer"
        try:
            await client.request(f"nobody.{name}", b"secret", timeout=10)
            raise AssertionError("somebody answered")
        except nats.errors.NoRespondersError:
            pass
    await client.close()


async def main():
    await asyncio.gather(*(talk(int(sys.argv[2]), number) for number in range(int(sys.argv[3]))))


asyncio.run(main())
