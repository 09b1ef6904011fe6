#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 and gRPC: as many spans as requests, the right fields, both ends joined; joined midway, no wrong span.

nghttpd asked by h2load and curl; gRPC by Go's own client and server, one connection, one call or many at a time.
"""
import collections
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "quickstart"))
import install
import span_checks
import tap
import target_servers
from limpet_runner import Limpet

CALLS = 240
CODES = {0: "OK", 5: "NOT_FOUND", 12: "UNIMPLEMENTED", 15: "DATA_LOSS"}
SERVER_ERRORS = (12, 15)
MARKS = {"limpet.lossy", "limpet.incomplete", "limpet.headers.incomplete"}


def find(name):
    program = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not program:
        raise tap.Skip(f"{name} is not installed")
    return program


def build_grpc_app():
    folder = os.path.join(install.ROOT, "tests", "e2e", "grpc_app")
    environment = {**os.environ, "GOFLAGS": "-p=2", "GOCACHE": os.path.join(install.ROOT, ".build", "go-cache"),
                   "GOMODCACHE": os.path.join(install.ROOT, ".build", "go-mod"), "GOTOOLCHAIN": "local"}
    target = os.path.join(install.BUILT, "grpc_app")
    command = [install.find_program("go"), "build", "-C", folder, "-o", os.path.join(target, "grpc_app"), "."]
    return os.path.join(install.make_once("grpc_app", install.sources_of(folder), command, env=environment), "grpc_app")


class Nghttpd(target_servers.Target):
    name = "nghttpd"

    def __init__(self):
        super().__init__(families=("ipv4",))

    def prepare(self):
        self.program = find("nghttpd")
        for name, size in (("a", 6), ("b", 300)):
            with open(os.path.join(self.folder.name, name), "wb") as file:
                file.write(b"x" * size)

    def command(self):
        return [self.program, "--no-tls", "-d", self.folder.name, "-a", "127.0.0.1", str(self.address[1])]

    def url(self, path):
        return f"http://127.0.0.1:{self.address[1]}{path}"


def load(target, count, clients, streams, path):
    done = subprocess.run([find("h2load"), f"-n{count}", f"-c{clients}", f"-m{streams}", target.url(path)],
                          stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert f"{count} succeeded" in done.stdout, done.stdout


def seen(spans):
    return collections.Counter((span.name, span.method, span.path, span.status_code, span.status,
                                span.attributes.get("network.protocol.version")) for span in spans)


def check_server():
    with Nghttpd() as target:
        with Limpet.run(target.command()) as limpet:
            limpet.start().wait_ready()
            target.wait_listening()
            load(target, 200, 1, 1, "/a")
            load(target, 1000, 50, 1, "/a")
            load(target, 600, 4, 10, "/b")
            for path in ("/none", "/a"):  # curl 7.88 fails to take up its own connection again
                subprocess.run([find("curl"), "-s", "--http2-prior-knowledge", target.url(path)],
                               stdout=subprocess.DEVNULL, timeout=30, check=True)
            limpet.stop()
            spans = limpet.spans()
            tap.equal(seen(spans), collections.Counter({
                ("GET /a", "GET", "/a", 200, 0, "2"): 1201, ("GET /b", "GET", "/b", 200, 0, "2"): 600,
                ("GET /none", "GET", "/none", 404, 0, "2"): 1}), "server spans")
            tap.equal({span.attributes["http.response.body.size"] for span in spans if span.path == "/b"}, {300}, "sizes")
            span_checks.check_unique_ids(spans)
            limpet.check_clean(128 + 15)  # `run` leaves as its program did


def check_both_ends(clients, streams):
    with Nghttpd() as target:
        script = (f"{' '.join(target.command())} & server=$!; sleep 0.5; "
                  f"{find('h2load')} -n300 -c{clients} -m{streams} {target.url('/a')} > {target.folder.name}/said; "
                  "sleep 0.5; kill $server; wait")
        with Limpet.run(["sh", "-c", script]) as limpet:
            limpet.start().wait()
            spans = limpet.spans()
            servers, callers = (span_checks.of_kind(spans, kind) for kind in (span_checks.SERVER, span_checks.CLIENT))
            tap.equal((len(servers), len(callers)), (300, 300), "server and client spans")
            by_id = {span.span_id: span for span in callers}
            tap.equal(len({span.parent_id for span in servers}), 300, "parents of server spans")
            for span in servers:
                caller = by_id[span.parent_id]
                tap.equal((span.trace_id, span.parent_source), (caller.trace_id, "connection"), "the parent")
                assert caller.start_ns <= span.start_ns and span.duration_ns <= caller.duration_ns, \
                    f"not inside its caller: {span} {caller}"


def check_calls(spans, outcomes, limit):
    wanted = {outcome["trace"]: outcome for outcome in outcomes}
    for kind in (span_checks.SERVER, span_checks.CLIENT):
        of_kind = span_checks.of_kind(spans, kind)
        tap.equal(collections.Counter(span.trace_id for span in of_kind), collections.Counter(list(wanted)), "traces")
        for span in of_kind:
            outcome, attributes = wanted[span.trace_id], span.attributes
            is_other = kind == span_checks.SERVER and outcome["status"] == 12
            tap.equal((attributes["rpc.system.name"], attributes["rpc.response.status_code"],
                       attributes.get("rpc.method_original", attributes["rpc.method"]),
                       attributes["rpc.method"] == "_OTHER", span.name),
                      ("grpc", CODES[outcome["status"]], outcome["method"], is_other,
                       "grpc" if is_other else outcome["method"]), "the call")
            sent = attributes.get("limpet.rpc.request.messages")
            # A server that knows no such method may answer before the message is there.
            assert sent == outcome["sent"] or (outcome["status"] == 12 and sent == 0), f"{sent} messages sent: {outcome}"
            tap.equal((outcome["sent"], attributes.get("limpet.rpc.response.messages")),
                      (outcome["sent"], outcome["received"]), f"messages of {outcome['method']}")
            is_error = outcome["status"] in SERVER_ERRORS if kind == span_checks.SERVER else outcome["status"] != 0
            tap.equal((span.status == 2, attributes.get("error.type")),
                      (is_error, CODES[outcome["status"]] if is_error else None), "error")
            assert not MARKS.intersection(attributes), f"is marked: {span}"
            assert span.duration_ns <= outcome["duration_ns"], f"{span} took longer than {outcome} at {limit} at a time"


def check_grpc(limit):
    program, port = build_grpc_app(), target_servers.free_port()
    with Limpet.run(["sh", "-c", f"{program} serve 127.0.0.1:{port} & server=$!; "
                     f"{program} call 127.0.0.1:{port} {CALLS} {limit}; kill $server; wait"]) as limpet:
        limpet.start().wait()
        outcomes = json.loads(limpet.stdout)
        tap.equal(len(outcomes), CALLS, "calls")
        check_calls(limpet.spans(), outcomes, limit)
        limpet.check_clean()


def check_midway():
    """Attached to a connection whose header tables are full of what nobody saw."""
    with Nghttpd() as target:
        target.start()
        client = subprocess.Popen([find("h2load"), "-c2", "-m1", "-D15", target.url("/a")], stdout=subprocess.PIPE, text=True)
        try:
            time.sleep(1)
            with Limpet.attach(target.pid) as limpet:
                limpet.start().wait_ready()
                time.sleep(2)
                limpet.stop()
                spans = [span for span in limpet.spans() if span.attributes.get("network.protocol.version") == "2"]
            assert len(spans) > 100, f"only {len(spans)} spans"
            for span in spans:
                assert span.method == "GET" and span.path in ("", "/a") and span.status_code in (200, None), str(span)
                assert span.path or span.attributes.get("limpet.headers.incomplete"), f"not marked: {span}"
        finally:
            client.kill()
            client.wait()


def main():
    with tap.case("nghttpd: 1802 requests, one at a time and many at once, as many server spans"):
        check_server()
    for clients, streams in ((1, 1), (50, 1), (2, 10)):
        with tap.case(f"h2load and nghttpd, {clients} connections of {streams} streams: each server span under its client span"):
            check_both_ends(clients, streams)
    for limit in (1, 50):
        with tap.case(f"gRPC of six kinds, {limit} at a time on one connection: methods, statuses, messages, traces"):
            check_grpc(limit)
    with tap.case("attached midway: no wrong span, what is not known is marked"):
        check_midway()
    tap.finish()


if __name__ == "__main__":
    main()
