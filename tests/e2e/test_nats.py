#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real nats-server and nats-py: as many spans as messages went in and out by the server's own count (/varz)."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import midway
import span_checks
import tap
import target_servers
import tls_target
from limpet_runner import Limpet

CLIENT = os.path.join(target_servers.SOURCES, "nats_client.py")
PACKAGE = "nats-py==2.9.0"
OPTIONS = ("--undecided-bytes=1MiB", "--queue-size=100000")
PRODUCER, CONSUMER = 4, 5
ROUNDS = 10
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


class NatsServer(target_servers.Target):
    name = "nats-server"

    def __init__(self, has_tls=False):
        self.has_tls = has_tls
        super().__init__(families=("ipv4",))

    def prepare(self):
        self.program = shutil.which("nats-server", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not self.program:
            raise target_servers.Missing("nats-server is not installed")
        self.monitor = target_servers.free_port()
        self.files = tls_target.make_certificate(self.folder.name) if self.has_tls else ()

    def command(self):
        return [self.program, "-a", "127.0.0.1", "-p", str(self.address[1]), "-m", str(self.monitor),
                "-l", os.path.join(self.folder.name, "log"),
                *(["--tls", f"--tlscert={self.files[0]}", f"--tlskey={self.files[1]}"] if self.has_tls else [])]

    def counts(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/varz", timeout=10) as answer:
            numbers = json.load(answer)
        return numbers["in_msgs"], numbers["out_msgs"]


def split(spans):
    spans = [span for span in spans if span.attributes.get("messaging.system") == "nats"]
    published = [span for span in spans if span.attributes["messaging.operation.name"] == "publish"]
    return published, [span for span in spans if span not in published]


def check_spans(spans, kinds):
    published, delivered = split(spans)
    span_checks.check_unique_ids(published + delivered)
    assert {span.kind for span in published} == {kinds[0]} and {span.kind for span in delivered} == {kinds[1]}
    for span in published + delivered:
        operation = span.attributes["messaging.operation.name"]
        destination = span.attributes.get("messaging.destination.name")
        assert span.name == (f"{operation} {destination}" if destination else operation), span.name
        assert bool(destination) != ("messaging.destination.temporary" in span.attributes), span.attributes
        assert "secret" not in json.dumps(span.attributes), span.attributes
    sizes = {span.attributes["messaging.message.body.size"] for span in published + delivered}
    assert sizes == {0, 6, 13, 3006}, sizes


def check_counts(spans, counts, connections):
    """That nobody answers is said by the server and is no message by its count."""
    published, delivered = split(spans)
    refused = [span for span in delivered if span.attributes.get("error.type") == "503"]
    tap.equal((len(published), len(delivered) - len(refused)), counts, "messages in and out")
    tap.equal(counts[0], 4 * ROUNDS * connections, "messages published")
    tap.equal(len(refused), ROUNDS * connections, "requests nobody answers")
    tap.equal([span for span in published + delivered if span.status == 2], refused, "errors")


def client_command(target, folder, connections):
    return [target_servers.PYTHON, CLIENT, folder, str(target.address[1]), str(connections), *target.files[:1]]


def options(has_tls):
    return OPTIONS + tls_target.options(has_tls)


def check_tls(spans, has_tls):
    tls_target.check_versions([span for span in spans if span.attributes.get("messaging.system") == "nats"], "1.3" if has_tls else None)


def trace_server(folder, connections, has_tls):
    title = f"server{' by TLS' if has_tls else ''}, {connections} connections"
    with NatsServer(has_tls) as target, Limpet.run(target.command(), *options(has_tls)) as limpet:
        limpet.start().wait_ready()
        target.wait_listening()
        subprocess.run(client_command(target, folder, connections), check=True, timeout=60)
        counts = target.counts()
        limpet.stop()
        with tap.case(f"{title}: as many spans as messages it counts"):
            check_counts(limpet.spans(), counts, connections)
            check_spans(limpet.spans(), (span_checks.SERVER, span_checks.CLIENT))
            check_tls(limpet.spans(), has_tls)
        with tap.case(f"{title}: nothing lost"):
            limpet.check_clean(1)  # the server's own way of ending by SIGTERM


def trace_client(folder, connections, has_tls):
    title = f"client{' by TLS' if has_tls else ''}, {connections} connections"
    with NatsServer(has_tls) as target:
        target.start()
        with Limpet.run(client_command(target, folder, connections), *options(has_tls)) as limpet:
            limpet.start().wait()
            spans = limpet.spans()
            with tap.case(f"{title}: as many spans as messages the server counts"):
                check_counts(spans, target.counts(), connections)
                check_spans(spans, (PRODUCER, CONSUMER))
                check_tls(spans, has_tls)
            with tap.case(f"{title}: a message's trace goes on in its consumer"):
                joined = [span for span in split(spans)[1] if span.trace_id == TRACE_ID]
                tap.equal(len(joined), ROUNDS // 2 * connections, "consumers in the trace of the headers")
            with tap.case(f"{title}: nothing lost"):
                limpet.check_clean()


def name_midway(span):
    destination = span.attributes.get("messaging.destination.name", "")
    operation = "publish" if span.attributes["messaging.operation.name"] == "publish" else "deliver"
    return operation if destination.endswith(".later") else "first"


def check_midway(span):
    operation, destination = span.attributes["messaging.operation.name"], span.attributes["messaging.destination.name"]
    assert span.name == f"{operation} {destination}" and destination[-6:] == ".first" and span.status != 2, span.attributes
    tap.equal(span.attributes["messaging.message.body.size"], 6, "size")


def trace_midway(folder):
    with NatsServer() as target:
        target.start()
        midway.trace("nats", target.pid, target.address[1], OPTIONS, name_midway, check_midway, folder)


def main():
    try:
        with tempfile.TemporaryDirectory(prefix="limpet-nats-") as folder:
            target_servers.install_module(PACKAGE, folder)
            trace_midway(folder)
            for connections in (1, 50):
                for has_tls in (False, True):
                    trace_server(folder, connections, has_tls)
                    trace_client(folder, connections, has_tls)
    except target_servers.Missing as missing:
        tap.skip("nats", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
