#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Go's crypto/tls: as many spans as requests on both ends, joined, with symbols and stripped, HTTP/1.1, HTTP/2 and gRPC.

Go's own server and client (tests/e2e/tls_targets/go) and grpc-go's, one goroutine and many; started by limpet and joined midway.
"""
import collections
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "quickstart"))
import http_load
import install
import span_checks
import tap
import test_tls
import tls_servers
import tls_target
from limpet_runner import Limpet
from process_stage import Stage

SIZES = (13, 1000, 3000)
LOADS = (("1.1", 1), ("1.1", 50), ("2", 1), ("2", 50))
COUNT = 120


def build(name, source, *flags):
    folder = os.path.join(install.ROOT, "tests", "e2e", "tls_targets", source)
    environment = {**os.environ, "GOFLAGS": "-p=2", "GOCACHE": os.path.join(install.ROOT, ".build", "go-cache"), "GOTOOLCHAIN": "local"}
    command = [install.find_program("go"), "build", "-C", folder, *flags, "-o", os.path.join(install.BUILT, name, name), "."]
    return os.path.join(install.make_once(name, install.sources_of(folder), command, env=environment), name)


class GoServer(tls_servers.TlsTarget):
    name = "Go"
    program = "tlsgo"

    def prepare(self):
        super().prepare()
        self.programs = {"tlsgo": build("tlsgo", "go"), "tlsgo-stripped": build("tlsgo-stripped", "go", "-ldflags=-s -w")}

    def command(self):
        return [self.programs[self.program], "server", *self.files, *self.listens()]

    def client(self, program, gate, *loads):
        return [self.programs[program], "client", gate, self.listens()[0], str(COUNT), *loads]


class StrippedServer(GoServer):
    name = "Go, stripped"
    program = "tlsgo-stripped"


class GrpcServer(GoServer):
    name = "grpc-go"
    program = "tlsgrpc"

    def prepare(self):
        tls_servers.TlsTarget.prepare(self)
        self.programs = {"tlsgrpc": build("tlsgrpc", "go_grpc", "-ldflags=-s -w")}


def wait_watched(limpet, program, pid):
    """All places: their number depends on the compiler. Said of panics, too."""
    end = time.monotonic() + tls_target.ATTACH_S
    while True:
        found = [int(count) for count in re.findall(rf"debug: {program}: (\d+) places to watch", limpet.stderr)]
        watched = re.findall(rf"watching tls-go-\w+ of \S+ for process {pid}\b", limpet.stderr)
        if len(found) > 1 and len(watched) >= max(found):
            return
        assert time.monotonic() < end, f"{program}, {pid} is not watched: {limpet.stderr[-2000:]}"
        time.sleep(0.02)


class Play:
    """A server and its clients on one stage, traced from their beginning."""

    def __init__(self, target):
        self.target, self.stage = target, Stage()
        self.limpet = Limpet.run(self.stage.command, *tls_target.OPTIONS, stdin=self.stage.stdin_read)

    def __enter__(self):
        self.target.__enter__()
        self.stage.__enter__()
        self.limpet.__enter__()
        self.limpet.start().wait_ready()
        self.stage.connect().start_target(self.target)
        wait_watched(self.limpet, self.target.program, self.target.stage_pid)
        return self

    def __exit__(self, *details):
        self.limpet.__exit__(*details)
        self.stage.__exit__(*details)
        self.target.__exit__(*details)

    def run_client(self, program, *loads):
        gate = os.path.join(self.target.folder.name, "gate")
        pid = self.stage.start_process(self.target.client(program, gate, *loads))
        wait_watched(self.limpet, program, pid)
        with open(gate, "w", encoding="utf-8"):
            pass
        tap.equal(self.stage.wait_process(pid), 0, "the client's exit code")

    def finish(self):
        self.stage.finish()
        self.limpet.wait()
        return self.limpet.spans()


def paths_of(label, count=COUNT):
    return [f"/s/200/{SIZES[number % len(SIZES)]}/{label}/{number}" for number in range(count)]


def check_spans(spans, label, version, kinds=(span_checks.SERVER, span_checks.CLIENT)):
    ours = [span for span in spans if f"/{label}/" in span.path]
    for kind in kinds:
        tap.equal(sorted(span.path for span in span_checks.of_kind(ours, kind)), sorted(paths_of(label)), f"{label}: paths of kind {kind}")
    if len(kinds) == 2:
        span_checks.check_joined(ours, COUNT)
    seen = collections.Counter((span.method, span.status_code, span.attributes.get("network.protocol.version"),
                                span.name.startswith("GET /s/")) for span in ours if span.kind == span_checks.SERVER)
    if span_checks.SERVER in kinds:
        tap.equal(seen, collections.Counter({("GET", 200, version, True): COUNT}), f"{label}: server spans")
    sizes = {(span.path.split("/")[3], span.attributes.get("http.response.body.size")) for span in ours}
    tap.equal(sizes, {(str(size), size) for size in SIZES}, f"{label}: sizes of bodies")
    test_tls.check_tls(ours, "1.3")


def trace_loads():
    with Play(StrippedServer()) as play:
        labels = [(f"v{version[0]}c{concurrency}", version, concurrency) for version, concurrency in LOADS]
        play.run_client("tlsgo", *(":".join((label, version, str(concurrency))) for label, version, concurrency in labels))
        spans = play.finish()
        for label, version, _ in labels:
            with tap.case(f"{label}: {COUNT} requests, a span on each end, joined"):
                check_spans(spans, label, version)
        with tap.case("nothing else, nothing lost"):
            tap.equal(len(spans), 2 * COUNT * len(LOADS), "spans")
            span_checks.check_unique_ids(spans)
            play.limpet.check_clean()


def check_calls(spans, kind, concurrencies):
    """Every fourth is of a service that is not there."""
    seen = collections.Counter((span.name, span.attributes.get("rpc.system.name"), span.attributes.get("rpc.response.status_code"))
                               for span in span_checks.of_kind(spans, kind))
    calls = COUNT * len(concurrencies)
    tap.equal(seen, collections.Counter({("grpc.health.v1.Health/Check", "grpc", "OK"): calls * 3 // 4,
                                         ("grpc.health.v1.Health/Check", "grpc", "NOT_FOUND"): calls // 4}), f"spans of kind {kind}")


def trace_grpc():
    concurrencies = ("1", "50")
    with Play(GrpcServer()) as play:
        play.run_client("tlsgrpc", *concurrencies)
        spans = play.finish()
        with tap.case(f"grpc-go, {' and '.join(concurrencies)} at a time: {COUNT} calls of each, a span on each end, joined"):
            for kind in (span_checks.SERVER, span_checks.CLIENT):
                check_calls(spans, kind, concurrencies)
            clients = {span.span_id: span for span in span_checks.of_kind(spans, span_checks.CLIENT)}
            for server in span_checks.of_kind(spans, span_checks.SERVER):
                client = clients.pop(server.parent_id)  # each one's own
                tap.equal((server.trace_id, server.parent_source), (client.trace_id, "connection"), "trace of a call")
                tap.equal(server.attributes["rpc.response.status_code"], client.attributes["rpc.response.status_code"], "status of a call")
            span_checks.check_unique_ids(spans)
            tls_target.check_versions(spans)
            assert "secret" not in str(spans), "a parameter left the process"
        with tap.case("grpc-go: nothing else, nothing lost"):
            tap.equal(len(spans), 2 * COUNT * len(concurrencies), "spans")
            play.limpet.check_clean()


def trace_run():
    """Over in a moment: watched before it begins."""
    with GoServer() as target, tap.case(f"run: {COUNT} requests of a stripped client, as many spans"):
        target.start()
        gate = os.path.join(target.folder.name, "gate")
        with open(gate, "w", encoding="utf-8"):
            pass
        with Limpet.run(target.client("tlsgo-stripped", gate, "run:2:8"), *tls_target.OPTIONS) as limpet:
            limpet.start().wait()
            limpet.check_clean()
            check_spans(limpet.spans(), "run", "2", (span_checks.CLIENT,))
            tap.equal(len(limpet.spans()), COUNT, "spans")


def trace_attached():
    """Joined midway: all but what a read that waits already gets, whose call began before.

    Its answer is not followed, unless net/http's read in the background began before it was written: then it has no request.
    """
    with StrippedServer() as target:
        target.start()
        load = http_load.Load(target.tls_address, 4, True).open()
        before = load.send(test_tls.requests_for(target, "before", 20))
        with Limpet.attach(target.pid, *tls_target.OPTIONS, "--tls-delay=0") as limpet:
            limpet.start().wait_ready()
            wait_watched(limpet, target.program, target.pid)
            for number, worker in enumerate(load.workers):
                before.append(worker.ask(http_load.Request(f"/s/200/13/first/{number}")))
            outcomes = load.send(test_tls.requests_for(target, "after", 40))
            load.close()
            done = subprocess.run(target.client("tlsgo", target.files[0], "new:2:8"), stdout=subprocess.DEVNULL, timeout=60)
            tap.equal(done.returncode, 0, "the client's exit code")
            limpet.stop()
            with tap.case("attached midway: the requests since, and those of new connections"):
                span_checks.check_outcomes(before + outcomes)
                spans = limpet.spans()
                span_checks.check_server_spans([span for span in spans if "/new/" not in span.path], outcomes)
                check_spans(spans, "new", "2", (span_checks.SERVER,))
                lost = limpet.lost()
                assert lost.pop("exchange_unmatched", 0) <= 4, f"answers to those: {limpet.lost()}"
                tap.equal(lost, {"tls_unbound": 4}, "lost: what the reads got that waited")


PARTS = {
    "loads": trace_loads,
    "grpc": trace_grpc,
    "run": trace_run,
    "attached": trace_attached,
}


def main():
    for name in sys.argv[1:] or PARTS:
        with tap.session(name):
            PARTS[name]()
    tap.finish()


if __name__ == "__main__":
    main()
