#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A client that is busy when a tracer joins: busy_client.py PROTOCOL PORT CONNECTIONS [FOLDER of a module, or VERSION].

Does one thing over and over on each connection; after a line on the standard input it goes on for a while, then does
another thing ROUNDS times, prints as JSON how often by name, and ends with its standard input.
"""
import collections
import json
import sys
import threading
import time

PROTOCOL, PORT, CONNECTIONS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
AFTER, ROUNDS, PAUSE_S = 20, 10, 0.02
did = collections.Counter()
lock = threading.Lock()


def note(**counts):
    with lock:
        did.update(counts)


class Redis:
    """Sixteen commands at once; of each kind all fail or none."""

    def __init__(self, number):
        import redis
        self.key = f"secret{number}"
        self.client = redis.Redis(port=PORT, single_connection_client=True)

    def first(self):
        with self.client.pipeline(transaction=False) as pipe:
            for _ in range(4):
                pipe.set(self.key, "secret").get(self.key).lpush(self.key, 1).dbsize()
            answers = pipe.execute(raise_on_error=False)
        assert answers[1] == b"secret" and isinstance(answers[2], Exception)

    def second(self):
        with self.client.pipeline(transaction=False) as pipe:
            for number in range(8):
                pipe.hset(self.key + "h", number, "secret").incr(self.key + "n")
            pipe.execute()
        note(HSET=8, INCRBY=8)


class Memcached:
    """`gets` finds, `get` does not."""

    def __init__(self, number):
        from pymemcache.client.base import Client
        self.key = f"secret{number}"
        self.client = Client(("127.0.0.1", PORT), default_noreply=False)

    def first(self):
        self.client.set(self.key, b"secret")
        assert self.client.gets(self.key)[0] == b"secret"
        assert self.client.get(self.key + "none") is None

    def second(self):
        assert self.client.touch(self.key)
        self.client.delete(self.key + "gone")
        note(touch=1, delete=1)


class Amqp:
    """A producer and its consumer."""

    def __init__(self, number):
        import pika
        parameters = pika.ConnectionParameters("127.0.0.1", PORT, heartbeat=0)
        self.channels = [pika.BlockingConnection(parameters).channel() for _ in range(2)]
        self.queue = f"busy{number}"
        self.channels[1].queue_declare(self.queue, exclusive=True)
        self.messages = self.channels[1].consume(self.queue, auto_ack=True)

    def move(self, count):
        for _ in range(count):
            self.channels[0].basic_publish("", self.queue, b"secret" * 20)
        for _ in range(count):
            next(self.messages)

    def first(self):
        self.move(3)

    def second(self):
        import pika
        for _ in range(5):
            self.channels[0].basic_publish("", self.queue, b"secret", pika.BasicProperties(message_id="later"))
        for _ in range(5):
            next(self.messages)
        note(publish=5, deliver=5)


class Nats:
    """A subscriber that hears what it says itself; its loop has a thread of its own."""

    def __init__(self, number):
        import asyncio
        sys.path.insert(0, sys.argv[4])
        self.asyncio = asyncio
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.subject = f"busy{number}"
        self.wait(self.begin())

    def wait(self, work):
        return self.asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def begin(self):
        import nats
        self.client = await nats.connect(f"nats://127.0.0.1:{PORT}")
        self.heard = await self.client.subscribe(self.subject + ".*")

    async def move(self, word, count):
        for _ in range(count):
            await self.client.publish(f"{self.subject}.{word}", b"secret")
        for _ in range(count):
            await self.heard.next_msg(timeout=30)

    def first(self):
        self.wait(self.move("first", 3))

    def second(self):
        self.wait(self.move("later", 5))
        note(publish=5, deliver=5)


class Kafka:
    """A producer that waits for each of its batches, and a reader of what it sends."""

    def __init__(self, number):
        sys.path.insert(0, sys.argv[4])
        import kafka
        address = f"127.0.0.1:{PORT}"
        self.topic = f"busy{number}"
        self.producer = kafka.KafkaProducer(bootstrap_servers=address, client_id="shop", linger_ms=0, acks="all")
        self.producer.send(self.topic + ".first", b"secret").get(60)
        self.reader = kafka.KafkaConsumer(self.topic + ".first", bootstrap_servers=address, client_id="reader", auto_offset_reset="earliest")

    def first(self):
        self.producer.send(self.topic + ".first", b"secret").get(60)
        self.reader.poll(timeout_ms=10)

    def second(self):
        for _ in range(5):
            self.producer.send(self.topic + ".later", b"secret").get(60)
        note(send=5)


class Mongodb:
    """One connection of a driver; its heartbeats have others."""

    def __init__(self, number):
        import pymongo
        client = pymongo.MongoClient("127.0.0.1", PORT, maxPoolSize=1, socketTimeoutMS=60000)
        self.items = client["load"][f"busy{number}"]

    def first(self):
        self.items.replace_one({"_id": 1}, {"_id": 1, "card": "secret" * 300}, upsert=True)
        assert len(list(self.items.find({"_id": 1}))) == 1

    def second(self):
        for key in range(2, 6):
            self.items.insert_one({"_id": key, "card": "secret"})
        assert self.items.delete_many({"_id": {"$gt": 1}}).deleted_count == 4
        note(insert=4, delete=1)


class Cassandra:
    """Prepared before anybody looks: its text cannot be known to whoever joins later."""

    def __init__(self, number):
        from cassandra.cluster import Cluster
        cluster = Cluster(["127.0.0.1"], port=PORT, protocol_version=int(sys.argv[4]), compression=False, connect_timeout=60,
                          schema_metadata_enabled=False, token_metadata_enabled=False)
        self.session = cluster.connect("load")
        self.session.default_timeout = 60
        self.number = number
        self.prepared = self.session.prepare("INSERT INTO orders (id, card) VALUES (?, ?)")

    def first(self):
        self.session.execute(self.prepared, (self.number, "secret"))
        assert self.session.execute(f"SELECT card FROM orders WHERE id = {self.number}").one().card == "secret"

    def second(self):
        for _ in range(5):
            self.session.execute(f"UPDATE orders SET card = 'secret' WHERE id = {self.number}")
        self.session.execute(f"DELETE FROM orders WHERE id = {self.number + 1000}")
        note(UPDATE=5, DELETE=1)


def work(connection, is_over, barrier):
    # Busy, but no more than a tracer on a busy machine can follow.
    while not is_over.wait(PAUSE_S):
        connection.first()
    for _ in range(AFTER):
        connection.first()
        time.sleep(PAUSE_S)
    barrier.wait()
    for _ in range(ROUNDS):
        connection.second()


def main():
    kinds = {"redis": Redis, "memcached": Memcached, "amqp": Amqp, "nats": Nats, "kafka": Kafka, "mongodb": Mongodb,
             "cassandra": Cassandra}
    connections = [kinds[PROTOCOL](number) for number in range(CONNECTIONS)]
    is_over, barrier = threading.Event(), threading.Barrier(CONNECTIONS)
    threads = [threading.Thread(target=work, args=(connection, is_over, barrier), daemon=True) for connection in connections]
    for connection in connections:
        connection.first()
    for thread in threads:
        thread.start()
    print("busy", flush=True)
    sys.stdin.readline()
    is_over.set()
    for thread in threads:
        thread.join()
    print(json.dumps(did), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
