# SPDX-License-Identifier: Apache-2.0
"""What record.py records of each protocol: a real server and a real client of it, both traced, a few exchanges.

The servers are those of the end-to-end suites; the clients are theirs, too, or those of sessions.py.
"""
import contextlib
import multiprocessing
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
E2E = os.path.join(HERE, "..", "e2e")
sys.path[:0] = [E2E, os.path.join(E2E, "quickstart")]
import http_load
import target_servers
import test_cassandra
import test_dns
import test_fastcgi
import test_http2
import test_memcached
import test_mongodb
import test_mysql
import test_nats
import test_postgresql
import test_redis
import test_websocket
from http_load import Request
from kafka_target import KafkaServer
from limpet_runner import RELEASE, Limpet, environment_for
from rabbitmq_target import RabbitServer
from replay_runner import RECORDINGS

OPTIONS = ("--undecided-bytes=1MiB", "--capture-bytes=16KiB", "--crashes=off", "--exceptions=off")
PAYLOAD = Request("/s/200/13/one"), Request("/s/500/3/two", "POST", 40)


class GrpcServer(target_servers.Target):
    """Copied, so that the recording does not say where this repository lies."""

    def __init__(self):
        super().__init__(families=("ipv4",))

    def prepare(self):
        self.program = shutil.copy(test_http2.build_grpc_app(), self.folder.name)

    def command(self):
        return [self.program, "serve", f"127.0.0.1:{self.address[1]}"]


class MongoServer(test_mongodb.FerretServer):
    def command(self):
        program, *words = super().command()
        return [shutil.copy(program, self.folder.name), *words]


class NatsServer(test_nats.NatsServer):
    def prepare(self):
        super().prepare()
        test_nats.install(self.folder.name)


def program(*words):
    return [target_servers.PYTHON, *map(str, words)]


def session(name, target, *arguments):
    return program(os.path.join(HERE, "sessions.py"), name, target.address[1], *arguments)


def mysql_sessions(target):
    return [session("mysql", target), target.client_command("mysqldb"), target.client_command("prepared")]


def kafka_session(target):
    one = " ".join(kcat(target, "-t", "orders"))
    return [["sh", "-c", f"printf 'secret-1\\nsecret-2\\n' | {one} -P -p 0 -X client.id=shop"],
            ["sh", "-c", f"{one} -C -o beginning -e -q -X client.id=reader > /dev/null"],
            ["sh", "-c", " ".join(kcat(target, "-G", "workers", "-q", "-c", "2", "-X", "auto.offset.reset=earliest",
                                                   "orders")) + " > /dev/null"]]


def kcat(target, *words):
    return ["kcat", "-b", f"127.0.0.1:{target.address[1]}", "-X", "broker.address.family=v4", *words]


def http2_session(target):
    return [["h2load", "-n6", "-c1", "-m3", target.url("/b")],
            ["curl", "-s", "-o", "/dev/null", "--http2-prior-knowledge", target.url("/none")]]


def fastcgi_session(target):
    """The client is this process: nobody traces it, and nginx has a request of its own for each."""
    http_load.run_load(target.address, PAYLOAD)
    return []


# name: (server, its client's commands). Both are children of one process, which limpet is attached to.
SESSIONS = {
    "postgresql": (test_postgresql.PostgresqlServer, lambda target: [session("postgresql", target)]),
    "mysql": (test_mysql.MariaDb, mysql_sessions),
    "redis": (test_redis.RedisServer, lambda target: [session("redis", target)]),
    "memcached": (test_memcached.MemcachedServer, lambda target: [session("memcached", target)]),
    "nats": (NatsServer, lambda target: [session("nats", target, target.folder.name)]),
    "amqp": (RabbitServer, lambda target: [program(os.path.join(target_servers.SOURCES, "amqp_client.py"),
                                                   target.address[1], 1, 3, 1, 100, 1)]),
    "kafka": (KafkaServer, kafka_session),
    "mongodb": (MongoServer, lambda target: [test_mongodb.load_command(target, 1, 1)]),
    "cassandra": (test_cassandra.CassandraServer, lambda target: [program(test_cassandra.LOAD, target.address[1], 5, 3)]),
    "http2": (test_http2.Nghttpd, http2_session),
    "grpc": (GrpcServer, lambda target: [[target.program, "call", f"127.0.0.1:{target.address[1]}", "6", "2"]]),
    "dns": (lambda: test_dns.Dnsmasq(families=("ipv4",)), lambda target: [session("dns", target)]),
    "websocket": (lambda: test_websocket.WebSocketServer("off"),
                  lambda target: [program("-c", test_websocket.CLIENT_PROGRAM, target.address[1], 1, 3, 10, "off", "fail")]),
    "fastcgi": (lambda: test_fastcgi.FpmServer(False, True), fastcgi_session),
}


def play(name, pipe, other_end):
    """In a process of its own: starts the server, then at a word its clients, ends with the other side."""
    other_end.close()
    make, commands = SESSIONS[name]
    try:
        with make() as target:
            target.start()
            pipe.send(target.address[1])
            pipe.recv()
            for command in commands(target):
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=120, env=environment_for())
            pipe.send("done")
            with contextlib.suppress(EOFError):
                pipe.recv()
    except Exception as error:  # pylint: disable=broad-except
        pipe.send(error)


def hear(pipe):
    said = pipe.recv()
    if isinstance(said, Exception):
        raise said
    return said


def record(name):
    ours, theirs = multiprocessing.Pipe()
    player = multiprocessing.Process(target=play, args=(name, theirs, ours))
    player.start()
    theirs.close()
    try:
        options = [*OPTIONS, f"--record={RECORDINGS}/{name}.rec", f"--dns-ports={hear(ours)}"]
        with Limpet.attach(player.pid, *options, binary=RELEASE) as limpet:
            limpet.start().wait_ready()
            ours.send("go")
            hear(ours)
            time.sleep(0.5)  # the last answers of the server
            limpet.stop()
            limpet.check_clean()
    finally:
        ours.close()
        player.join(30)
