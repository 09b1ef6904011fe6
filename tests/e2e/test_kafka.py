#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real Kafka broker (KRaft, one node), kcat and Kafka's own clients: the records that spans count are those that were sent and read.

Producers one after the other and fifty at a time, a reader that ends at the end of the topic, a group, Java's producer and consumers
(classic, of the new protocol, of a share group), which ask for a topic's id on one connection and use it on others, and a client
of our own that is refused everything; the same seen by the broker.
"""
import collections
import json
import os
import shlex
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import midway
import span_checks
import tap
import target_servers
import tls_target
from kafka_target import KafkaServer, java_command
from limpet_runner import Limpet

PRODUCER = 4
RECORDS = 40
TOPIC, JAVA_TOPIC, GROUP = "orders", "returns", "readers"
NOT_YET = ("COORDINATOR_NOT_AVAILABLE", "COORDINATOR_LOAD_IN_PROGRESS")
ROUNDS = 5
CLIENT = "kafka-python==2.2.15"
OPTIONS = ("--undecided-bytes=1MiB", "--queue-size=100000", "--capture-bytes=16KiB")


PRODUCERS = os.path.join(target_servers.SOURCES, "kafka_producers.py")


def kcat(target, *words, has_tls=False):
    tls = ["-X", "security.protocol=ssl", "-X", f"ssl.ca.location={target.files[0]}"] if has_tls else []
    port = target.tls_port if has_tls else target.address[1]
    return ["kcat", "-b", f"127.0.0.1:{port}", "-X", "broker.address.family=v4", *tls, *words]


def produce_script(target, producers):
    """Each sends every line as a batch of its own, and waits for all acknowledgements."""
    command = " ".join(kcat(target, "-P", "-t", TOPIC, "-p", "0", "-X", "linger.ms=0", "-X", "client.id=shop"))
    one = f"seq -f 'secret-%g' {RECORDS // 2} | {command}"
    return ["sh", "-c", " & ".join([one] * producers) + " & wait"]


def consume_script(target, count, has_tls):
    return kcat(target, "-C", "-t", TOPIC, "-o", "beginning", "-e", "-q", "-c", str(count), "-X", "client.id=reader", has_tls=has_tls)


def options(has_tls):
    return OPTIONS + tls_target.options(has_tls)


def create_topic(target):
    """The first record makes it."""
    subprocess.run(kcat(target, "-P", "-t", TOPIC), input=b"secret", check=True, timeout=60)
    return 1


def records(spans, name):
    return sum(span.attributes.get("messaging.batch.message_count", 0) for span in spans if span.name == name)


def check_attributes(spans, kinds):
    span_checks.check_unique_ids(spans)
    for span in spans:
        attributes = span.attributes
        assert span.kind in kinds, f"{span.name} has kind {span.kind}"
        assert attributes["messaging.system"] == "kafka" and attributes["server.address"] == "127.0.0.1"
        assert span.name.split()[0] == attributes["messaging.operation.name"]
        assert (span.status == 2) == ("error.type" in attributes), attributes
        assert "secret" not in json.dumps(attributes), attributes
        if attributes["messaging.operation.name"] == "send":
            assert span.name in (f"send {TOPIC}", f"send {JAVA_TOPIC}") and attributes["messaging.destination.partition.id"] == "0", attributes
            assert attributes["messaging.client.id"] == "shop"


def produce_command(target, producers, folder):
    """By TLS in one process: one that has just been started is not seen from its first byte on."""
    return [target_servers.PYTHON, PRODUCERS, folder, str(target.tls_port), target.files[0], TOPIC, str(producers), str(RECORDS // 2)]


def trace_clients(target, producers, folder=None):
    sent, has_tls = producers * (RECORDS // 2), folder is not None
    title = f"{producers} producers{' by TLS' if has_tls else ''}"
    command = produce_command(target, producers, folder) if has_tls else produce_script(target, producers)
    with Limpet.run(command, *options(has_tls)) as limpet:
        limpet.start().wait()
        spans = limpet.spans()
        with tap.case(f"{title}: {sent} records in send spans"):
            assert not has_tls or int(limpet.stdout) == sent, f"acknowledged: {limpet.stdout}: {limpet.stderr[-500:]}"
            tls_target.check_versions(spans, "1.3" if has_tls else None)
            tap.equal(records(spans, f"send {TOPIC}"), sent, "records")
            names = collections.Counter(span.name for span in spans)
            assert names["ApiVersions"] >= producers and names["Metadata"] >= producers, names
            check_attributes(spans, (3, PRODUCER))
        with tap.case(f"{title}: nothing lost"):
            limpet.check_clean()
    return sent


def trace_reader(target, sent, has_tls=False):
    title = f"reader{' by TLS' if has_tls else ''}"
    with Limpet.run(consume_script(target, sent, has_tls), *options(has_tls)) as limpet:
        limpet.start().wait()
        read = len(limpet.stdout.splitlines())
        spans = limpet.spans()
        polls = [span for span in spans if span.attributes["messaging.operation.name"] == "poll"]
        with tap.case(f"{title}: {sent} records, poll spans of the topic"):
            tls_target.check_versions(spans, "1.3" if has_tls else None)
            tap.equal(read, sent, "records read")
            assert {span.name for span in polls} == {f"poll {TOPIC}"}, {span.name for span in polls}
            assert {span.attributes.get("messaging.client.id") for span in polls} == {"reader"}
            check_attributes(spans, (3,))
        with tap.case(f"{title}: nothing lost"):
            limpet.check_clean()


def trace_group(target, sent):
    """What members of a group say to their coordinator: names a broker that is traced, too, must tell as often."""
    command = kcat(target, "-G", GROUP, "-e", "-q", "-c", str(sent), "-X", "auto.offset.reset=earliest", "-X", "client.id=member", TOPIC)
    with Limpet.run(command, *OPTIONS) as limpet:
        limpet.start().wait()
        spans = limpet.spans()
        names = of_group(spans)
        with tap.case(f"group: {sent} records read, what its member said to the coordinator"):
            tap.equal(len(limpet.stdout.splitlines()), sent, "records read")
            assert names["JoinGroup"] in (1, 2) and names["SyncGroup"] == 1 and names["LeaveGroup"] == 1, names
            check_attributes(spans, (3,))
            tap.equal(errors_of(spans), collections.Counter(), "errors")
        with tap.case("group: nothing lost"):
            limpet.check_clean()
    return names


def java_tool(target, tool, *words):
    return java_command(f"org.apache.kafka.tools.{tool}", "--bootstrap-server", f"127.0.0.1:{target.address[1]}", "--topic", JAVA_TOPIC, *words)


def trace_java_producer(target, sent):
    command = " ".join(shlex.quote(word) for word in java_tool(target, "ConsoleProducer", "--sync", "--command-property", "client.id=shop"))
    with Limpet.run(["sh", "-c", f"seq -f 'secret-%g' {sent} | {command}"], *OPTIONS) as limpet:
        limpet.start().wait()
        spans = limpet.spans()
        with tap.case(f"Java's producer: {sent} records in send spans of the topic, which goes by its id"):
            tap.equal(records(spans, f"send {JAVA_TOPIC}"), sent, "records")
            check_attributes(spans, (3, PRODUCER))
        with tap.case("Java's producer: nothing lost"):
            limpet.check_clean()
    return sent


def trace_java_consumer(target, protocol, count):
    command = java_tool(target, "consumer.ConsoleConsumer", "--from-beginning", "--max-messages", str(count), "--group", f"java-{protocol}",
                        "--command-property", f"group.protocol={protocol}", "--command-property", "client.id=reader")
    with Limpet.run(command, *OPTIONS) as limpet:
        limpet.start().wait()
        spans = limpet.spans()
        names = collections.Counter(span.attributes["messaging.operation.name"] for span in spans
                                    if span.attributes.get("messaging.consumer.group.name") == f"java-{protocol}")
        with tap.case(f"Java's consumer, group.protocol={protocol}: {count} records in poll spans of the topic"):
            tap.equal(len(limpet.stdout.splitlines()), count, "records read")
            tap.equal(records(spans, f"poll {JAVA_TOPIC}"), count, "records")
            check_attributes(spans, (3,))
            assert names["ConsumerGroupHeartbeat" if protocol == "consumer" else "JoinGroup"] >= 1, names
        with tap.case(f"Java's consumer, group.protocol={protocol}: nothing lost"):
            limpet.check_clean()


def trace_java_share_consumer(target):
    """Of a share group, which begins at the topic's end: nothing comes."""
    with Limpet.run(java_tool(target, "consumer.ConsoleShareConsumer", "--group", "sharers", "--timeout-ms", "10000"), *OPTIONS) as limpet:
        limpet.start().wait()
        spans = limpet.spans()
        with tap.case("Java's share consumer: poll spans of the topic and its group"):
            polls = [span for span in spans if span.attributes["messaging.operation.name"] == "poll"]
            assert polls and {span.name for span in polls} == {f"poll {JAVA_TOPIC}"}, {span.name for span in polls}
            assert {span.attributes["messaging.consumer.group.name"] for span in polls} == {"sharers"}
            assert any(span.name == "ShareGroupHeartbeat" for span in spans), collections.Counter(span.name for span in spans)
            check_attributes(spans, (3,))
        with tap.case("Java's share consumer: nothing lost"):
            limpet.check_clean()


def trace_java_creation(target):
    """Twice: the second one is refused."""
    wanted = collections.Counter()
    for title in ("a topic is created", "it exists: the error of its creation"):
        with Limpet.run(java_tool(target, "TopicCommand", "--create"), *OPTIONS) as limpet:
            limpet.start().wait()
            spans = limpet.spans()
            with tap.case(f"Java's tool: {title}"):
                tap.equal([span.name for span in spans].count("CreateTopics"), 1, "requests")
                tap.equal(errors_of(spans), wanted, "errors")
        wanted["CreateTopics", "TOPIC_ALREADY_EXISTS"] += 1


def of_group(spans):
    return collections.Counter(span.attributes["messaging.operation.name"] for span in spans
                               if span.attributes.get("messaging.consumer.group.name") == GROUP)


def text(word):
    return struct.pack(">h", len(word)) + word.encode()


def refused_requests():
    """(key, version, body, name, error) of requests that a broker refuses."""
    partition = struct.pack(">i", 1) + text("missing") + struct.pack(">ii", 1, 0)
    return [(12, 0, text("nobody") + struct.pack(">i", 1) + text("stranger"), "Heartbeat", "UNKNOWN_MEMBER_ID"),
            (2, 1, struct.pack(">i", -1) + partition + struct.pack(">q", -1), "ListOffsets", "UNKNOWN_TOPIC_OR_PARTITION"),
            (8, 2, text("nobody") + struct.pack(">i", 7) + text("stranger") + struct.pack(">q", -1) + struct.pack(">i", 1) +
             text(TOPIC) + struct.pack(">iiq", 1, 0, 3) + text(""), "OffsetCommit", "ILLEGAL_GENERATION"),
            (13, 0, text("nobody") + text("stranger"), "LeaveGroup", "UNKNOWN_MEMBER_ID")]


def ask_what_is_refused(target):
    """By requests written here; how often each error came."""
    with socket.create_connection(target.address, timeout=30) as connection, connection.makefile("rb") as answers:
        for number in range(ROUNDS):
            for key, version, body, _, _ in refused_requests():
                request = struct.pack(">hhi", key, version, number) + text("stranger") + body
                connection.sendall(struct.pack(">i", len(request)) + request)
                answers.read(struct.unpack(">i", answers.read(4))[0])
    wanted = collections.Counter()
    for *_, name, error in refused_requests():
        wanted[name, error] += ROUNDS
    return wanted


def errors_of(spans):
    """A reader that has enough leaves without the answer to its last poll; a broker makes a coordinator when it is asked."""
    return collections.Counter((span.attributes["messaging.operation.name"], span.attributes["error.type"]) for span in spans
                               if span.status == 2 and span.attributes["error.type"] not in ("connection_closed", *NOT_YET))


def name_midway(span):
    return "send" if span.name.startswith("send ") and span.name.endswith(".later") else "first"


def check_midway(span):
    attributes = span.attributes
    assert attributes["messaging.system"] == "kafka" and span.status != 2, f"{span.name}: {attributes}"
    operation, topic = attributes["messaging.operation.name"], attributes.get("messaging.destination.name", "")
    if operation in ("send", "poll"):
        client = "shop" if operation == "send" else "reader"
        assert span.name == f"{operation} {topic}" and topic[-6:] in (".first", ".later"), attributes
        assert attributes["messaging.client.id"] == client, attributes
    if operation == "send":
        tap.equal(attributes["messaging.batch.message_count"], 1, "records of a batch")


def trace_python(target, first, sent):
    """By TLS, and joined midway: with kafka-python, which Debian does not have."""
    with tempfile.TemporaryDirectory(prefix="limpet-kafka-") as folder:
        try:
            target_servers.install_module(CLIENT, folder)
        except target_servers.Missing as missing:
            tap.skip("Kafka by TLS and joined midway", str(missing))
            return
        sent += sum(trace_clients(target, producers, folder) for producers in (1, 50))
        trace_reader(target, first + sent, True)
        midway.trace("kafka", target.pid, target.address[1], OPTIONS, name_midway, check_midway, folder)


def main():
    if not shutil.which("kcat"):
        tap.skip("Kafka", "kcat is not installed")
        tap.finish()
    try:
        with KafkaServer() as target:
            target.start()
            first = create_topic(target)
            with Limpet.attach(target.pid, *OPTIONS) as broker:
                broker.start().wait_ready()
                sent = sum(trace_clients(target, producers) for producers in (1, 50))
                trace_reader(target, first + sent)
                group = trace_group(target, first + sent)
                trace_java_creation(target)
                by_java = trace_java_producer(target, RECORDS // 2)
                trace_java_consumer(target, "classic", by_java)
                trace_java_consumer(target, "consumer", by_java)
                trace_java_share_consumer(target)
                refused = ask_what_is_refused(target)
                refused["CreateTopics", "TOPIC_ALREADY_EXISTS"] += 1
                time.sleep(0.5)  # the last answers of the broker
                broker.stop()
                spans = [span for span in broker.spans() if span.attributes.get("messaging.system") == "kafka"]
                with tap.case(f"broker: {sent} records in send spans"):
                    served = [span for span in spans if span.kind == span_checks.SERVER]
                    tap.equal([records(served, f"send {topic}") for topic in (TOPIC, JAVA_TOPIC)], [sent, by_java], "records")
                with tap.case(f"broker: {sum(group.values())} requests of the group, as its member told"):
                    tap.equal(of_group(spans), group, "requests by name")
                with tap.case(f"broker: {sum(refused.values())} refused requests, each with its error"):
                    tap.equal(errors_of(spans), refused, "errors")
                with tap.case("broker: nothing lost"):
                    broker.check_clean()
            trace_python(target, first, sent)
    except target_servers.Missing as missing:
        tap.skip("Kafka", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
