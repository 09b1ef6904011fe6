# SPDX-License-Identifier: Apache-2.0
"""A Kafka broker of the test's own: one KRaft node on loopback, from Maven Central once, in .build."""
import os
import shutil
import subprocess

import target_servers
import tls_target
from limpet_runner import ROOT

VERSION = "4.3.0"
JARS = os.path.join(ROOT, ".build", "tests", f"kafka-{VERSION}")
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>{VERSION}</version></dependency></dependencies></project>
"""
PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},SSL://127.0.0.1:{tls_port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SSL://127.0.0.1:{tls_port}
ssl.keystore.type=PEM
ssl.keystore.location={folder}/keys.pem
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SSL:SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
num.partitions=1
auto.create.topics.enable=true
"""


def fetch_jars():
    if os.path.exists(f"{JARS}/whole"):
        return
    shutil.rmtree(JARS, ignore_errors=True)
    os.makedirs(JARS)
    with open(f"{JARS}/pom.xml", "w", encoding="utf-8") as file:
        file.write(POM)
    try:
        subprocess.run(["mvn", "-q", "dependency:copy-dependencies", "-DoutputDirectory=lib"], cwd=JARS, check=True, timeout=120,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as why:
        raise target_servers.Missing(f"Kafka cannot be had from Maven Central: {why}") from None
    with open(f"{JARS}/whole", "w", encoding="utf-8"):
        pass


def java_command(*words):
    return ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{JARS}/lib/*", *words]


class KafkaServer(target_servers.Target):
    name = "kafka"

    def __init__(self):
        super().__init__(families=("ipv4",))

    def prepare(self):
        if not shutil.which("java") or not shutil.which("mvn"):
            raise target_servers.Missing("java or mvn is not installed")
        fetch_jars()
        folder = self.folder.name
        self.tls_port, self.files = target_servers.free_port(), tls_target.make_certificate(folder)
        with open(f"{folder}/keys.pem", "w", encoding="utf-8") as file:
            for path in reversed(self.files):
                with open(path, encoding="utf-8") as part:
                    file.write(part.read())
        with open(f"{folder}/server.properties", "w", encoding="utf-8") as file:
            file.write(PROPERTIES.format(folder=folder, port=self.address[1], tls_port=self.tls_port, controller=target_servers.free_port()))
        self.java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", f"{folder}/server.properties")

    def java(self, *words):
        return subprocess.run(java_command(*words), check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)

    def command(self):
        return java_command("kafka.Kafka", f"{self.folder.name}/server.properties")
