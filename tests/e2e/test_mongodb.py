#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""MongoDB's wire protocol between real drivers (pymongo, Node's) and a real server (FerretDB 1 with SQLite).

As many spans as the server counts commands, with their names, rows, batch sizes and errors; a traced driver and a traced server.
"""
import collections
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import midway
import span_checks
import tap
import target_servers
import tls_target
from limpet_runner import ROOT, Limpet, environment_for

FOLDER = os.path.join(ROOT, "tests", "e2e", "mongodb")
SERVER = os.path.join(ROOT, ".build", "mongodb", "ferretdb")
MODULES = os.path.join(ROOT, ".build", "npm", "mongodb")
LOAD = os.path.join(FOLDER, "driver_load.py")
LOADS = ((1, 10), (50, 1))  # threads, rounds of each
NODE_CALLS = 100
# What a driver asks of itself.
OWN = {"ismaster", "isMaster", "hello", "endSessions", "ping", "buildinfo", "serverStatus"}


def build_server():
    if os.access(SERVER, os.X_OK) and os.path.getmtime(SERVER) > os.path.getmtime(os.path.join(FOLDER, "ferretdb.go")):
        return
    go = shutil.which("go", path=os.environ.get("PATH", "") + ":/usr/local/go/bin")
    if not go:
        raise target_servers.Missing("go is not installed: FerretDB cannot be built")
    command = [go, "build", "-p", "2", "-tags", "ferretdb_sqlite", "-o", SERVER, "."]
    try:
        built = subprocess.run(command, cwd=FOLDER, stderr=subprocess.PIPE, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        raise target_servers.Missing("FerretDB was not built in ten minutes") from None
    if built.returncode:
        raise target_servers.Missing(f"FerretDB cannot be built: {built.stderr.strip().splitlines()[-1]}")


def install_node_driver():
    if not shutil.which("node") or not shutil.which("npm"):
        raise tap.Skip("node or npm is not installed")
    if os.path.isdir(os.path.join(MODULES, "node_modules", "mongodb")):
        return
    command = ["npm", "install", "--prefix", MODULES, "--no-audit", "--no-fund", "--ignore-scripts", "mongodb@6"]
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=240, check=False)
    if run.returncode:
        raise tap.Skip(f"npm cannot install mongodb: {run.stderr.strip().splitlines()[-1]}")


class FerretServer(target_servers.Target):
    name = "FerretDB"

    def __init__(self):
        super().__init__(families=("ipv4",))

    def prepare(self):
        build_server()
        if subprocess.run([target_servers.PYTHON, "-c", "import pymongo"], stderr=subprocess.DEVNULL, check=False).returncode:
            raise target_servers.Missing("python3-pymongo is not installed")
        self.tls_address, self.files = ("127.0.0.1", target_servers.free_port()), tls_target.make_certificate(self.folder.name)

    def command(self):
        return [SERVER, f"127.0.0.1:{self.address[1]}", self.folder.name, f"127.0.0.1:{self.tls_address[1]}", *self.files]

    def counts(self):
        """Commands by name, (all, failed), as the server itself counts them."""
        program = ("import json, pymongo; client = pymongo.MongoClient('127.0.0.1', %d); "
                   "print(json.dumps(client.admin.command('serverStatus')['metrics']['commands']))" % self.address[1])
        status = subprocess.run([target_servers.PYTHON, "-c", program], stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        return {name: (row["total"], row["failed"]) for name, row in json.loads(status.stdout).items() if name not in OWN}


def load_command(target, threads, rounds, has_tls=False):
    """Collections are named for the load and the thread."""
    port, files = (target.tls_address[1], target.files[:1]) if has_tls else (target.address[1], ())
    return [target_servers.PYTHON, LOAD, str(port), str(threads), str(rounds), *files]


def check_versions(spans, has_tls):
    """What a driver asks of itself may come by a connection of another load."""
    tls_target.check_versions([span for span in spans if span.attributes["db.operation.name"] not in OWN], "1.3" if has_tls else None)


def read_outcomes(text):
    return [json.loads(line) for line in text.splitlines()]


def wanted_spans(outcomes):
    """By collection, in order: (command, batch size, rows, code, the call's own duration)."""
    wanted = collections.defaultdict(list)
    for outcome in outcomes:
        for command in outcome["commands"]:
            wanted[outcome["collection"]].append((*command, outcome["duration_ns"]))
    return wanted


def check_names(spans):
    for span in spans:
        a = span.attributes
        target = a.get("db.collection.name", a.get("db.namespace"))
        assert span.name == f"{a['db.operation.name']} {target}", f"{span.name}: {a}"
        assert a["db.system.name"] == "mongodb", span
        assert "secret" not in json.dumps([span.name, a]), f"a value left the process: {span}"


def check_spans(spans, outcomes, kind):
    """Each thread has a collection and does one thing after the other: its spans are its calls, in that order."""
    span_checks.check_unique_ids(spans)
    assert {span.kind for span in spans} == {kind}, f"kinds {collections.Counter(span.kind for span in spans)}"
    check_names(spans)
    calls = [span for span in spans if span.attributes["db.operation.name"] not in OWN]
    found = collections.defaultdict(list)
    for span in sorted(calls, key=lambda span: span.start_ns):
        assert span.attributes["db.namespace"] == "load", span
        found[span.attributes.get("db.collection.name")].append(span)
    # A command without a collection cannot be told from another thread's.
    others = found.pop(None, [])
    wanted = wanted_spans(outcomes)
    nosuch = [row for rows in wanted.values() for row in rows if row[0] == "nosuch"]
    assert len(others) == len(nosuch), f"{len(others)} spans without a collection, {len(nosuch)} calls"
    assert all(span.attributes.get("db.response.status_code") == "59" and span.status == 2 for span in others)
    for name in sorted(set(found) | set(wanted)):
        check_collection(name, found[name], [row for row in wanted[name] if row[0] != "nosuch"])
    return calls


def check_collection(name, spans, rows):
    seen = [(span.attributes["db.operation.name"], span.attributes.get("db.operation.batch.size"),
             span.attributes.get("db.response.returned_rows"), span.attributes.get("db.response.status_code")) for span in spans]
    assert seen == [row[:4] for row in rows], f"{name}: spans say\n{seen}\nthe client\n{[row[:4] for row in rows]}"
    for span, row in zip(spans, rows):
        assert (span.status == 2) == (row[3] is not None) and span.attributes.get("error.type") == row[3], span
        assert 0 < span.duration_ns <= row[4], f"{name}: {span.name} took {span.duration_ns} ns, the call {row[4]} ns"


def check_counts(calls, before, after, outcomes):
    by_name = collections.Counter(span.attributes["db.operation.name"] for span in calls)
    for name in by_name:
        total, failed = (after[name][i] - before.get(name, (0, 0))[i] for i in (0, 1))
        assert by_name[name] == total, f"{name}: {by_name[name]} spans, the server counts {total}"
        # What fails within a command (a key that is there already) the server does not count.
        seen = [span.attributes.get("db.response.status_code") for span in calls if span.attributes["db.operation.name"] == name]
        duplicates = sum(row["commands"][0][3] == "11000" for row in outcomes) if name == "insert" else 0
        assert sum(code is not None for code in seen) == failed + duplicates, f"{name}: errors {collections.Counter(seen)}"


def trace_driver(threads, rounds, has_tls):
    title = f"pymongo traced{' by TLS' if has_tls else ''}, {threads} at a time"
    with FerretServer() as target, tap.session(title):
        target.start()
        before = target.counts()
        with Limpet.run(load_command(target, threads, rounds, has_tls), *tls_target.options(has_tls)) as limpet:
            limpet.start().wait()
            outcomes, after = read_outcomes(limpet.stdout), target.counts()
            with tap.case(f"{title}: {len(outcomes)} calls, the commands they take"):
                calls = check_spans(limpet.spans(), outcomes, span_checks.CLIENT)
                check_versions(limpet.spans(), has_tls)
            with tap.case(f"{title}: as many as the server counts, as many failed"):
                check_counts(calls, before, after, outcomes)
            with tap.case(f"{title}: nothing lost"):
                limpet.check_clean()


def trace_server(has_tls):
    title = f"FerretDB traced{' by TLS' if has_tls else ''}, {' and '.join(str(threads) for threads, _ in LOADS)} at a time"
    with FerretServer() as target, tap.session(title), Limpet.run(target.command(), *tls_target.options(has_tls)) as limpet:
        limpet.start().wait_ready()
        target.wait_listening()
        before, outcomes = target.counts(), []
        for threads, rounds in LOADS:
            run = subprocess.run(load_command(target, threads, rounds, has_tls), stdout=subprocess.PIPE, text=True, check=True,
                                 timeout=120, env=environment_for())
            outcomes += read_outcomes(run.stdout)
        after = target.counts()
        limpet.stop()
        with tap.case(f"{title}: {len(outcomes)} calls, the commands they take"):
            calls = check_spans(limpet.spans(), outcomes, span_checks.SERVER)
            check_versions(limpet.spans(), has_tls)
        with tap.case(f"{title}: as many as the server counts, as many failed"):
            check_counts(calls, before, after, outcomes)
        with tap.case(f"{title}: nothing lost"):
            assert not limpet.lost(), f"lost: {limpet.lost()}"


def trace_node():
    with FerretServer() as target, tap.case("Node's driver traced: its commands, by name"):
        install_node_driver()
        target.start()
        command = ["node", os.path.join(FOLDER, "driver_load.js"), MODULES, str(target.address[1]), str(NODE_CALLS)]
        with Limpet.run(command) as limpet:
            limpet.start().wait()
            spans = limpet.spans()
            wanted = json.loads(limpet.stdout)
            check_names(spans)
            seen = collections.Counter(span.attributes["db.operation.name"] for span in spans)
            tap.equal({name: seen[name] for name in seen if name not in OWN}, wanted, "spans by command")
            assert all(span.attributes["db.response.returned_rows"] == 2 for span in spans if span.name == "find items"), spans
            after = target.counts()
            tap.equal({name: after[name][0] for name in wanted}, wanted, "the server's count")
            limpet.check_clean()


def name_midway(span):
    operation = span.attributes["db.operation.name"]
    return operation if operation in ("insert", "delete") else "first"


def check_midway(span):
    check_names([span])
    operation = span.attributes["db.operation.name"]
    assert span.status != 2 and operation in {"update", "find", *OWN}, f"{span.name}: {span.attributes}"
    assert operation != "find" or span.attributes["db.response.returned_rows"] == 1, span.attributes


def trace_midway():
    with FerretServer() as target:
        target.start()
        midway.trace("mongodb", target.pid, target.address[1], (), name_midway, check_midway)


def main():
    try:
        trace_midway()
        for has_tls in (False, True):
            for threads, rounds in LOADS:
                trace_driver(threads, rounds, has_tls)
            trace_server(has_tls)
        trace_node()
    except target_servers.Missing as missing:
        tap.skip("MongoDB's wire protocol", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
