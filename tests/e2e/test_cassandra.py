#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""CQL between Debian's cassandra-driver and Cassandra 5.0 (from Maven): versions 4 and 5, a traced driver and a traced server.

As many spans as the driver made requests, by summary; errors by code; no value anywhere.
"""
import collections
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import midway
import span_checks
import tap
import target_servers
import tls_target
from limpet_runner import ROOT, Limpet, environment_for

FOLDER = os.path.join(ROOT, "tests", "e2e", "cassandra")
JARS = os.path.join(ROOT, ".build", "cassandra")
LOAD = os.path.join(FOLDER, "driver_load.py")
CALLS = 100
START_S = 150

EXPORTS = ("java.base/jdk.internal.misc", "java.base/jdk.internal.ref", "java.base/sun.nio.ch", "java.rmi/sun.rmi.registry",
           "java.management.rmi/com.sun.jmx.remote.internal.rmi", "java.rmi/sun.rmi.server", "java.sql/java.sql",
           "jdk.attach/sun.tools.attach", "jdk.compiler/com.sun.tools.javac.api")
OPENS = ("java.lang", "java.lang.module", "java.lang.reflect", "java.io", "java.math", "java.net", "java.nio", "java.nio.charset",
         "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "jdk.internal.loader", "jdk.internal.ref",
         "jdk.internal.reflect", "jdk.internal.math", "jdk.internal.module", "jdk.internal.util.jar", "sun.nio.ch")
SETTINGS = """cluster_name: limpet
num_tokens: 1
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
native_transport_port: {port}
storage_port: {storage_port}
ssl_storage_port: {ssl_port}
commitlog_sync: periodic
commitlog_sync_period: 10000ms
commitlog_segment_size: 8MiB
commitlog_directory: {folder}/commitlog
data_file_directories: [{folder}/data]
saved_caches_directory: {folder}/caches
hints_directory: {folder}/hints
cdc_raw_directory: {folder}/cdc
memtable_heap_space: 32MiB
memtable_offheap_space: 32MiB
client_encryption_options: {{enabled: true, optional: true, keystore: {folder}/keys, keystore_password: secret, store_type: PKCS12}}
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [{{seeds: "127.0.0.1:{storage_port}"}}]
"""
LOGGING = '<configuration><root level="OFF"/></configuration>'


class CassandraServer(target_servers.Target):
    name = "Cassandra"

    def __init__(self):
        super().__init__(families=("ipv4",))

    def prepare(self):
        if not shutil.which("java") or not shutil.which("mvn"):
            raise target_servers.Missing("java or mvn is not installed")
        version = subprocess.run(["java", "-version"], stderr=subprocess.PIPE, text=True, check=False).stderr
        if 'version "17' not in version and 'version "11' not in version:
            raise target_servers.Missing("Cassandra 5.0 runs on Java 11 and 17 only")
        if subprocess.run([target_servers.PYTHON, "-c", "import cassandra"], stderr=subprocess.DEVNULL, check=False).returncode:
            raise target_servers.Missing("python3-cassandra is not installed")
        if not os.path.exists(os.path.join(JARS, "complete")):
            self.fetch()
        self.files = tls_target.make_certificate(self.folder.name)
        subprocess.run(["openssl", "pkcs12", "-export", "-in", self.files[0], "-inkey", self.files[1], "-passout", "pass:secret",
                        "-out", f"{self.folder.name}/keys"], check=True, stderr=subprocess.DEVNULL)
        ports = {"storage_port": target_servers.free_port(), "ssl_port": target_servers.free_port()}
        text = SETTINGS.format(folder=self.folder.name, port=self.address[1], **ports)
        for name, content in (("cassandra.yaml", text), ("logback.xml", LOGGING)):
            with open(os.path.join(self.folder.name, name), "w", encoding="utf-8") as file:
                file.write(content)

    @staticmethod
    def fetch():
        command = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={JARS}"]
        run = subprocess.run(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True, timeout=600, check=False)
        if run.returncode:
            raise target_servers.Missing("mvn cannot fetch Cassandra")
        with open(os.path.join(JARS, "complete"), "w", encoding="utf-8"):
            pass

    def command(self):
        folder = self.folder.name
        options = [f"--add-exports={name}=ALL-UNNAMED" for name in EXPORTS]
        options += [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENS]
        options += ["--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED", "-Xms256m", "-Xmx256m", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "-Djdk.attach.allowAttachSelf=true", f"-Dcassandra.storagedir={folder}",
                    f"-Dcassandra.config=file://{folder}/cassandra.yaml", f"-Dlogback.configurationFile={folder}/logback.xml",
                    "-Dcassandra-foreground=yes", "-Dcassandra.skip_wait_for_gossip_to_settle=0", "-Dcassandra.ring_delay_ms=1"]
        return ["sh", "-c", "exec \"$@\" 2> /dev/null", "sh", "java", *options, "-cp", f"{folder}:{JARS}/*", "org.apache.cassandra.service.CassandraDaemon"]

    def wait_listening(self):
        """A JVM on a busy machine takes its time."""
        end = time.monotonic() + START_S
        while True:
            try:
                return target_servers.wait_listening(self.address, self.process)
            except AssertionError as late:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise target_servers.Missing(f"Cassandra does not start here: {late}") from None


def load_command(target, version, has_tls=False):
    return [target_servers.PYTHON, LOAD, str(target.address[1]), str(version), str(CALLS), *(target.files[:1] if has_tls else ())]


def check_spans(spans, wanted, kind):
    span_checks.check_unique_ids(spans)
    assert {span.kind for span in spans} == {kind}, f"kinds {collections.Counter(span.kind for span in spans)}"
    seen = collections.Counter(span.name for span in spans if " load." in span.name)
    requests = {name: count for name, count in seen.items() if name.split()[0] in ("INSERT", "SELECT", "BATCH")}
    tap.equal(requests, wanted, "spans by name")
    for span in spans:
        a = span.attributes
        assert a["db.system.name"] == "cassandra" and "secret" not in json.dumps([span.name, a]), span
        is_error = span.name == "SELECT load.nosuch"
        assert (span.status == 2) == is_error and (a.get("db.response.status_code") == "0x2200") == is_error, span
        if span.name.startswith("SELECT load.orders"):
            assert a["db.response.returned_rows"] == 1 and a["db.query.text"].endswith(" WHERE id = ?"), span
        if span.name.startswith("BATCH"):
            assert a["db.operation.batch.size"] == 3, span


def trace_driver(target, version, has_tls=False):
    title = f"driver traced{' by TLS' if has_tls else ''}, version {version}"
    with tap.session(title), Limpet.run(load_command(target, version, has_tls), *tls_target.options(has_tls)) as limpet:
        limpet.start().wait(180)
        with tap.case(f"{title}: its requests by name"):
            check_spans(limpet.spans(), json.loads(limpet.stdout), span_checks.CLIENT)
            tls_target.check_versions(limpet.spans(), "1.3" if has_tls else None)
        with tap.case(f"{title}: nothing lost"):
            limpet.check_clean()


def trace_server(target, version):
    title = f"server traced, version {version}"
    with tap.session(title), Limpet.attach(target.pid) as limpet:
        limpet.start().wait_ready()
        run = subprocess.run(load_command(target, version), stdout=subprocess.PIPE, text=True, check=True, timeout=180,
                             env=environment_for())
        limpet.stop()
        with tap.case(f"{title}: its requests by name"):
            check_spans(limpet.spans(), json.loads(run.stdout), span_checks.SERVER)
        with tap.case(f"{title}: nothing lost"):
            assert not limpet.lost(), f"lost: {limpet.lost()}"


def name_midway(span):
    operation = span.name.split()[0]
    return operation if operation in ("UPDATE", "DELETE") else "first"


def check_midway(span):
    """What was prepared before is told as what it is: something prepared. Its text is not guessed."""
    attributes = span.attributes
    assert span.status != 2 and attributes["db.system.name"] == "cassandra" and "secret" not in json.dumps([span.name, attributes]), span
    operation = span.name.split()[0]
    assert operation in ("EXECUTE", "SELECT"), f"{span.name}: {attributes}"
    if operation == "EXECUTE":
        assert "db.query.text" not in attributes, attributes
    elif "orders" in span.name:
        tap.equal(attributes["db.response.returned_rows"], 1, "rows")


def trace_midway(target, version):
    with tap.session(f"version {version}, joined midway"):
        midway.trace("cassandra", target.pid, target.address[1], (), name_midway, check_midway, str(version))


def make_table(target):
    program = ("from cassandra.cluster import Cluster; session = Cluster(['127.0.0.1'], port=%d, protocol_version=4, connect_timeout=60)"
               ".connect(); session.default_timeout = 60; session.execute(\"CREATE KEYSPACE IF NOT EXISTS load WITH replication = {'class': "
               "'SimpleStrategy', 'replication_factor': 1}\"); session.execute('CREATE TABLE IF NOT EXISTS load.orders (id int PRIMARY KEY, card text)')")
    subprocess.run([target_servers.PYTHON, "-c", program % target.address[1]], check=True, timeout=180, env=environment_for())


def main():
    try:
        with CassandraServer() as target:
            target.start()
            for version in (4, 5):
                trace_driver(target, version)
            trace_driver(target, 5, True)
            trace_server(target, 5)
            make_table(target)
            for version in (4, 5):
                trace_midway(target, version)
    except target_servers.Missing as missing:
        tap.skip("CQL between driver and server", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
