#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Names of containers from a strict CRI server and a Docker API, over their sockets: what is asked, what becomes of good and bad answers."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
from fake_cri import FakeCri
from fake_docker import FakeDocker

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, ".build", "tests", "e2e", "show_container")
WEB, DB, GONE = "9f86d081" * 8, "1b4f0e98" * 8, "60303ae2" * 8
DIGEST = "sha256:" + "19c92d0a" * 8
IMAGE = "sha256:" + "e4ca62c0" * 8
LABELS = {"io.kubernetes.pod.name": "web-1", "io.kubernetes.pod.namespace": "shop", "io.kubernetes.pod.uid": "u-1",
          "io.kubernetes.container.name": "web", "team": "cart", "password": "secret"}


class Lookup:
    def __init__(self, sockets):
        self.process = subprocess.Popen([PROGRAM, sockets], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def ask(self, runtime, container_id):
        """What was added to the id and the runtime; None: nobody knew."""
        self.process.stdin.write(f"{runtime} {container_id}\n")
        self.process.stdin.flush()
        found = {}
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(self.process.stderr.read())
            key, _, value = line.rstrip("\n").partition("=")
            if line.startswith("end "):
                break
            found[key] = value
        assert found.pop("container.id") == container_id
        found.pop("container.runtime.name")
        return found if line == "end known\n" else None

    def stop(self):
        _, said = self.process.communicate(timeout=60)
        tap.equal(self.process.returncode, 0, f"exit code; {said}")
        return said


def check_cri(folder):
    path = os.path.join(folder, "cri.sock")
    server = FakeCri(path)
    server.add(WEB, "web", "docker.io/library/shop:1.2", "docker.io/library/shop@" + DIGEST, LABELS, attempt=2,
               image_id=IMAGE, started_at=1767607212716204999)
    with tap.case("CRI: name, image, digest, pod"):
        lookup = Lookup("cri:" + path)
        tap.equal(lookup.ask("containerd", WEB), {
            "container.name": "web", "container.image.name": "docker.io/library/shop", "container.image.tags": "1.2|",
            "container.image.id": IMAGE, "container.image.repo_digests": f"docker.io/library/shop@{DIGEST}|",
            "oci.manifest.digest": DIGEST, "k8s.container.restart_count": "2", "k8s.pod.name": "web-1",
            "k8s.namespace.name": "shop", "k8s.pod.uid": "u-1", "k8s.container.name": "web", "container.label.team": "cart",
            "limpet.container.start_time": "2026-01-05T10:00:12Z"}, "attributes")
        tap.equal(server.errors, [], "what was wrong with the request")
    with tap.case("CRI: known is not asked again, unknown is no reason to complain"):
        lookup.ask("cri-o", WEB)
        tap.equal(lookup.ask("containerd", GONE), None, "a container nobody knows")
        tap.equal(server.requests, [("container", WEB), ("container", GONE), ("sandbox", GONE)], "requests")
        tap.equal(lookup.stop(), "", "said")
    with tap.case("CRI: the sandbox of a pod"):
        server.add_sandbox(DB, "db-0", "shop", "u-2")
        lookup = Lookup("cri:" + path)
        tap.equal(lookup.ask("containerd", DB), {"k8s.pod.name": "db-0", "k8s.namespace.name": "shop", "k8s.pod.uid": "u-2",
                                                 "limpet.container.sandbox": "true"}, "attributes")
        tap.equal(server.errors, [], "what was wrong with the requests")
        lookup.stop()
    for word in ("cut", "lost", "garbage", "huge", "slow", "other"):
        with tap.case(f"CRI: an answer that is {word}: none, said once"):
            server.add(word, "x", "x:1")
            if word == "other":
                server.containers[word].id = WEB
            lookup = Lookup("cri:" + path)
            tap.equal(lookup.ask("containerd", word), None, "answer")
            said = lookup.stop().strip().split("\n")
            tap.equal(len(said), 1, f"lines said: {said}")
            assert "cannot ask " + path in said[0], said
    with tap.case("CRI: a server that was away is asked again"):
        server.stop()
        lookup = Lookup("cri:" + path)
        tap.equal(lookup.ask("containerd", WEB), None, "without a server")
        again = FakeCri(path)
        again.add(DB, "db", "postgres:15")
        tap.equal(lookup.ask("containerd", DB)["container.name"], "db", "another container, at once")
        said = lookup.stop()
        assert said.count("\n") == 1 and "no socket of a runtime is there" in said, said
        again.stop()


def check_docker(folder):
    path = os.path.join(folder, "docker.sock")
    server = FakeDocker(path)
    server.add(WEB, "shop-web-1", "shop:1.2", IMAGE, ["shop@" + DIGEST], {"team": "cart", "password": "secret"}, restarts=3)
    with tap.case("Docker: name, image, digest, restarts"):
        lookup = Lookup("docker:" + path)
        wanted = {"container.name": "shop-web-1", "container.image.name": "shop", "container.image.tags": "1.2|",
                  "container.image.id": IMAGE, "container.image.repo_digests": f"shop@{DIGEST}|",
                  "oci.manifest.digest": DIGEST, "limpet.container.restart_count": "3", "container.label.team": "cart",
                  "limpet.container.start_time": "2026-01-05T10:00:12Z"}
        tap.equal(lookup.ask("docker", WEB), wanted, "attributes")
        tap.equal(server.requests, [f"/containers/{WEB}/json", f"/images/{IMAGE}/json"], "requests")
    with tap.case("Docker: unknown, and no id at all"):
        tap.equal(lookup.ask("podman", GONE), None, "unknown")
        tap.equal(lookup.ask("docker", "../../images"), None, "a name for a path")
        tap.equal(len(server.requests), 3, "requests")
        tap.equal(lookup.stop(), "", "said")
    for word, body in (("no JSON", b"{"), ("huge", b'{"a":"' + b"x" * (8 << 20) + b'"}'), ("a list", b"[]")):
        with tap.case(f"Docker: an answer that is {word}: none, said once"):
            server.containers[DB] = body
            lookup = Lookup("docker:" + path)
            tap.equal(lookup.ask("docker", DB), None, "answer")
            tap.equal(len(lookup.stop().strip().split("\n")), 1, "lines said")
    server.stop()


def main():
    with tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        check_cri(folder)
        check_docker(folder)
    tap.finish()


main()
