#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""sessions.py NAME PORT [ARGUMENT…]: a small session of a real client library, recorded by record.py.

Few exchanges of many kinds: plain, pipelined, prepared, streamed, failed. Values say "secret": no golden may.
"""
import asyncio
import socket
import sys


def fails(call, *arguments):
    """An error is an answer too."""
    try:
        call(*arguments)
    except Exception:  # pylint: disable=broad-except
        return
    raise AssertionError(f"{arguments} did not fail")


def postgresql(port):
    import psycopg
    import psycopg2
    with psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres") as simple:
        cursor = simple.cursor()
        cursor.execute("CREATE TABLE orders (id int PRIMARY KEY, name text)")
        cursor.execute("INSERT INTO orders VALUES (%s, %s), (%s, %s)", (1, "secret", 2, "it's a secret"))
        simple.commit()
        cursor.execute("SELECT 1; SELECT id FROM orders WHERE name LIKE '%%secret%%'")
    simple.close()
    with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres", autocommit=True) as extended:
        for number in (1, 2):
            assert extended.execute("SELECT name FROM orders WHERE id = %s", (number,), prepare=True).fetchone()
        assert len(extended.execute("SELECT * FROM orders -- secret").fetchall()) == 2
        fails(extended.execute, "INSERT INTO orders VALUES (1, 'secret')")
        fails(extended.execute, "SELECT secret FROM orders WHERE 'secret' = %s", ("secret",))
        with extended.pipeline():
            for number in (3, 4, 5):
                extended.execute("INSERT INTO orders VALUES (%s, %s)", (number, "secret"))
        with extended.cursor() as cursor, cursor.copy("COPY orders FROM STDIN") as copy:
            for number in (6, 7):
                copy.write_row((number, "secret"))
        with extended.cursor() as cursor, cursor.copy("COPY orders TO STDOUT") as copy:
            assert len(list(copy.rows())) == 7
        with extended.transaction():
            extended.execute("UPDATE orders SET name = %s WHERE id > %s", ("secret", 3))


def mysql(port):
    import pymysql
    connection = pymysql.connect(host="127.0.0.1", port=port, user="app", password="hidden", database="shop", autocommit=True,
                                 client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS)
    cursor = connection.cursor()
    cursor.execute("SELECT a FROM r3 WHERE a < %s AND 'secret' = %s", (1000, "secret"))
    cursor.execute("INSERT INTO orders (id, name) VALUES (%s, %s)", (1, "it's a secret"))
    fails(cursor.execute, "INSERT INTO orders (id, name) VALUES (%s, %s)", (1, "secret"))
    fails(cursor.execute, "SELECT * FROM missing WHERE name = 'secret'")
    cursor.execute("SELECT a FROM r2; SELECT a FROM r3; DO 1")
    while cursor.nextset():
        pass
    connection.ping()
    connection.select_db("other")
    cursor.execute("SELECT a FROM r1")
    connection.close()


def redis(port):
    from redis import Redis
    client = Redis(port=port)
    client.set("secret-key", "secret")
    assert client.get("secret-key") == b"secret" and client.get("secret-none") is None
    client.hset("secret-hash", mapping={"secret-field": "secret"})
    client.lpush("secret-list", *range(5))
    fails(client.get, "secret-list")
    with client.pipeline(transaction=False) as pipe:
        for number in range(3):
            pipe.set(f"secret-{number}", number).get(f"secret-{number}")
        pipe.execute()
    with client.pipeline(transaction=True) as pipe:
        pipe.incr("secret-count").incr("secret-count").execute()
    subscriber = client.pubsub()
    subscriber.subscribe("secret-channel")
    assert subscriber.get_message(timeout=5)["type"] == "subscribe"
    client.publish("secret-channel", "secret")
    assert subscriber.get_message(timeout=5)["type"] == "message"
    subscriber.close()
    client.close()
    exchange(port, b"".join(redis_command(*words.split()) for words in (
        "HELLO 3", "SELECT 2", "HSET secret-hash secret-field secret", "HGETALL secret-hash", "EVAL return{1,{2,'secret'}} 0",
        "NOSUCH secret", "PING last")), b"last\r\n")


def redis_command(*words):
    return f"*{len(words)}\r\n".encode() + b"".join(f"${len(word)}\r\n{word}\r\n".encode() for word in words)


def exchange(port, request, end):
    """What the libraries do not speak: all of it at once."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while not answer.endswith(end):
            answer += connection.recv(65536)


def memcached(port):
    from pymemcache.client.base import Client
    client = Client(("127.0.0.1", port), timeout=20)
    assert client.set("secret-key", "secret", noreply=False)
    assert client.get("secret-key") == b"secret" and client.get("secret-none") is None
    assert len(client.get_many(["secret-key", "secret-none"])) == 1
    value, token = client.gets("secret-key")
    assert client.cas("secret-key", value, token, noreply=False)
    client.set("secret-count", "5", noreply=True)
    assert client.incr("secret-count", 2) == 7
    fails(client.incr, "secret-key", 1)
    assert client.touch("secret-key", 100, noreply=False) and client.delete("secret-key", noreply=False)
    client.quit()
    exchange(port, b"ms secret 2 T0\r\nhi\r\nmg secret v\r\nmg none v q Oa\r\nmg secret v q Ob\r\nmd secret q\r\nmn\r\n", b"MN\r\n")


def nats(port, folder):
    sys.path.insert(0, folder)
    import nats as library

    async def talk():
        client = await library.connect(f"nats://127.0.0.1:{port}", allow_reconnect=False)

        async def answer(message):
            await message.respond(b"secret answer")

        subscription = await client.subscribe("orders.new", queue="workers")
        await client.subscribe("service.price", cb=answer)
        for headers in (None, {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}):
            await client.publish("orders.new", b"secret", headers=headers)
            await subscription.next_msg(timeout=10)
        assert (await client.request("service.price", b"secret", timeout=10)).data == b"secret answer"
        try:
            await client.request("service.nobody", b"secret", timeout=10)
            raise AssertionError("somebody answered")
        except library.errors.NoRespondersError:
            pass
        await client.close()
    asyncio.run(talk())


def dns(port):
    import dns.message
    import dns.query
    for name, kind, way in (("one.a.test", "A", "udp"), ("two.six.test", "AAAA", "udp"), ("none.test", "A", "udp"),
                            ("big.test", "TXT", "udp"), ("big.test", "TXT", "tcp"), ("three.a.test", "A", "tcp")):
        getattr(dns.query, way)(dns.message.make_query(name, kind), "127.0.0.1", port=port, timeout=20)


if __name__ == "__main__":
    globals()[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])
