#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real Redis: as many spans of each command as the server counted, from the server's side and the client's.

redis-benchmark with and without pipelining, python3-redis with transactions, subscriptions, errors and large values;
all of it by TLS, too.
"""
import collections
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import midway
import span_checks
import tap
import target_servers
import tls_target
from limpet_runner import Limpet

CLIENT = os.path.join(target_servers.SOURCES, "redis_client.py")
LOADS = [(clients, pipeline) for clients in (1, 50) for pipeline in (1, 16)]
TLS_LOADS = ((1, 1), (50, 16))  # of clients: the server gets all of them
REQUESTS = 320
TESTS = "ping,set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,spop,zadd"
OPTIONS = ("--undecided-bytes=1MiB", "--queue-size=100000")


class RedisServer(target_servers.Target):
    name = "redis-server"

    def __init__(self, has_tls=False):
        self.has_tls = has_tls
        super().__init__(families=("ipv4",))

    def prepare(self):
        self.program = shutil.which("redis-server")
        if not self.program or not shutil.which("redis-benchmark"):
            raise target_servers.Missing("redis-server or redis-benchmark is not installed")
        self.files = tls_target.make_certificate(self.folder.name) if self.has_tls else ()

    def command(self):
        ports = ["--port", str(self.address[1])]
        if self.has_tls:
            ports = ["--port", "0", "--tls-port", str(self.address[1]), "--tls-auth-clients", "no",
                     "--tls-cert-file", self.files[0], "--tls-key-file", self.files[1]]
        return [self.program, "--bind", "127.0.0.1", *ports, "--save", "", "--dir", self.folder.name, "--daemonize", "no"]

    def connect(self):
        connection = socket.create_connection(self.address, timeout=10)
        return ssl.create_default_context(cafile=self.files[0]).wrap_socket(connection, server_hostname="localhost") \
            if self.has_tls else connection

    def ask(self, *words):
        """One command by a connection of its own: the text of the bulk string it is answered with."""
        with self.connect() as connection:
            connection.sendall(f"*{len(words)}\r\n".encode() +
                               b"".join(f"${len(word)}\r\n{word}\r\n".encode() for word in words))
            with connection.makefile("rb") as answer:
                line = answer.readline()
                return answer.read(int(line[1:])).decode() if line.startswith(b"$") else line.decode()

    def calls(self):
        """By command, as the server counts: those it ran and those it refused."""
        calls, failed = collections.Counter(), collections.Counter()
        for line in self.ask("INFO", "commandstats").splitlines():
            if not line.startswith("cmdstat_"):
                continue
            name, values = line[len("cmdstat_"):].split(":")
            numbers = dict(value.split("=") for value in values.split(","))
            name = name.upper().replace("|", " ")
            calls[name] = int(numbers["calls"]) + int(numbers["rejected_calls"])
            failed[name] = int(numbers["failed_calls"]) + int(numbers["rejected_calls"])
        calls["INFO"] += 1  # this one
        return calls, +failed


def benchmark_command(target, clients, pipeline):
    return ["redis-benchmark", "-h", "127.0.0.1", "-p", str(target.address[1]), "-n", str(REQUESTS), "-c", str(clients),
            "-P", str(pipeline), "-t", TESTS, "-q", *(["--tls", "--cacert", target.files[0]] if target.has_tls else [])]


def program_command(target, protocol):
    return [target_servers.PYTHON, CLIENT, str(target.address[1]), protocol, *target.files[:1]]


def options(has_tls):
    return OPTIONS + tls_target.options(has_tls)


def run_program(command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60).stdout


def count_names(spans):
    return collections.Counter(span.name for span in spans)


def count_errors(spans):
    return collections.Counter(span.name for span in spans if span.status == 2)


def check_spans(spans, kind, has_tls=False):
    span_checks.check_unique_ids(spans)
    tls_target.check_versions(spans, "1.3" if has_tls else None)
    for span in spans:
        attributes = span.attributes
        assert span.kind == kind, f"{span.name} has kind {span.kind}"
        assert attributes["db.system.name"] == "redis"
        assert attributes["db.operation.name"] == span.name
        words = attributes["db.query.text"][len(span.name):].split()
        assert attributes["db.query.text"].startswith(span.name) and set(words) <= {"?", "..."}, attributes
        assert (span.status == 2) == ("error.type" in attributes), attributes
        assert attributes.get("error.type") == attributes.get("db.response.status_code")
        assert "secret" not in json.dumps(attributes), attributes
        assert attributes["server.port"] and attributes["server.address"] == "127.0.0.1"


def check_program_spans(spans):
    assert {span.attributes["db.namespace"] for span in spans if span.name in ("SELECT", "DBSIZE")} == {"3"}
    assert {span.attributes["error.type"] for span in spans if span.status == 2} == {"WRONGTYPE"}
    assert {span.attributes.get("db.operation.batch.size") for span in spans if span.name == "EXEC"} == {2}
    assert not [span for span in spans if span.name not in ("SELECT", "DBSIZE") and
                span.attributes.get("db.namespace") != "0"]


def texts(spans):
    return collections.Counter(span.attributes["db.query.text"] for span in spans)


def trace_server(has_tls=False):
    side = "server by TLS" if has_tls else "server"
    with RedisServer(has_tls) as target, Limpet.run(target.command(), *options(has_tls)) as limpet:
        limpet.start().wait_ready()
        target.wait_listening()
        for clients, pipeline in LOADS:
            run_program(benchmark_command(target, clients, pipeline))
        for protocol in ("", "2"):
            run_program(program_command(target, protocol))
        calls, failed = target.calls()
        limpet.stop()
        spans = limpet.spans()
        with tap.case(f"{side}: {sum(calls.values())} commands, as many spans of each as it counted"):
            tap.equal(count_names(spans), calls, "spans by command")
        with tap.case(f"{side}: errors as it counted"):
            tap.equal(count_errors(spans), failed, "errors by command")
        with tap.case(f"{side}: attributes"):
            check_spans(spans, span_checks.SERVER, has_tls)
        with tap.case(f"{side}: nothing lost"):
            limpet.check_clean()
    return texts(spans)


def trace_benchmark(clients, pipeline, has_tls=False):
    title = f"redis-benchmark -c {clients} -P {pipeline}{' --tls' if has_tls else ''}"
    with RedisServer(has_tls) as target:
        target.start()
        with Limpet.run(benchmark_command(target, clients, pipeline), *options(has_tls)) as limpet:
            limpet.start().wait()
            calls, _ = target.calls()
            calls["INFO"] -= 1
            with tap.case(f"{title}: as many spans as the server counted"):
                tap.equal(count_names(limpet.spans()), +calls, "spans by command")
                check_spans(limpet.spans(), span_checks.CLIENT, has_tls)
            with tap.case(f"{title}: nothing lost"):
                limpet.check_clean()
            return texts(limpet.spans())


def trace_program(has_tls=False):
    title = "python3-redis by TLS" if has_tls else "python3-redis"
    with RedisServer(has_tls) as target:
        target.start()
        with Limpet.run(program_command(target, ""), *options(has_tls)) as limpet:
            limpet.start().wait()
            spans = limpet.spans()
            said = json.loads(limpet.stdout.strip().splitlines()[-1])
            calls, _ = target.calls()
            calls["INFO"] -= 1
            with tap.case(f"{title}: as many spans as it asked and the server counted"):
                tap.equal(count_names(spans), collections.Counter(said["counts"]), "spans by command")
                tap.equal(count_names(spans), +calls, "spans by command")
                tap.equal(count_errors(spans), collections.Counter(said["errors"]), "errors by command")
            with tap.case(f"{title}: attributes, the database, transactions"):
                check_spans(spans, span_checks.CLIENT, has_tls)
                check_program_spans(spans)
            with tap.case(f"{title}: no longer than the client measured"):
                blocked = [span for span in spans if span.name == "BLPOP"]
                assert all(span.duration_ns >= 9_000_000 for span in blocked), "BLPOP waits 10 ms"
                singles = [span for span in spans if span.name in ("HSET", "HGETALL", "BLPOP", "EVAL", "MULTI", "EXEC")]
                assert sum(span.duration_ns for span in singles) <= said["seconds"] * 1e9
            with tap.case(f"{title}: nothing lost"):
                limpet.check_clean()
    return texts(spans)


def check_midway(span):
    assert span.name in ("SET", "GET", "LPUSH", "DBSIZE"), span.name
    wanted = "WRONGTYPE" if span.name == "LPUSH" else None
    # What is marked may lack its answer, but has no other's.
    is_known = "error.type" in span.attributes or "limpet.lossy" not in span.attributes
    assert not is_known or span.attributes.get("error.type") == wanted, f"{span.name}: {span.attributes}"
    assert "secret" not in json.dumps(span.attributes), span.attributes


def trace_midway():
    with RedisServer() as target:
        target.start()
        midway.trace("redis", target.pid, target.address[1], OPTIONS, lambda span: span.name, check_midway)


def main():
    try:
        trace_midway()
        plain = [trace_server(), *(trace_benchmark(*load) for load in LOADS), trace_program()]
        by_tls = [trace_server(True), *(trace_benchmark(*load, True) for load in TLS_LOADS), trace_program(True)]
        with tap.case("by TLS: the same texts, as often"):
            tap.equal(by_tls, [plain[0], *(plain[1 + LOADS.index(load)] for load in TLS_LOADS), plain[-1]],
                      "texts of the server, of each load and of the program")
    except target_servers.Missing as missing:
        tap.skip("redis", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
