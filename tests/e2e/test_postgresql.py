#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL in a cluster of its own: as many spans of each statement as pg_stat_statements counted.

Traced server (backends are forked children of the postmaster) and traced client: pgbench in its three modes, psycopg2, psycopg.
By TLS, asked for and begun on the same connection: the clients again, and a server whose backends are watched before they are asked.
"""
import collections
import glob
import itertools
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import span_checks
import tap
import target_servers
import tls_target
from limpet_runner import Limpet

USER = "postgres"
MODES = ("simple", "extended", "prepared")
CLIENTS = (1, 50)
TLS_LOADS = (("simple", 1), ("prepared", 50))
REQUIRED = {"PGSSLMODE": "require"}
BACKENDS, ROUNDS = 3, 20
TRANSACTIONS = 200  # of all clients together
OPTIONS = ("--undecided-bytes=1MiB", "--queue-size=100000")
COUNTED = re.compile(r"pgbench_(accounts|tellers|branches|history)|counted")
PROGRAM = """
import sys
port, driver = sys.argv[1:]
module = __import__(driver)
connection = module.connect(host="127.0.0.1", port=int(port), user="postgres", dbname="shop")
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("CREATE TABLE IF NOT EXISTS counted (id int primary key, name text)")
for number in range(10):
    cursor.execute("INSERT INTO counted VALUES (%s, %s) ON CONFLICT DO NOTHING", (number, "secret'" + str(number)))
    cursor.execute("SELECT name FROM counted WHERE id = %s", (number,))
    assert cursor.fetchall() == [("secret'" + str(number),)]
for statement in ("SELECT 1/0 FROM counted", "SELECT secret FROM counted", "INSERT INTO counted VALUES (1, 'secret')"):
    try:
        cursor.execute(statement)
    except module.Error:
        pass
connection.close()
"""
# Says who serves it, and goes on when told to.
GATED = """
import os, sys, threading
import psycopg2
port, count, rounds = map(int, sys.argv[1:])
connections = [psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="shop") for _ in range(count)]
print(*(connection.get_backend_pid() for connection in connections), flush=True)
sys.stdin.readline()
def work(connection):
    connection.autocommit = True
    cursor = connection.cursor()
    for number in range(rounds):
        cursor.execute("SELECT name FROM counted WHERE id = %s", (number,))
threads = [threading.Thread(target=work, args=(connection,)) for connection in connections]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
ERRORS = {"22012": 1, "42703": 1, "23505": 1}


def as_user(command):
    """postgres refuses to run as root."""
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command] if os.getuid() == 0 else command


class PostgresqlServer(target_servers.Target):
    name = "postgresql"

    def __init__(self):
        super().__init__(families=("ipv4",))

    def prepare(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        if not found or not shutil.which("pgbench") or not shutil.which("psql"):
            raise target_servers.Missing("postgresql is not installed")
        self.bin = os.path.dirname(found[-1])
        folder = self.folder.name
        if os.getuid() == 0:
            os.chown(folder, pwd.getpwnam(USER).pw_uid, -1)
        subprocess.run(as_user([f"{self.bin}/initdb", "-D", f"{folder}/data", "-U", USER, "-A", "trust", "-N", "-E", "UTF8",
                                "--locale=C"]), check=True, stdout=subprocess.DEVNULL, cwd="/")

    def command(self):
        return as_user([f"{self.bin}/postgres", "-D", f"{self.folder.name}/data", "-p", str(self.address[1]),
                        "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder.name}",
                        "-c", "fsync=off", "-c", "shared_preload_libraries=pg_stat_statements", "-c", "autovacuum=off",
                        "-c", "max_connections=80", "-c", "log_min_messages=panic"])

    def wait_listening(self):
        super().wait_listening()
        end = time.monotonic() + 30
        while subprocess.run(["pg_isready", "-q", *self.place()], check=False).returncode:
            assert time.monotonic() < end, "postgres is not ready"
            time.sleep(0.05)

    def place(self):
        return ["-h", "127.0.0.1", "-p", str(self.address[1]), "-U", USER]

    def ask(self, query, database="shop"):
        return subprocess.run(["psql", "-XAtq", *self.place(), "-d", database, "-c", query], check=True,
                              stdout=subprocess.PIPE, text=True, timeout=30).stdout

    def fill(self):
        self.ask("CREATE DATABASE shop", "postgres")
        self.ask("CREATE EXTENSION pg_stat_statements")
        self.ask("CREATE TABLE counted (id int primary key, name text)")
        subprocess.run(["pgbench", "-i", "-q", *self.place(), "shop"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=60)
        self.reset()

    def begin_tls(self):
        """From now on, for who asks for it."""
        files = tls_target.make_certificate(self.folder.name)
        if os.getuid() == 0:
            os.chown(files[1], pwd.getpwnam(USER).pw_uid, -1)
        os.chmod(files[1], 0o600)
        for name, value in (("ssl_cert_file", files[0]), ("ssl_key_file", files[1]), ("ssl", "on")):
            self.ask(f"ALTER SYSTEM SET {name} = '{value}'")
        self.ask("SELECT pg_reload_conf()")
        end = time.monotonic() + 30
        while self.ask("SHOW ssl").strip() != "on":
            assert time.monotonic() < end, "the server does not begin to speak TLS"
            time.sleep(0.05)

    def reset(self):
        self.ask("SELECT pg_stat_statements_reset()")

    def calls(self):
        """By text, as the server counted; its own words for a constant are ours."""
        rows = json.loads(self.ask("SELECT json_agg(json_build_array(query, calls)) FROM pg_stat_statements"))
        counts = collections.Counter()
        for query, calls in rows:
            if COUNTED.search(query):
                counts[plain(query)] += calls
        return counts

    def busy_calls(self):
        calls = self.calls()
        assert calls, "the server counted nothing"
        return calls

    def pgbench(self, mode, clients):
        return ["pgbench", *self.place(), "-n", "-M", mode, "-c", str(clients), "-t", str(TRANSACTIONS // clients), "shop"]


def plain(query):
    """Parameters and constants alike, one blank between words."""
    return re.sub(r"\s+", " ", re.sub(r"\$\d+", "?", query)).strip().rstrip(";")


def counted(spans, failed=False):
    counts = collections.Counter()
    for span in spans:
        text = span.attributes.get("db.query.text", "")
        if COUNTED.search(text) and (span.status == 2) == failed:
            counts[plain(text)] += 1
    return counts


def check_spans(spans, kind):
    spans = [span for span in spans if span.attributes.get("db.system.name") == "postgresql"]
    span_checks.check_unique_ids(spans)
    assert spans, "no spans"
    for span in spans:
        assert span.kind == kind, f"{span.name} has kind {span.kind}"
        assert "secret'" not in json.dumps(span.attributes) and "'secret" not in json.dumps(span.attributes), span.attributes
        assert (span.status == 2) == ("error.type" in span.attributes), span.attributes
        assert "limpet.statement.unknown" not in span.attributes, span.attributes
    assert {span.attributes["db.namespace"] for span in spans if COUNTED.search(span.name)} == {"shop"}


def sqlstates(spans):
    return dict(collections.Counter(span.attributes["db.response.status_code"] for span in spans if span.status == 2))


def run_quiet(command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)


def drivers():
    for driver in ("psycopg2", "psycopg"):
        if subprocess.run([target_servers.PYTHON, "-c", f"import {driver}"], stderr=subprocess.DEVNULL, check=False).returncode:
            tap.skip(driver, f"python3-{driver} is not installed")
        else:
            yield driver


def program(target, driver):
    return [target_servers.PYTHON, "-c", PROGRAM, str(target.address[1]), driver]


def trace_server(target):
    target.start()
    target.fill()
    with Limpet.attach(target.pid, *OPTIONS) as limpet:
        limpet.start().wait_ready()
        for mode in MODES:
            for clients in CLIENTS:
                run_quiet(target.pgbench(mode, clients))
        errors = collections.Counter()
        for driver in drivers():
            run_quiet(program(target, driver))
            errors.update(ERRORS)
        calls = target.calls()
        limpet.stop()
        spans = limpet.spans()
        with tap.case(f"server: {sum(calls.values())} statements, as many spans of each as it counted"):
            tap.equal(counted(spans), calls, "spans by text")
        with tap.case("server: errors by SQLSTATE"):
            tap.equal(sqlstates(spans), dict(errors), "errors")
        with tap.case("server: attributes"):
            check_spans(spans, span_checks.SERVER)
        with tap.case("server: nothing lost"):
            limpet.check_clean()


def trace_client(target, name, command, errors, has_tls=False):
    """The texts of all spans, with how many there were."""
    name = f"{name} by TLS" if has_tls else name
    target.reset()
    with Limpet.run(command, *OPTIONS, *tls_target.options(has_tls), environment=REQUIRED if has_tls else {}) as limpet:
        limpet.start().wait()
        spans = limpet.spans()
        with tap.case(f"{name}: as many spans of each statement as the server counted"):
            tap.equal(counted(spans), target.busy_calls(), "spans by text")
            tap.equal(sqlstates(spans), errors, "errors")
        with tap.case(f"{name}: attributes"):
            check_spans(spans, span_checks.CLIENT)
            tls_target.check_versions(spans, "1.3" if has_tls else None)
        with tap.case(f"{name}: nothing lost"):
            limpet.check_clean()
        return collections.Counter(span.attributes.get("db.query.text") for span in spans)


def trace_clients(target):
    texts = {load: trace_client(target, "pgbench {} -c {}".format(*load), target.pgbench(*load), {})
             for load in itertools.product(MODES, CLIENTS)}
    for driver in drivers():
        texts[driver] = trace_client(target, driver, program(target, driver), ERRORS)
    target.begin_tls()
    by_tls = {load: trace_client(target, "pgbench {} -c {}".format(*load), target.pgbench(*load), {}, True) for load in TLS_LOADS}
    for driver in drivers():
        by_tls[driver] = trace_client(target, driver, program(target, driver), ERRORS, True)
    with tap.case("by TLS: the same texts, as often"):
        tap.equal(by_tls, {load: texts[load] for load in by_tls}, "texts by load")


def trace_tls_server(target):
    """A backend is a process of its own, watched some time after it began: its work waits for that."""
    if "psycopg2" not in drivers():
        return
    target.reset()
    command = [target_servers.PYTHON, "-c", GATED, *map(str, (target.address[1], BACKENDS, ROUNDS))]
    with Limpet.attach(target.pid, *OPTIONS, *tls_target.OPTIONS, "--tls-delay=0") as limpet:
        limpet.start().wait_ready()
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **REQUIRED}) as client:
            for pid in client.stdout.readline().split():
                tls_target.wait_watched(limpet, int(pid))
            client.communicate(b"go\n", timeout=60)
        calls = target.busy_calls()
        limpet.stop()
        spans = limpet.spans()
        with tap.case(f"server by TLS: {sum(calls.values())} statements of {BACKENDS} backends, as many spans of each as it counted"):
            tap.equal(sum(calls.values()), BACKENDS * ROUNDS, "statements")
            tap.equal(counted(spans), calls, "spans by text")
        with tap.case("server by TLS: nothing lost"):
            # Whoever asks for the counts is served by a backend that is over before it is watched.
            assert limpet.tls_unseen() <= 1, limpet.stderr
            limpet.check_clean(tls_unseen=limpet.tls_unseen())


def attach_midway(target):
    """What is said of a busy client is right: texts that the server knows, no more of them than it counted."""
    target.reset()
    command = ["pgbench", *target.place(), "-n", "-M", "prepared", "-c", "4", "-T", "6", "shop"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as pgbench:
        while not target.calls():
            time.sleep(0.05)
        with Limpet.attach(pgbench.pid, *OPTIONS) as limpet:
            limpet.start()
            pgbench.wait()
            limpet.wait() if limpet.process.poll() is not None else limpet.stop()
            spans = [span for span in limpet.spans() if span.attributes.get("db.system.name") == "postgresql"]
        with tap.case("joined midway: no wrong span"):
            calls = target.calls()
            assert spans, "no spans"
            assert all(span.attributes.get("limpet.statement.unknown") or "db.query.text" in span.attributes for span in spans)
            assert not counted(spans) - calls, "spans of statements that were not run"
            assert len(spans) <= sum(calls.values()) * 2, "more spans than statements"
            assert not sqlstates(spans), "errors that were none"


def main():
    try:
        with PostgresqlServer() as target:
            trace_server(target)
            attach_midway(target)
            trace_clients(target)
            trace_tls_server(target)
    except target_servers.Missing as missing:
        tap.skip("postgresql", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
