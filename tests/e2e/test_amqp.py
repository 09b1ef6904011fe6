#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real RabbitMQ and python3-pika: as many spans as the broker counted messages, on both sides, joined by headers.

One broker; programs with and without publisher confirms, one thread and fifty, each with a producer and a consumer.
"""
import collections
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import midway
import span_checks
import tap
import target_servers
import tls_target
from limpet_runner import Limpet
from rabbitmq_target import RabbitServer

CLIENT = os.path.join(target_servers.SOURCES, "amqp_client.py")
LOADS = [(threads, has_confirms) for threads in (1, 50) for has_confirms in (0, 1)]
MESSAGES = {1: 35, 50: 6}
# Of the broker: the largest body and how many it may send ahead. It writes 16 pieces at once; all of a call can be seen.
BROKER_LOADS = {1: (150, 20), 50: (1000, 5)}
OPTIONS = ("--undecided-bytes=1MiB", "--queue-size=100000")
PRODUCER, CONSUMER = 4, 5


def names(spans):
    """By kind and operation: span names without what differs between threads."""
    return collections.Counter((span.kind, span.attributes["messaging.operation.name"]) for span in spans)


def expected_names(threads, messages, has_confirms):
    """What one run of the program does, seen from its side; polls of an empty queue are not fixed."""
    wanted = {(PRODUCER, "publish"): threads * (messages + 1 + has_confirms), (CONSUMER, "process"): threads * messages}
    calls = ("exchange.declare", "queue.declare", "queue.bind", "basic.qos", "basic.consume", "basic.cancel", "queue.delete",
             "queue.declare")
    for call in calls + (("confirm.select",) if has_confirms else ()):
        wanted[3, call] = wanted.get((3, call), 0) + threads
    return wanted


def check_attributes(spans):
    span_checks.check_unique_ids(spans)
    for span in spans:
        attributes = span.attributes
        assert attributes["messaging.system"] == "rabbitmq" and attributes["server.address"] == "127.0.0.1"
        assert attributes["network.protocol.name"] == "amqp", attributes
        assert (span.status == 2) == ("error.type" in attributes), attributes
        assert "secret" not in json.dumps(attributes), attributes
        assert span.name.split()[0] == attributes["messaging.operation.name"]
        if "messaging.destination.name" in attributes:
            assert span.name.split()[1] == attributes["messaging.destination.name"]


def check_messages(spans, said, has_confirms):
    """Every message: one publish and one process span in the trace its headers named."""
    by_trace = collections.defaultdict(list)
    for span in spans:
        by_trace[span.trace_id].append(span)
    for message in said["messages"]:
        found = {span.kind: span for span in by_trace[message["trace"]]}
        thread = message["thread"]
        assert sorted(span.kind for span in by_trace[message["trace"]]) == [PRODUCER, CONSUMER], by_trace[message["trace"]]
        tap.equal(found[PRODUCER].name, f"publish shop:orders.{thread}", "name")
        tap.equal(found[CONSUMER].name, f"process shop:orders.{thread}:orders-{thread}", "name")
        for span in found.values():
            tap.equal(span.parent_id, message["parent"], "parent")
            tap.equal(span.attributes["messaging.message.body.size"], message["size"], "size")
            assert span.attributes["messaging.message.id"].startswith(f"m-{thread}-")
        duration = found[PRODUCER].duration_ns
        assert duration <= message["ns"], f"{duration} ns, the client waited {message['ns']} ns"
        assert found[CONSUMER].end_ns >= found[CONSUMER].start_ns >= found[PRODUCER].start_ns
        if has_confirms:
            assert duration > 0, "confirmed in no time"


def client_command(target, threads, has_confirms, max_body, prefetch, has_tls=False):
    port, files = (target.tls_port, target.files[:1]) if has_tls else (target.address[1], ())
    return [target_servers.PYTHON, CLIENT, *map(str, (port, threads, MESSAGES[threads], has_confirms, max_body, prefetch)), *files]


def trace_client(target, threads, has_confirms, has_tls=False):
    title = f"client{' by TLS' if has_tls else ''}, {threads} threads, {'with' if has_confirms else 'without'} confirms"
    with Limpet.run(client_command(target, threads, has_confirms, 40000, 5, has_tls), *OPTIONS, *tls_target.options(has_tls)) as limpet:
        limpet.start().wait()
        said = json.loads(limpet.stdout.strip().splitlines()[-1])
        spans = limpet.spans()
        found = names(spans)
        with tap.case(f"{title}: as many spans of each kind as calls and messages"):
            gets = found.pop((3, "get"), 0)
            tap.equal(dict(found), expected_names(threads, MESSAGES[threads], has_confirms), "spans")
            tls_target.check_versions(spans, "1.3" if has_tls else None)
            assert gets >= 2 * threads
        with tap.case(f"{title}: producer and consumer in one trace"):
            check_messages(spans, said, has_confirms)
        with tap.case(f"{title}: errors and attributes"):
            check_attributes(spans)
            errors = collections.Counter(span.attributes["error.type"] for span in spans if span.status == 2)
            tap.equal(errors, collections.Counter(said["failed"]), "errors")
        with tap.case(f"{title}: nothing lost"):
            limpet.check_clean()


def check_broker(spans, counters):
    found = names(spans)
    gets = found[span_checks.SERVER, "get"]
    delivered = counters["messages_delivered_total"] + counters["messages_get_empty_total"] - gets
    with tap.case(f"broker: {counters['messages_received_total']} messages received, {delivered} delivered, as many spans"):
        tap.equal(found[span_checks.SERVER, "publish"], counters["messages_received_total"], "publishes")
        tap.equal(found[3, "deliver"], delivered, "deliveries")
        tap.equal(delivered, counters["messages_acknowledged_total"], "acknowledged")
    with tap.case("broker: errors and attributes"):
        check_attributes(spans)
        errors = collections.Counter(span.attributes["error.type"] for span in spans if span.status == 2)
        tap.equal(errors, collections.Counter({"NO_ROUTE": counters["messages_unroutable_returned_total"],
                                               "NOT_FOUND": sum(threads for threads, _ in LOADS)}), "errors")


def trace_broker(target):
    with Limpet.attach(target.pid, "--capture-bytes=16KiB", *OPTIONS) as limpet:
        limpet.start().wait_ready()
        for threads, has_confirms in LOADS:
            subprocess.run(client_command(target, threads, has_confirms, *BROKER_LOADS[threads]), stdout=subprocess.DEVNULL, check=True)
        counters = target.counters()
        limpet.stop()
        check_broker(limpet.spans(), counters)
        with tap.case("broker: nothing lost"):
            limpet.check_clean()


def name_midway(span):
    operation = "publish" if span.attributes["messaging.operation.name"] == "publish" else "deliver"
    return operation if "messaging.message.id" in span.attributes else "first"


def check_midway(span):
    assert span.attributes["messaging.operation.name"] in ("publish", "deliver", "process") and span.status != 2, span.attributes
    assert span.attributes.get("messaging.message.body.size") in (None, 120), span.attributes
    assert "busy" in span.attributes["messaging.destination.name"], span.attributes


def main():
    if subprocess.run([target_servers.PYTHON, "-c", "import pika"], stderr=subprocess.DEVNULL, check=False).returncode:
        tap.skip("RabbitMQ", "python3-pika is not installed")
        tap.finish()
    try:
        with RabbitServer() as target:
            target.start()
            trace_broker(target)  # first: it counts from its start
            midway.trace("amqp", target.pid, target.address[1], OPTIONS, name_midway, check_midway)
            for load in LOADS:
                trace_client(target, *load)
            for threads in (1, 50):
                trace_client(target, threads, 1, True)
    except target_servers.Missing as missing:
        tap.skip("RabbitMQ", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
