#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""amqp_client.py PORT THREADS MESSAGES CONFIRMS(0|1) MAX_BODY PREFETCH [CERTIFICATE]: a producer and a consumer per thread, each with its own connections.

Prints one JSON object: per message the trace it was sent in and how long the publish took, and what else was done.
"""
import json
import ssl
import sys
import threading
import time

import pika

PORT, THREADS, MESSAGES, HAS_CONFIRMS, MAX_BODY, PREFETCH = (int(word) for word in sys.argv[1:7])
SIZES = (0, 1, 100, 3000, 40000)
done, failed = [], []


def connect():
    tls = {"ssl_options": pika.SSLOptions(ssl.create_default_context(cafile=sys.argv[7]), "localhost")} if len(sys.argv) > 7 else {}
    return pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", PORT, heartbeat=0, **tls))


def trace_ids(thread, index):
    return f"{0xabc0000 + THREADS:016x}{HAS_CONFIRMS:04x}{thread:04x}{index + 1:08x}", f"{thread + 1:08x}{index + 1:08x}"


def publish(channel, thread, index):
    trace_id, span_id = trace_ids(thread, index)
    properties = pika.BasicProperties(headers={"x-try": 1, "traceparent": f"00-{trace_id}-{span_id}-01"},
                                      message_id=f"m-{thread}-{index}", content_type="text/plain")
    body = b"secret" + b"b" * min(MAX_BODY, SIZES[index % len(SIZES)])
    begin = time.monotonic_ns()
    channel.basic_publish("shop", f"orders.{thread}", body, properties)
    done.append({"trace": trace_id, "parent": span_id, "size": len(body), "ns": time.monotonic_ns() - begin,
                 "thread": thread})


def produce(thread, ready):
    connection = connect()
    channel = connection.channel()
    if HAS_CONFIRMS:
        channel.confirm_delivery()
    ready.wait()
    for index in range(MESSAGES):
        publish(channel, thread, index)
    if HAS_CONFIRMS:
        try:
            channel.basic_publish("shop", "nobody.wants.it", b"secret", mandatory=True)
        except pika.exceptions.UnroutableError:
            failed.append("NO_ROUTE")
    connection.close()


def consume(thread, ready):
    connection = connect()
    channel = connection.channel()
    channel.exchange_declare("shop", "topic", durable=True)
    queue = f"orders-{thread}"
    channel.queue_declare(queue)
    channel.queue_bind(queue, "shop", f"orders.{thread}")
    channel.basic_qos(prefetch_count=PREFETCH)
    ready.set()
    for method, _, _ in channel.consume(queue):
        if method.delivery_tag % PREFETCH == 0 or method.delivery_tag == MESSAGES:
            channel.basic_ack(method.delivery_tag, multiple=True)
        if method.delivery_tag == MESSAGES:
            break
    channel.cancel()
    channel.basic_get(queue)
    channel.basic_publish("", queue, b"to be got")
    while channel.basic_get(queue, auto_ack=True)[0] is None:
        time.sleep(0.01)
    channel.queue_delete(queue)
    try:
        channel.queue_declare(queue, passive=True)
    except pika.exceptions.ChannelClosedByBroker as error:
        assert error.reply_code == 404
        failed.append("NOT_FOUND")
    connection.close()


def main():
    threads = []
    for thread in range(THREADS):
        ready = threading.Event()
        threads += [threading.Thread(target=work, args=(thread, ready)) for work in (consume, produce)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"messages": done, "failed": failed}))


main()
