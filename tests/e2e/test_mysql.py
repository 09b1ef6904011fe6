#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""MariaDB from Debian and its clients: what they ask is what is told, as often as the server says it was asked.

Traced clients (PyMySQL, mysqlclient, libmariadb's prepared statements, the command line), a traced server under
mariadb-slap, and both joined while they are busy: then no span may be wrong, and what is not known is said not to be.
All but the last by TLS, too, which begins in the middle of the login.
"""
import collections
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import span_checks
import tap
import target_servers
import tls_target
from limpet_runner import Limpet, environment_for

CLIENT = os.path.join(target_servers.SOURCES, "mysql_client.py")
SLAP_QUERIES = {1: 150, 50: 600}
LOAD_CONNECTIONS, LOAD_SPANS = 6, 300
COUNTERS = ("Com_select", "Com_insert", "Com_stmt_prepare", "Com_stmt_fetch", "Com_stmt_reset")
SETUP = """CREATE DATABASE shop; CREATE DATABASE other; CREATE USER app@'127.0.0.1' IDENTIFIED BY 'hidden';
CREATE USER app@localhost IDENTIFIED BY 'hidden'; GRANT ALL ON *.* TO app@'127.0.0.1'; GRANT ALL ON *.* TO app@localhost;
USE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, name TEXT); CREATE TABLE shop.numbers (a BIGINT);
CREATE TABLE shop.big AS SELECT seq a, REPEAT('b', 100) b FROM seq_1_to_2000; CREATE TABLE other.r1 AS SELECT 1 a"""
TABLES = "".join(f"; CREATE TABLE shop.r{n} AS SELECT seq a FROM seq_1_to_{n}" for n in range(1, 7))

# (name, text, rows, error, database) of each span, in order.
SHOP = "shop"
TEXT = [
    ("SELECT r3", "SELECT a FROM r3 WHERE a < ? AND ? = ?", 3, None, SHOP),
    ("INSERT orders", "INSERT INTO orders (id, name) VALUES (?, ?)", None, None, SHOP),
    ("INSERT orders", "INSERT INTO orders (id, name) VALUES (?, ?)", None, "1062", SHOP),
    ("SELECT missing", "SELECT * FROM missing", None, "1146", SHOP),
    ("SELECT r2 SELECT r3 DO", "SELECT a FROM r2; SELECT a FROM r3; DO ?", 5, None, SHOP),
    ("LOAD", "LOAD DATA LOCAL INFILE ? INTO TABLE orders FIELDS TERMINATED BY ?", None, None, SHOP),
    ("SELECT", "SELECT ?", 1, None, SHOP),
    ("PING shop", None, None, None, SHOP),
    ("INIT_DB shop", None, None, None, SHOP),
    ("SELECT r1", "SELECT a FROM r1", 1, None, "other"),
]
MYSQLDB = [
    ("SELECT r3", "SELECT a FROM r3 WHERE a < ?", 3, None, SHOP),
    ("UPDATE orders", "UPDATE orders SET name = ? WHERE id = ?", None, None, SHOP),
    ("SELECT", "SELECT FROM WHERE", None, "1064", SHOP),
    ("PING shop", None, None, None, SHOP),
]
PREPARED_R3, PREPARED_R5 = "SELECT a FROM r3 WHERE a < ? AND ? <> ?", "SELECT a FROM r5"
PREPARED = [
    ("PREPARE SELECT r3", PREPARED_R3, None, None, SHOP),
    ("SELECT r3", PREPARED_R3, 3, None, SHOP),
    ("SELECT r3", PREPARED_R3, 3, None, SHOP),
    ("RESET SELECT r3", PREPARED_R3, None, None, SHOP),
    ("PREPARE SELECT missing", "SELECT * FROM missing", None, "1146", SHOP),
    ("PREPARE SELECT r5", PREPARED_R5, None, None, SHOP),
    ("SELECT r5", PREPARED_R5, None, None, SHOP),
    ("FETCH SELECT r5", PREPARED_R5, 3, None, SHOP),
    ("FETCH SELECT r5", PREPARED_R5, 2, None, SHOP),
    ("PREPARE INSERT numbers", "INSERT INTO numbers VALUES (?)", None, None, SHOP),
    ("INSERT numbers", "INSERT INTO numbers VALUES (?)", None, None, SHOP),
    ("PREPARE DELETE numbers", "DELETE FROM numbers WHERE a > ?", None, None, SHOP),
    ("DELETE numbers", "DELETE FROM numbers WHERE a > ?", None, None, SHOP),
]
COMMAND_LINE = [
    ("SELECT r2", "SELECT a FROM r2 WHERE a < ?", 2, None, SHOP),
    ("SELECT missing", "SELECT * FROM missing", None, "1146", SHOP),
]
CLIENTS = {"text": TEXT, "mysqldb": MYSQLDB, "prepared": PREPARED}


class MariaDb(target_servers.Target):
    """One process, many threads, with a folder of its own."""
    name = "MariaDB"

    def __init__(self):
        super().__init__(families=("ipv4",))

    def prepare(self):
        path = os.environ.get("PATH", "") + ":/usr/sbin"
        self.server, self.install = shutil.which("mariadbd", path=path), shutil.which("mariadb-install-db", path=path)
        self.client, self.slap = shutil.which("mariadb"), shutil.which("mariadb-slap")
        modules = subprocess.run([target_servers.PYTHON, "-c", "import pymysql, MySQLdb"], stderr=subprocess.DEVNULL, check=False)
        if not all((self.server, self.install, self.client, self.slap)) or modules.returncode:
            raise target_servers.Missing("mariadb-server, mariadb-client, python3-pymysql or python3-mysqldb is not installed")
        self.socket = os.path.join(self.folder.name, "socket")
        self.data = os.path.join(self.folder.name, "data")
        self.files = tls_target.make_certificate(self.folder.name)
        built = subprocess.run([self.install, "--no-defaults", *self.user(), f"--datadir={self.data}", "--skip-test-db",
                                "--auth-root-authentication-method=normal", "--innodb-log-file-size=4M"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert built.returncode == 0, f"mariadb-install-db failed: {built.stdout[-2000:]}"

    @staticmethod
    def user():
        return ["--user=root"] if os.geteuid() == 0 else []

    def command(self):
        return [self.server, "--no-defaults", *self.user(), f"--datadir={self.data}", f"--socket={self.socket}",
                f"--pid-file={self.folder.name}/pid", f"--log-error={self.folder.name}/error.log", "--bind-address=127.0.0.1",
                f"--port={self.address[1]}", "--skip-name-resolve", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M",
                f"--ssl-cert={self.files[0]}", f"--ssl-key={self.files[1]}", "--innodb-flush-log-at-trx-commit=0", "--performance-schema=OFF", "--local-infile=ON", "--max-connections=200"]

    def start(self):
        super().start()
        self.ask(SETUP + TABLES)
        return self

    def ask(self, text, *options):
        """As root over the UNIX socket; what it says."""
        asked = subprocess.run([self.client, "--no-defaults", f"--socket={self.socket}", "-uroot", "-NB", "-e", text, *options],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
        assert asked.returncode == 0, asked.stderr
        return asked.stdout

    def counters(self):
        rows = dict(line.split("\t") for line in self.ask("SHOW GLOBAL STATUS").splitlines() if "\t" in line)
        return {name: int(rows[name]) for name in COUNTERS}

    def client_command(self, what, *arguments, has_tls=False):
        program = [target_servers.PYTHON, CLIENT, self.address[0], str(self.address[1]), what, *arguments]
        return [*program, self.files[0]] if has_tls else program

    def slap_command(self, concurrency, queries, has_tls):
        return [self.slap, "--no-defaults", *(["--ssl", f"--ssl-ca={self.files[0]}"] if has_tls else ["--skip-ssl"]),
                "--host=127.0.0.1", f"--port={self.address[1]}", "--user=app", "--password=hidden",
                "--create-schema=shop", "--no-drop", f"--concurrency={concurrency}", f"--number-of-queries={queries}",
                "--delimiter=;", "--query=SELECT a FROM r3 WHERE a < 100;INSERT INTO numbers VALUES (471147114711)"]

    def clean(self):
        self.ask("TRUNCATE shop.orders; TRUNCATE shop.numbers")


def facts(span):
    a = span.attributes
    return (span.name, a.get("db.query.text"), a.get("db.response.returned_rows"), a.get("db.response.status_code"),
            a.get("db.namespace"))


def check_span(span, kind):
    """What every span has, whatever it is about."""
    a = span.attributes
    assert span.kind == kind, f"{span.name}: kind {span.kind}"
    assert (span.status == 2) == ("error.type" in a), f"{span.name}: status {span.status} with {a.get('error.type')}"
    assert a.get("error.type") == a.get("db.response.status_code"), f"{span.name}: {a}"
    assert a.get("db.system.name") in ("mariadb", "mysql"), span
    for word in ("secret", "hidden", "471147114711", "seven"):
        assert word not in str(span), f"{span.name} tells {word}"


def without_large(spans):
    """Of the rows of a large result only some are seen: how many there were is not told, and its gaps are counted."""
    large = [span for span in spans if span.name == "SELECT big"]
    for span in large:
        assert span.attributes.get("db.response.returned_rows") in (None, 2000), span.attributes
    return [span for span in spans if span.name != "SELECT big"], len(large)


def check_told(spans, wanted, kind, has_tls=False):
    spans = sorted(spans, key=lambda span: span.start_ns)
    tls_target.check_versions(spans, "1.3" if has_tls else None)
    span_checks.check_unique_ids(spans)
    for span in spans:
        check_span(span, kind)
        tap.equal(span.attributes["db.system.name"], "mariadb", span.name)
    told = [facts(span) for span in spans]
    assert told == wanted, f"wanted {wanted}\ngot {told}"


def trace_clients(server, has_tls):
    by = " by TLS" if has_tls else ""
    for what, wanted in CLIENTS.items():
        with tap.case(f"traced client, {what}{by}: {len(wanted)} commands, as many spans, each right"):
            server.clean()
            with Limpet.run(server.client_command(what, has_tls=has_tls), *tls_target.options(has_tls)) as limpet:
                limpet.start().wait()
                assert limpet.code == 0, limpet.stderr
                spans, large = without_large(limpet.spans())
                tap.equal(large, 1 if what == "text" else 0, "large results")
                check_told(spans, wanted, span_checks.CLIENT, has_tls)
                assert set(limpet.lost()) <= ({"stream_gap"} if large else set()), f"lost: {limpet.lost()}"


def trace_command_line(server):
    """This client begins TLS on any socket where it is offered; on UNIX sockets it is not seen."""
    with tap.case("traced client, the command line over a UNIX socket"):
        command = [server.client, "--no-defaults", "--skip-ssl", f"--socket={server.socket}", "-uapp", "-phidden", "--force",
                   "shop", "-e", "SELECT a FROM r2 WHERE a < 100; SELECT * FROM missing"]
        with Limpet.run(command) as limpet:
            limpet.start().wait()
            check_told(limpet.spans(), COMMAND_LINE, span_checks.CLIENT)
            limpet.check_clean(limpet.code)


def run_clients(server, has_tls):
    for concurrency, queries in SLAP_QUERIES.items():
        subprocess.run(server.slap_command(concurrency, queries, has_tls), stdout=subprocess.DEVNULL, check=True, timeout=60,
                       env=environment_for())
    begin = time.monotonic()
    subprocess.run(server.client_command("prepared", has_tls=has_tls), check=True, timeout=60, env=environment_for())
    return time.monotonic() - begin


def count_spans(spans):
    """By the server's words. What is prepared, reset and closed is no question there."""
    operations = collections.Counter(span.attributes.get("db.operation.name") for span in spans)
    asked = [span for span in spans if not span.attributes.get("db.operation.name")]
    words = collections.Counter(span.name.split(" ")[0] for span in asked)
    return {"Com_select": words["SELECT"], "Com_insert": words["INSERT"], "Com_stmt_prepare": operations["PREPARE"],
            "Com_stmt_fetch": operations["FETCH"], "Com_stmt_reset": operations["RESET"]}


def trace_server(server, has_tls):
    by = " by TLS" if has_tls else ""
    server.clean()
    before = server.counters()
    with Limpet.attach(server.pid, *tls_target.options(has_tls)) as limpet:
        limpet.start().wait_ready()
        if has_tls:
            tls_target.wait_watched(limpet, server.pid)
        longest_s = run_clients(server, has_tls)
        limpet.stop()
        after = server.counters()
        spans = [span for span in limpet.spans() if span.kind == span_checks.SERVER]
        delta = {name: after[name] - before[name] for name in COUNTERS}
        with tap.case(f"traced server{by}: {len(spans)} spans, as many as it says it was asked"):
            told = count_spans(spans)
            tap.equal(told, {name: delta[name] for name in told}, "spans by kind of command")
            assert told["Com_insert"] == sum(SLAP_QUERIES.values()) // 2 + 1, told
        with tap.case(f"traced server{by}: texts, rows and errors"):
            for span in spans:
                check_span(span, span_checks.SERVER)
                assert span.duration_ns < longest_s * 1e9 or "numbers" in span.name or "r3" in span.name, span.name
            slapped = collections.Counter(facts(span) for span in spans)
            half = sum(SLAP_QUERIES.values()) // 2
            tap.equal(slapped[("SELECT r3", "SELECT a FROM r3 WHERE a < ?", 3, None, SHOP)], half, "SELECTs of mariadb-slap")
            for wanted in PREPARED:
                assert slapped[wanted] >= 1, f"not told: {wanted}"
            tap.equal(sum(span.status == 2 for span in spans), 1, "errors")
        with tap.case(f"traced server{by}: nothing lost"):
            limpet.check_clean()


def check_midway(span, kind):
    """Every answer shows which question it belongs to."""
    a = span.attributes
    rows, name = a.get("db.response.returned_rows"), span.name
    check_span(span, kind)
    assert "db.namespace" not in a, f"{name}: {a}"
    if name == "EXECUTE":
        assert a.get("limpet.statement.unknown") is True and "db.query.text" not in a, a
        assert rows in (None, 1, 2, 3, 4, 5, 6) and span.status != 2, a
    elif name == "SELECT missing":
        assert a.get("error.type") in ("1146", None) and rows is None, a
    elif name == "SELECT big":
        assert rows in (None, 2000) and span.status != 2, a
    else:
        assert name[:-1] == "SELECT r" and a["db.query.text"] == f"SELECT a FROM {name[7:]}", f"{name}: {a}"
        assert rows in (None, int(name[-1])) and span.status != 2, f"{name}: {a}"


def count_lines(path):
    with open(path, "rb") as file:
        return sum(1 for _ in file)


def trace_midway(server, is_server):
    side = "server" if is_server else "client"
    load = subprocess.Popen(server.client_command("load", str(LOAD_CONNECTIONS)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            env=environment_for())
    try:
        assert load.stdout.readline() == b"loading\n"
        with Limpet.attach(server.pid if is_server else load.pid) as limpet:
            limpet.start().wait_ready()
            end = time.monotonic() + 30
            while count_lines(limpet.json_path) < LOAD_SPANS and time.monotonic() < end:
                time.sleep(0.1)
            limpet.stop()
            # What was open when the tracing ended is said to be incomplete.
            told = limpet.spans()
            spans = [span for span in told if "limpet.incomplete" not in span.attributes]
            with tap.case(f"a busy {side} joined midway: {len(spans)} spans, none wrong"):
                assert len(spans) >= LOAD_SPANS, f"only {len(spans)} spans: {limpet.stderr}"
                assert len(told) - len(spans) <= LOAD_CONNECTIONS, f"{len(told) - len(spans)} incomplete"
                for span in spans:
                    check_midway(span, span_checks.SERVER if is_server else span_checks.CLIENT)
                names = {span.name for span in spans}
                assert {f"SELECT r{n}" for n in range(1, 7)} | {"EXECUTE", "SELECT missing"} <= names, names
                tap.equal(limpet.code, 0, "exit code")
    finally:
        load.stdin.close()
        load.wait(30)


def main():
    try:
        with MariaDb() as server:
            server.start()
            trace_command_line(server)
            for has_tls in (False, True):
                trace_clients(server, has_tls)
                trace_server(server, has_tls)
            trace_midway(server, False)
            trace_midway(server, True)
    except target_servers.Missing as missing:
        tap.skip("MariaDB", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
