#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real memcached and pymemcache: as many spans as commands, hits as the server's `stats` count them.

The server traced, then the client, with one connection and with fifty.
"""
import collections
import json
import os
import shutil
import socket
import ssl
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import midway
import span_checks
import tap
import target_servers
import tls_target
from limpet_runner import Limpet
from test_redis import count_names, run_program

CLIENT = os.path.join(target_servers.SOURCES, "memcached_client.py")
OPTIONS = ("--undecided-bytes=1MiB", "--queue-size=100000")
# A server sends a value and the END behind it in pieces: of a call with more, the kernel shows the last piece only.
LARGEST_OF_SERVER, LARGEST_OF_CLIENT = 3000, 100000
META = b"ms k 2 T0\r\nhi\r\nmg k v\r\nmg none v q Oa\r\nmg k v q Ob\r\nmd k q\r\nmn\r\n"
META_ANSWER = b"HD\r\nVA 2\r\nhi\r\nVA 2 Ob\r\nhi\r\nMN\r\n"


class MemcachedServer(target_servers.Target):
    name = "memcached"

    def __init__(self, has_tls=False):
        self.has_tls = has_tls
        super().__init__(families=("ipv4",))

    def prepare(self):
        self.program = shutil.which("memcached")
        if not self.program:
            raise target_servers.Missing("memcached is not installed")
        if not os.path.isdir("/usr/lib/python3/dist-packages/pymemcache"):
            raise target_servers.Missing("python3-pymemcache is not installed")
        self.files = tls_target.make_certificate(self.folder.name) if self.has_tls else ()

    def command(self):
        return [self.program, "-u", "root", "-l", "127.0.0.1", "-p", str(self.address[1]), "-U", "0", "-t", "4",
                *(["-Z", "-o", f"ssl_chain_cert={self.files[0]},ssl_key={self.files[1]}"] if self.has_tls else [])]

    def connect(self):
        connection = socket.create_connection(self.address, timeout=10)
        if not self.has_tls:
            return connection
        return ssl.create_default_context(cafile=self.files[0]).wrap_socket(connection, server_hostname="localhost")

    def say(self, text, end):
        with self.connect() as connection:
            connection.sendall(text)
            answer = b""
            while not answer.endswith(end):
                part = connection.recv(65536)
                assert part, answer
                answer += part
        return answer

    def statistics(self):
        lines = self.say(b"stats\r\n", b"END\r\n").decode().splitlines()
        return {line.split()[1]: line.split()[2] for line in lines if line.startswith("STAT ")}


def count_hits(spans):
    return collections.Counter(f"{span.name} {span.attributes['cache.hit']}" for span in spans
                               if "cache.hit" in span.attributes)


def check_statistics(spans, numbers):
    """As the server counts them; its numbers of get are of keys."""
    names = count_names(spans)
    words = collections.Counter()
    for span in spans:
        words[span.name] += span.attributes["db.query.text"].count("?")
    stored = sum(names[name] for name in ("set", "add", "cas"))
    assert stored == int(numbers["cmd_set"]), f"{stored} stored, the server counts {numbers['cmd_set']}"
    assert words["get"] + words["gets"] == int(numbers["cmd_get"]), f"{words}, the server counts {numbers['cmd_get']}"
    assert names["touch"] == int(numbers["cmd_touch"])
    assert names["delete"] == int(numbers["delete_hits"]) + int(numbers["delete_misses"])
    assert names["flush_all"] == int(numbers["cmd_flush"])


def check_spans(spans, kind):
    span_checks.check_unique_ids(spans)
    for span in spans:
        attributes = span.attributes
        assert span.kind == kind, f"{span.name} has kind {span.kind}"
        assert attributes["db.system.name"] == "memcached" and attributes["db.operation.name"] == span.name
        assert "secret" not in json.dumps(attributes) and "counter" not in json.dumps(attributes), attributes
        assert attributes["server.address"] == "127.0.0.1" and attributes["server.port"]
    failed = [span for span in spans if span.status == 2]
    assert all(span.name == "incr" and span.attributes["error.type"] == "CLIENT_ERROR" for span in failed), failed
    return len(failed)


def check_work(spans, said, kind):
    tap.equal(count_names(spans), collections.Counter(said["counts"]), "spans by command")
    wanted = {key.replace("true", "True").replace("false", "False"): count for key, count in said["hits"].items()}
    tap.equal(count_hits(spans), collections.Counter(wanted), "hits by command")
    return check_spans(spans, kind)


def client_command(target, threads, largest):
    return [target_servers.PYTHON, CLIENT, str(target.address[1]), str(threads), str(largest), *target.files[:1]]


def options(has_tls):
    """What fifty clients read by TLS is all copied, in small pieces."""
    return OPTIONS + tls_target.OPTIONS + ("--ring-size=16MiB",) if has_tls else OPTIONS


def trace_server(threads, has_tls):
    title = f"server{' by TLS' if has_tls else ''}, {threads} connections"
    with MemcachedServer(has_tls) as target, Limpet.run(target.command(), *options(has_tls)) as limpet:
        limpet.start().wait_ready()
        target.wait_listening()
        said = json.loads(run_program(client_command(target, threads, LARGEST_OF_SERVER)))
        numbers = target.statistics()
        meta = target.say(META, b"MN\r\n")
        limpet.stop()
        spans = limpet.spans()
        with tap.case(f"{title}: as many spans as its statistics and the client count"):
            tls_target.check_versions(spans, "1.3" if has_tls else None)
            known = [span for span in spans if span.name not in ("stats", "ms", "mg", "md", "mn")]
            assert check_work(known, said, span_checks.SERVER) == threads, "one error per connection"
            check_statistics(known, numbers)
        with tap.case(f"{title}: meta commands, quiet ones too"):
            assert meta == META_ANSWER, meta
            names = count_names(spans)
            assert [names[name] for name in ("stats", "ms", "mg", "md", "mn")] == [1, 1, 3, 1, 1], names
            assert count_hits([span for span in spans if span.name == "mg"]) == {"mg True": 2}
        with tap.case(f"{title}: nothing lost"):
            limpet.check_clean()


def trace_client(threads, has_tls):
    title = f"client{' by TLS' if has_tls else ''}, {threads} connections"
    with MemcachedServer(has_tls) as target:
        target.start()
        with Limpet.run(client_command(target, threads, LARGEST_OF_CLIENT), *options(has_tls)) as limpet:
            limpet.start().wait()
            spans = limpet.spans()
            said = json.loads(limpet.stdout.strip().splitlines()[-1])
            with tap.case(f"{title}: as many spans as it and the server count"):
                tls_target.check_versions(spans, "1.3" if has_tls else None)
                assert check_work(spans, said, span_checks.CLIENT) == threads, "one error per connection"
                check_statistics(spans, target.statistics())
            with tap.case(f"{title}: no longer than it measured"):
                total = sum(span.duration_ns for span in spans if span.name != "quit")
                assert total <= said["seconds"] * 1e9, f"{total} ns of {said['seconds']} s"
            with tap.case(f"{title}: nothing lost"):
                limpet.check_clean()


def check_midway(span):
    wanted = {"set": None, "gets": True, "get": False}
    assert span.name in wanted and span.status != 2, f"{span.name}: {span.attributes}"
    is_known = "cache.hit" in span.attributes or "limpet.lossy" not in span.attributes
    assert not is_known or span.attributes.get("cache.hit") == wanted[span.name], f"{span.name}: {span.attributes}"
    assert "secret" not in json.dumps(span.attributes), span.attributes


def trace_midway():
    with MemcachedServer() as target:
        target.start()
        midway.trace("memcached", target.pid, target.address[1], OPTIONS, lambda span: span.name, check_midway)


def main():
    try:
        trace_midway()
        for threads in (1, 50):
            for has_tls in (False, True):
                trace_server(threads, has_tls)
                trace_client(threads, has_tls)
    except target_servers.Missing as missing:
        tap.skip("memcached", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
