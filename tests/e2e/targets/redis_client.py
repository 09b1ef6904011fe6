#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What an application does with Redis, by python3-redis: redis_client.py PORT [PROTOCOL] [CERTIFICATE, by TLS].

Prints what it did as JSON: how often each command, how long all of them took, and which errors it got.
"""
import json
import sys
import time

import redis

ROUNDS = 10


class Measured:
    """Counts and times what is done with it."""

    def __init__(self, connection):
        self.connection = connection
        self.counts, self.errors, self.seconds = {}, {}, 0.0

    def note(self, operation, count=1):
        self.counts[operation] = self.counts.get(operation, 0) + count

    def ask(self, operation, *arguments):
        self.note(operation)
        start = time.monotonic()
        try:
            self.connection.send_command(*operation.split(" "), *arguments)
            answer = self.connection.read_response()
        except redis.ResponseError as error:
            self.errors[operation] = self.errors.get(operation, 0) + 1
            answer = error
        self.seconds += time.monotonic() - start
        return answer


def work(asked, secret):
    asked.ask("SET", secret, secret)
    assert asked.ask("GET", secret) == secret.encode()
    asked.ask("LPUSH", "list", *range(20))
    assert len(asked.ask("LRANGE", "list", 0, -1)) >= 20
    asked.ask("GET", "list")                      # WRONGTYPE
    asked.ask("HSET", "hash", "field", secret)
    asked.ask("HGETALL", "hash")
    asked.ask("SET", "large", "x" * 300000)
    assert len(asked.ask("GET", "large")) == 300000
    asked.ask("CONFIG GET", "save")
    asked.ask("EVAL", "return {1,{2,'three',{}}}", 0)
    asked.ask("BLPOP", "nothing", "0.01")
    asked.ask("MULTI")
    assert asked.ask("INCR", "count") == b"QUEUED"
    asked.ask("INCR", "count")
    assert len(asked.ask("EXEC")) == 2


def pipeline(client, asked):
    with client.pipeline(transaction=False) as pipe:
        for number in range(50):
            pipe.set(f"key{number % 7}", number)
            pipe.get(f"key{number % 7}")
        pipe.execute()
    asked.note("SET", 50)
    asked.note("GET", 50)


def subscribe(client, asked):
    subscriber = client.pubsub()
    subscriber.subscribe("one", "two")
    asked.note("SUBSCRIBE")
    for _ in range(2):
        assert subscriber.get_message(timeout=5)["type"] == "subscribe"
    for number in range(10):
        asked.ask("PUBLISH", "one", number)
        assert subscriber.get_message(timeout=5)["type"] == "message"
    subscriber.unsubscribe()
    asked.note("UNSUBSCRIBE")
    for _ in range(2):
        assert subscriber.get_message(timeout=5)["type"] == "unsubscribe"
    subscriber.close()


def main():
    port = int(sys.argv[1])
    trusted = sys.argv[3] if len(sys.argv) > 3 else None
    connection = redis.SSLConnection(port=port, ssl_ca_certs=trusted) if trusted else redis.Connection(port=port)
    client = redis.Redis(port=port, ssl=bool(trusted), ssl_ca_certs=trusted)
    connection.connect()
    asked = Measured(connection)
    if sys.argv[2:] and sys.argv[2]:
        asked.ask("HELLO", sys.argv[2])
    for number in range(ROUNDS):
        work(asked, f"secret{number}")
    pipeline(client, asked)
    subscribe(client, asked)
    asked.ask("SELECT", 3)
    asked.ask("DBSIZE")
    connection.disconnect()
    print(json.dumps({"counts": asked.counts, "errors": asked.errors, "seconds": asked.seconds}))


if __name__ == "__main__":
    main()
