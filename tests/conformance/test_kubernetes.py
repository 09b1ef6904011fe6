#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""limpet's watch of pods against a strict API server: every change arrives exactly, whatever happens to streams, versions, tokens,
authorities and the server itself.

The client is print_pods.c around the agent's own room agent/kubernetes; the server is kubernetes_server.py.
LIMPET_OUTAGE_S: how long the server is down (3; an outage worth the name is 60)."""
import contextlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
sys.dont_write_bytecode = True
import tap
from kubernetes_server import Server, make_pod

CLIENT = os.path.join(ROOT, ".build/tests/conformance/print_pods")
NODE = "node-7.example"
PATIENCE_S = 30
OUTAGE_S = float(os.environ.get("LIMPET_OUTAGE_S", "3"))


def wait_for(what, condition, patience_s=PATIENCE_S):
    until = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < until, f"waited {patience_s} s for {what}"
        time.sleep(0.02)


class Client:
    """print_pods and what it said so far."""

    def __init__(self, api, page_items=7):
        self.api, self.lines, self.errors = api, [], []
        environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        self.process = subprocess.Popen(
            [CLIENT, api.url, NODE, api.path("token"), api.path("ca.crt"), str(page_items)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        self.readers = [threading.Thread(target=self.read, args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))]
        for reader in self.readers:
            reader.start()

    def read(self, stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))

    def news(self):
        """(kind, namespace/name, version) in order."""
        return [(kind, name, version) for kind, name, _, version in self.told()]

    def told(self):
        found = [line.split(" ") for line in list(self.lines) if line.split(" ")[0] in ("ADDED", "MODIFIED", "DELETED")]
        return [(kind, name, uid, int(version)) for kind, name, uid, version, *_ in found]

    def state(self):
        """name -> version of what it believes to be there. A new pod may have the name of one that is not known to be gone yet."""
        state = {}
        for kind, name, uid, version in self.told():
            if kind == "DELETED":
                assert uid in state, f"{name} deleted and was not there"
                del state[uid]
            else:
                assert (kind == "ADDED") == (uid not in state), f"{kind} {name}, known: {uid in state}"
                assert version > state.get(uid, (0, 0))[1], f"{name}: {version} after {state[uid]}"
                state[uid] = (name, version)
        return dict(state.values()) if len(dict(state.values())) == len(state) else {}

    def ask(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()

    def stop(self):
        """lists, watches, failures, unreadable."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        code = self.process.wait(PATIENCE_S)
        for reader in self.readers:
            reader.join(PATIENCE_S)
        assert code == 0, f"exit code {code}: {self.errors}"
        return [int(word) for word in re.findall(r"\d+", self.lines[-1])]


def truth(api):
    with api.cluster.lock:
        return {f"{namespace}/{name}": int(pod["metadata"]["resourceVersion"])
                for (namespace, name), pod in api.cluster.pods.items()}


def settle(client, patience_s=PATIENCE_S):
    """It believes what is so."""
    wait_for("the client to know what is so", lambda: client.state() == truth(client.api), patience_s)


class Life:
    """Pods that come, change and go at random; every change is noted."""

    def __init__(self, api, seed):
        self.api, self.random, self.log = api, random.Random(seed), []

    def put(self, name, **given):
        namespace = "shop" if ord(name[-1]) % 2 else "bank"
        containers = {"app": (f"{self.random.randrange(1 << 256):064x}", self.random.randrange(3), "shop/web:1.2")}
        pod = make_pod(namespace, name, str(uuid.UUID(int=self.random.randrange(1 << 128))) if "uid" not in given else given["uid"],
                       NODE, containers=containers, owner=("ReplicaSet", "web-7c5d"), labels={"pod-template-hash": "7c5d"})
        old = self.api.cluster.pods.get((namespace, name))
        if old:
            pod["metadata"]["uid"] = old["metadata"]["uid"]
        version = self.api.cluster.put(pod)
        self.log.append(("MODIFIED" if old else "ADDED", f"{namespace}/{name}", version))

    def delete(self, name):
        namespace = "shop" if ord(name[-1]) % 2 else "bank"
        old = int(self.api.cluster.pods[(namespace, name)]["metadata"]["resourceVersion"])
        self.api.cluster.delete(namespace, name)
        self.log.append(("DELETED", f"{namespace}/{name}", old))

    def step(self, names=12):
        name = f"web-7c5d-{self.random.randrange(names)}"
        namespace = "shop" if ord(name[-1]) % 2 else "bank"
        if (namespace, name) in self.api.cluster.pods and self.random.random() < 0.3:
            self.delete(name)
        else:
            self.put(name)


@contextlib.contextmanager
def stage(pods=0, **options):
    with tempfile.TemporaryDirectory() as folder:
        api = Server(os.path.join(folder, "account"), NODE, **options)
        life = Life(api, 7)
        for i in range(pods):
            life.put(f"old-{i}")
        client = Client(api)
        try:
            yield api, life, client
        finally:
            if client.process.poll() is None:
                client.process.kill()
            api.down()
        assert not api.cluster.violations, f"refused: {api.cluster.violations[:3]}"


def test_first_list():
    with tap.case("a cluster with pods of other nodes: all of ours, none of theirs"), stage(pods=30) as (api, life, client):
        api.cluster.put(make_pod("shop", "elsewhere", "f" * 36, "node-8"))
        settle_without = {name: version for name, version in truth(api).items() if name != "shop/elsewhere"}
        wait_for("the list", lambda: client.state() == settle_without)
        line = next(line for line in client.lines if line.startswith("ADDED"))
        assert re.fullmatch(r"ADDED \w+/old-\d+ [0-9a-f-]{36} \d+ web app:[0-9a-f]{64}:\d", line), line
        client.stop()


def test_streams():
    with tap.case("streams dropped within an object, cut anywhere: every change once, in order"), \
            stage(pods=5) as (api, life, client):
        settle(client)
        for step in range(400):
            life.step()
            if step % 25 == 24:
                api.drop_streams()
            if step % 10 == 0:
                time.sleep(0.03)
        settle(client)
        lists, watches, failures, unreadable = client.stop()
        assert client.news()[5:] == life.log[5:], "not the same changes in the same order"
        assert lists == 1 and watches >= 8 and unreadable == 0, (lists, watches, failures, unreadable)


def test_short_lived():
    with tap.case("pods that live for 1 s"), stage(pods=1) as (api, life, client):
        settle(client)
        for i in range(3):
            life.put(f"job-{i}")
            time.sleep(1)
            life.delete(f"job-{i}")
        settle(client)
        wait_for("their ends", lambda: client.news()[1:] == life.log[1:])
        client.stop()


def test_watch_ends():
    with tap.case("watches that end in their time are begun again without a list"), stage(pods=2) as (api, life, client):
        settle(client)
        for _ in range(12):
            time.sleep(0.4)
            life.step()
        settle(client)
        lists, watches, failures, _ = client.stop()
        assert client.news()[2:] == life.log[2:]
        assert lists == 1 and watches >= 3 and failures == 0, (lists, watches, failures)


def test_expired(by_status):
    how = "as a status" if by_status else "as an event"
    with tap.case(f"versions that expired, {how}: a new list, page by page, and nothing twice"), stage(pods=40) as (api, life, client):
        api.cluster.gone_by_status = by_status
        settle(client)
        for _ in range(4):
            api.down()
            for _ in range(10):
                life.step()
            api.cluster.compact()
            api.up()
            settle(client)
        lists, _, _, _ = client.stop()
        assert lists >= 5, lists
        assert any("continue=" in path for path in api.cluster.requests), "no second page was asked for"


def test_list_expires():
    with tap.case("a list whose next page expired is begun anew"), stage(pods=60) as (api, life, client):
        settle(client)
        place, count = api.cluster._place, [0]

        def expire_once(token):
            count[0] += bool(token)
            if token and count[0] == 3:
                api.cluster.snapshots.clear()
            return place(token)
        api.cluster._place = expire_once
        api.cluster.compact()
        life.step()
        wait_for("all pages of the second list", lambda: count[0] >= 3 + 60 // 7)
        settle(client)
        lists, _, _, _ = client.stop()
        assert lists == 3, lists


def test_bookmarks():
    with tap.case("a bookmark moves on where to resume: no list when what lies before expires"), \
            stage(pods=2, bookmark_s=0.1) as (api, life, client):
        settle(client)
        watched = api.cluster.version
        with api.cluster.lock:
            api.cluster.version += 500  # others' pods
            api.cluster.history.append((api.cluster.version, "BOOKMARKED", None))
            api.cluster.history.clear()
        real = api.cluster.next_events
        api.cluster.next_events = lambda version, wait: (max(version, watched + 500) if version == watched else
                                                         real(version, wait)[0], real(max(version, watched + 500), wait)[1])
        time.sleep(1)
        api.cluster.compacted = watched + 400
        api.cluster.next_events = real
        api.drop_streams()
        life.step()
        settle(client)
        lists, _, _, _ = client.stop()
        assert lists == 1, f"{lists} lists"


def test_tokens():
    with tap.case("tokens are rotated: the new one is read without a failure in sight"), stage(pods=3) as (api, life, client):
        settle(client)
        for _ in range(3):
            api.rotate_token()
            api.drop_streams()
            for _ in range(5):
                life.step()
            settle(client)
        client.stop()
        assert client.news()[3:] == life.log[3:]
        assert not any("401" in line for line in client.errors), client.errors
    with tap.case("a token refused is said, and the next one in the file is taken"), stage(pods=3) as (api, life, client):
        settle(client)
        good = next(iter(api.cluster.tokens))
        api.cluster.tokens = {"another"}
        api.drop_streams()
        wait_for("the complaint", lambda: any("401 Unauthorized" in line for line in client.errors))
        life.step()
        api.cluster.tokens = {good}
        settle(client)
        client.stop()
        assert len([line for line in client.errors if "401" in line]) == 1, client.errors


def test_authorities():
    with tap.case("the authority is rotated, file and server at once"), stage(pods=3) as (api, life, client):
        settle(client)
        for _ in range(2):
            api.rotate_authority()
            life.step()
            settle(client)
        client.stop()
    with tap.case("a server nobody vouches for gets no token; once the file names its authority it does"), \
            stage(pods=3) as (api, life, client):
        settle(client)
        before = len(api.cluster.requests)
        authority = api.rotate_authority(publish=False)
        life.step()
        wait_for("the complaint", lambda: any("certificate" in line for line in client.errors))
        assert len(api.cluster.requests) == before, "a request got through"
        api.publish_authority(authority)
        settle(client)
        client.stop()


def test_outage():
    with tap.case(f"the server is down for {OUTAGE_S:g} s: what happened meanwhile is known after"), stage(pods=8) as (api, life, client):
        settle(client)
        api.down()
        before = dict(client.state())
        for _ in range(20):
            life.step()
        time.sleep(OUTAGE_S)
        assert client.state() == before, "pods were forgotten while nobody could tell"
        api.up()
        settle(client, 5)
        lists, _, failures, _ = client.stop()
        # Not hammered: at most one try per 200 ms of the longest delay.
        assert lists == 1 and 2 <= failures <= OUTAGE_S * 5 + 12, (lists, failures)
        assert client.news()[8:] == life.log[8:]
        warnings = [line for line in client.errors if "warning" in line]
        assert 1 <= len(warnings) <= 2 + OUTAGE_S / 60, client.errors
        assert any("answers again" in line for line in client.errors), client.errors


def test_refusals():
    with tap.case("not allowed to list: said once, with the mend; allowed, it goes on"), stage(pods=3) as (api, life, client):
        settle(client)
        api.cluster.may_list = False
        api.drop_streams()
        wait_for("the complaint", lambda: any("403" in line for line in client.errors))
        time.sleep(1)
        api.cluster.may_list = True
        life.step()
        settle(client)
        client.stop()
        said = [line for line in client.errors if "403" in line]
        assert len(said) == 1 and "give the service account list and watch of pods" in said[0], client.errors


def test_secrets():
    with tap.case("Secrets: only what may be read and is there, in no other words than the API's"), stage(pods=1) as (api, life, client):
        api.cluster.secrets = {("shop", "sentry"): {"dsn": "https://k@o1.ingest.sentry.io/2\n", "bad": "\x07bell", "void": ""},
                               ("bank", "sentry"): {"dsn": "https://other@example/1"}}
        api.cluster.readable = {("shop", "sentry"), ("shop", "missing")}
        settle(client)
        wanted = []
        for words, answer in ((("shop", "sentry", "dsn"), "ok https://k@o1.ingest.sentry.io/2"),
                              (("shop", "sentry", "nokey"), "No such file or directory "),
                              (("shop", "sentry", "bad"), "Invalid argument "), (("shop", "sentry", "void"), "Invalid argument "),
                              (("shop", "missing", "dsn"), "No such file or directory "),
                              (("bank", "sentry", "dsn"), "Permission denied "),
                              (("shop", "../../x", "dsn"), "refused"), (("shop", "a/b", "dsn"), "refused")):
            client.ask(*words)
            wanted.append(" ".join(("SECRET",) + words) + " " + answer)
        wait_for("all answers", lambda: len([line for line in client.lines if line.startswith("SECRET")]) == len(wanted))
        assert sorted(line for line in client.lines if line.startswith("SECRET")) == sorted(wanted), client.lines
        client.stop()


def test_hostile():
    with tap.case("pods with everything wrong in them cost themselves only"), stage(pods=1) as (api, life, client):
        settle(client)
        bad = make_pod("shop", "bad", "b" * 36, NODE)
        bad["status"] = ["no", "status"]
        bad["metadata"]["labels"] = "none"
        bad["metadata"]["ownerReferences"] = [7, {"controller": True, "name": None}]
        api.cluster.put(bad)
        huge = make_pod("shop", "huge", "c" * 36, NODE, labels={f"l{i}": "v" * 63 for i in range(500)})
        api.cluster.put(huge)
        nameless = make_pod("shop", "nameless", "", NODE)
        api.cluster.put(nameless)
        long = make_pod("shop", "long", "d" * 36, NODE, annotations={"limpet.io/x": "y" * (5 << 20)})
        api.cluster.put(long)
        life.step()
        known = {name: version for name, version in truth(api).items() if name not in ("shop/nameless", "shop/long")}
        wait_for("the good ones", lambda: client.state() == known)
        assert client.stop()[3] == 2, client.lines[-1]


def main():
    if not shutil.which("openssl"):
        with tap.case("the watch of pods against a strict API server"):
            raise tap.Skip("openssl is not installed")
        tap.finish()
    test_first_list()
    test_streams()
    test_short_lived()
    test_watch_ends()
    test_expired(by_status=False)
    test_expired(by_status=True)
    test_list_expires()
    test_bookmarks()
    test_tokens()
    test_authorities()
    test_outage()
    test_refusals()
    test_secrets()
    test_hostile()
    tap.finish()


if __name__ == "__main__":
    main()
