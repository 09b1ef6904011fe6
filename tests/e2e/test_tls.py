#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP over TLS: as many spans as requests, with what was said inside, on both ends, and nothing made of ciphertext.

Servers: Python's ssl with threads, asyncio (memory BIOs, one thread), nginx, Node (OpenSSL in the executable). Clients:
the measuring load (OpenSSL, blocking), asyncio, Node, curl (OpenSSL), wget (GnuTLS) and libcurl over NSS.
"""
import ctypes
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
import target_servers
from limpet_runner import Limpet
from process_stage import PYTHON, Stage
from span_reader import CLIENT, SERVER
from tls_servers import LARGE_BYTES, AsyncServer, NginxServer, NodeServer, NsprServer, NssServer, OldNginxServer, RustServer, ThreadServer, \
    rust_program
from tls_target import ATTACH_S, OPTIONS, WATCHED, wait_watched

PLACES = WATCHED["openssl"][1]
HERE = os.path.dirname(os.path.abspath(__file__))
LOAD_PROGRAM = os.path.abspath(http_load.__file__)


def trace_crossed(count=300, concurrency=50):
    """One thread drives all connections, at both ends, with memory BIOs. The kernel may not give the bytes of a page that is
    not there, which is counted; but what is seen is of the connection it was said on: ends are joined by its positions."""
    with Play(AsyncServer()) as play:
        host, port = play.target.address
        paths = [f"/s/200/{13 + number % 5}/x/{number}" for number in range(count)]
        client = os.path.join(HERE, "tls_targets", "tls_async_client.py")
        play.run_client([PYTHON, client, host, str(port), str(concurrency), *paths], 2)
        spans = play.finish()
        with tap.case(f"one thread, {concurrency} connections: no session has another's socket"):
            clients = {span.span_id: span.path for span in span_checks.of_kind(spans, CLIENT)}
            servers = span_checks.of_kind(spans, SERVER)
            seen = [span.path for span in servers]
            tap.equal(sorted(seen), sorted(set(seen)), "a server span for a path")
            assert set(seen) <= set(paths), "paths that nobody asked for"
            joined = [span for span in servers if span.parent_id in clients]
            for span in joined:
                tap.equal(clients[span.parent_id], span.path, "path at the other end")
            lost = sum(play.limpet.lost().values())
            assert lost or len(joined) == count, f"{len(joined)} of {count} joined, and nothing said to be lost"
            assert 2 * len(joined) > count, f"{len(joined)} of {count} joined: proves little"


def processes_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        return [pid, *(int(child) for child in file.read().split())]


class Play:
    """A server and its clients on one stage, traced together once all that is to be watched is."""

    def __init__(self, target):
        self.target = target
        self.stage = Stage()
        self.limpet = Limpet.run(self.stage.command, *OPTIONS, stdin=self.stage.stdin_read)
        self.clients = 0

    def __enter__(self):
        self.target.__enter__()
        self.stage.__enter__()
        self.limpet.__enter__()
        self.limpet.start().wait_ready()
        self.stage.connect().start_target(self.target)
        for pid in processes_of(self.target.stage_pid):
            wait_watched(self.limpet, pid, self.target.library)
        return self

    def __exit__(self, *details):
        self.limpet.__exit__(*details)
        self.stage.__exit__(*details)
        self.target.__exit__(*details)

    def run_client(self, command, gate_at, library="openssl"):
        """The command with the gate's path put in; it begins when it is watched."""
        self.clients += 1
        gate = os.path.join(self.target.folder.name, f"gate{self.clients}")
        pid = self.stage.start_process([*command[:gate_at], gate, *command[gate_at:]])
        wait_watched(self.limpet, pid, library)
        with open(gate, "w", encoding="utf-8"):
            pass
        tap.equal(self.stage.wait_process(pid), 0, "the client's exit code")

    def run_load(self, requests, concurrency, is_keep_alive):
        plan = os.path.join(self.target.folder.name, f"plan{self.clients}")
        answers = os.path.join(self.target.folder.name, f"answers{self.clients}")
        http_load.save_plan(plan, self.target.tls_address, requests, concurrency, is_keep_alive)
        self.run_client([PYTHON, LOAD_PROGRAM, plan, answers], 4)
        return http_load.read_outcomes(answers)

    def finish(self):
        self.stage.finish()
        self.limpet.wait()
        return self.limpet.spans()


def check_tls(spans, version=None):
    for span in spans:
        assert span.attributes.get("network.protocol.name") != "tls" and not span.name.startswith(("TCP", "TLS")), f"of ciphertext: {span}"
        seen = span.attributes.get("url.scheme") or span.attributes.get("url.full", "").split(":")[0]
        assert seen == "https", f"{span.path}: scheme {seen}"
        if version:
            tap.equal(span.attributes.get("tls.protocol.version"), version, f"{span.path}: version")


def requests_for(target, label, count):
    """nginx answers with texts of these sizes only."""
    sizes = (13, 1000) if isinstance(target, NginxServer) else span_checks.SIZES
    requests = span_checks.varied_requests(label, count)
    for number, request in enumerate(requests):
        parts = request.path.split("/")
        parts[3] = str(sizes[number % len(sizes)])
        request.path = "/".join(parts)
    return requests


def trace_loads(server, version="1.3", count=120):
    with Play(server()) as play:
        target, outcomes = play.target, []
        for concurrency, is_keep_alive in ((1, True), (50, True), (8, False)):
            label = f"c{concurrency}{'k' if is_keep_alive else 'c'}"
            outcomes += play.run_load(requests_for(target, label, count), concurrency, is_keep_alive)
        spans = play.finish()
        with tap.case(f"{target.name}: {len(outcomes)} requests, a span on each end, joined"):
            span_checks.check_outcomes(outcomes)
            span_checks.check_unique_ids(spans)
            span_checks.check_server_spans(spans, outcomes)
            span_checks.check_joined(spans, len(outcomes))
            clients = span_checks.by_path(span_checks.of_kind(spans, CLIENT))
            for outcome in outcomes:
                span_checks.check_fields(clients[outcome.request.path.split("?")[0]], outcome)
        with tap.case(f"{target.name}: nothing else, and all of it by TLS {version}"):
            tap.equal(len(spans), 2 * len(outcomes), "spans")
            check_tls(spans, version)
        with tap.case(f"{target.name}: nothing lost"):
            play.limpet.check_clean()


def trace_clients(server, program, command, count=60, library="openssl"):
    """A client of another kind."""
    if not program:
        tap.skip(f"{command[0]}", "not installed")
        return
    with Play(server()) as play:
        host, port = play.target.address
        paths = []
        for concurrency in (1, 50):
            part = [f"/s/200/{(13, 1000)[number % 2]}/n{concurrency}/{number}" for number in range(count)]
            play.run_client([program, *command, host, str(port), str(concurrency), *part], 2, library)
            paths += part
        spans = play.finish()
        with tap.case(f"{os.path.basename(command[0])}, {play.target.name}: {len(paths)} requests, a span on each end, joined"):
            span_checks.check_joined(spans, len(paths))
            tap.equal({span.path for span in span_checks.of_kind(spans, SERVER)}, set(paths), "paths")
            tap.equal(len(spans), 2 * len(paths), "spans")
            check_tls(spans, "1.3")
            play.limpet.check_clean()


def trace_rustls():
    """Both ends, one and fifty at a time, from any of two threads; then a blocking client."""
    program = rust_program()
    trace_clients(RustServer, program, ["client"], library="rustls")
    trace_clients(RustServer, program, ["blocking"], library="rustls")
    trace_loads(RustServer)


def trace_nss():
    """NSS at one end each: a client by libcurl, and a server."""
    try:
        ctypes.CDLL("libcurl-nss.so.4")
    except OSError:
        tap.skip("NSS", "libcurl3-nss is not installed")
        return
    client = [os.path.join(HERE, "tls_targets", "tls_nss_client.py")]
    trace_clients(ThreadServer, PYTHON, client, library="nss")
    trace_clients(NssServer, PYTHON, client, library="nss")
    with NsprServer(("ipv4",)) as target:
        target.start()
        with Limpet.attach(target.pid, *OPTIONS, "--tls-delay=0") as limpet, tap.case("NSPR without TLS: none is seen"):
            limpet.start().wait_ready()
            wait_watched(limpet, target.pid, "nss")
            paths = [f"/s/200/13/{number}" for number in range(20)]
            for path in paths:
                with urllib.request.urlopen(f"http://127.0.0.1:{target.address[1]}{path}", timeout=30) as response:
                    response.read()
            limpet.stop()
            tap.equal(sorted((span.path, span.kind, span.attributes.get("url.scheme")) for span in limpet.spans()),
                      sorted((path, SERVER, "http") for path in paths), "spans")
            limpet.check_clean()


def trace_command(name, program, make_command, count=5):
    """A program that is over in a moment: watched before it begins."""
    if not shutil.which(program):
        tap.skip(name, f"{program} is not installed")
        return
    with ThreadServer() as target:
        target.start()
        paths = [f"/s/200/13/{number}" for number in range(count)]
        command = [shutil.which(program), *make_command([target.url(path) for path in paths], target.files[0])]
        with Limpet.run(command, *OPTIONS) as limpet, tap.case(f"{name}: {count} requests, as many spans"):
            limpet.start().wait()
            limpet.check_clean()
            spans = limpet.spans()
            tap.equal(sorted(span.path for span in spans), paths, "paths")
            tap.equal({(span.kind, span.status_code) for span in spans}, {(CLIENT, 200)}, "kind and status")
            check_tls(spans, "1.3")


def check_sizes(play, outcomes, wanted):
    """wanted: path, and the sizes of the bodies of request and response; each seen from both ends."""
    spans = play.finish()
    tap.equal([outcome.error for outcome in outcomes], [""] * len(wanted), "errors")
    tap.equal(sorted((span.kind, span.path, span.attributes.get("http.request.body.size"),
                      span.attributes.get("http.response.body.size")) for span in spans),
              sorted((kind, *row) for kind in (SERVER, CLIENT) for row in wanted), "spans")
    play.limpet.check_clean()


def trace_large():
    """Bodies much larger than what is captured, both ways."""
    with Play(NginxServer()) as play, tap.case("large responses: sizes as the client counts them"):
        requests = [http_load.Request(f"/files/large?{number}") for number in range(4)]
        check_sizes(play, play.run_load(requests, 2, True), [("/files/large", 0, LARGE_BYTES)] * 4)
    with Play(ThreadServer()) as play, tap.case("large requests: sizes as the client counts them"):
        requests = [http_load.Request(f"/s/200/13/large/{number}", "POST", 600000) for number in range(4)]
        check_sizes(play, play.run_load(requests, 2, True), [(request.path, 600000, 13) for request in requests])


def trace_attached():
    """Joined midway: what is said from then on is seen, but what a read that waits already gets."""
    with ThreadServer() as target:
        target.start()
        load = http_load.Load(target.tls_address, 4, True).open()
        before = load.send(requests_for(target, "before", 20))
        with Limpet.attach(target.pid, *OPTIONS, "--tls-delay=0") as limpet:
            limpet.start().wait_ready()
            wait_watched(limpet, target.pid, "openssl")
            # One on each connection: the server waits for it in a call that began before.
            for number, worker in enumerate(load.workers):
                before.append(worker.ask(http_load.Request(f"/s/200/13/first/{number}")))
            outcomes = load.send(requests_for(target, "after", 40))
            load.close()
            limpet.stop()
            with tap.case("attached midway: the requests since"):
                span_checks.check_outcomes(before + outcomes)
                span_checks.check_server_spans(limpet.spans(), outcomes)
                check_tls(limpet.spans())
                tap.equal(limpet.lost(), {"exchange_unmatched": 4}, "lost: the answers to those")


def trace_off():
    with ThreadServer() as target:
        target.start()
        with Limpet.attach(target.pid, "--tls=off") as limpet:
            limpet.start().wait_ready()
            outcomes = http_load.run_load(target.tls_address, requests_for(target, "off", 20), 4, False)
            limpet.stop()
            with tap.case("--tls=off: ciphertext makes no spans of a server"):
                span_checks.check_outcomes(outcomes)
                tap.equal(limpet.spans(), [], "spans")
                limpet.check_clean(tls_unseen=20)
        late = [PYTHON, os.path.join(HERE, "tls_targets", "tls_late_client.py"), "/", "/", *map(str, target.address),
                *(f"/s/200/13/{number}" for number in range(5))]
        with Limpet.run(late, "--tls=off") as limpet, tap.case("--tls=off: what a client says in ciphertext is calls"):
            limpet.start().wait()
            spans = limpet.spans()
            tap.equal([(span.kind, span.name.split()[0]) for span in spans], [(CLIENT, "TLS")] * 5, "spans")
            tap.equal({span.attributes["tls.protocol.version"] for span in spans}, {"1.3"}, "version")
            limpet.check_clean(tls_unseen=5)


def count_watched(limpet, pid):
    return len(re.findall(rf"watching tls-\w+ of libssl\S+ for process {pid}\b", limpet.stderr))


def trace_delay():
    """Who is young is left alone until it is not; who is old is watched at once."""
    with ThreadServer() as target:
        target.start()
        with Limpet.attach(target.pid, *OPTIONS, "--tls-delay=1h") as limpet:
            limpet.start().wait_ready()
            span_checks.check_outcomes(http_load.run_load(target.tls_address, requests_for(target, "young", 20), 4, False))
            limpet.stop()
            with tap.case("--tls-delay: a process younger than that is not watched"):
                tap.equal(count_watched(limpet, target.pid), 0, "places")
                tap.equal(limpet.spans(), [], "spans")
        for delay, words in (("1ms", "older"), ("3s", "that grows as old")):
            with Limpet.attach(target.pid, *OPTIONS, f"--tls-delay={delay}") as limpet:
                limpet.start().wait_ready()
                wait_watched(limpet, target.pid)
                outcomes = http_load.run_load(target.tls_address, requests_for(target, "old", 20), 4, False)
                limpet.stop()
                with tap.case(f"--tls-delay: a process {words} is watched, once"):
                    span_checks.check_outcomes(outcomes)
                    span_checks.check_server_spans(limpet.spans(), outcomes)
                    tap.equal(count_watched(limpet, target.pid), PLACES, "places")
                    limpet.check_clean()


class FilteredServer(ThreadServer):
    def command(self):
        return [PYTHON, os.path.join(HERE, "tls_targets", "filtered.py"), *super().command()]


def trace_filtered():
    """A filter that kills for the system call of return probes: where the kernel asks it, the process is left alone."""
    with FilteredServer() as target:
        target.start()
        with Limpet.attach(target.pid, *OPTIONS, "--tls-delay=0") as limpet:
            limpet.start().wait_ready()
            end = time.monotonic() + ATTACH_S
            while "it has a system call filter" not in limpet.stderr and count_watched(limpet, target.pid) < PLACES:
                assert time.monotonic() < end, "neither watched nor left alone"
                time.sleep(0.02)
            is_left = "it has a system call filter" in limpet.stderr
            outcomes = http_load.run_load(target.tls_address, requests_for(target, "filter", 20), 4, False)
            limpet.stop()
            with tap.case(f"a system call filter: the process lives and is {'left alone' if is_left else 'watched'}"):
                span_checks.check_outcomes(outcomes)
                tap.equal(count_watched(limpet, target.pid), 0 if is_left else PLACES, "places")
                tap.equal(len(limpet.spans()), 0 if is_left else len(outcomes), "spans")


def trace_late():
    """The library is loaded by a program that runs already."""
    with Play(ThreadServer()) as play, tap.case("a library loaded late: requests seen from both ends"):
        load, gate = (os.path.join(play.target.folder.name, name) for name in ("load", "gate"))
        paths = [f"/s/200/13/late/{number}" for number in range(5)]
        pid = play.stage.start_process([PYTHON, os.path.join(HERE, "tls_targets", "tls_late_client.py"), load, gate,
                                        *map(str, play.target.address), *paths])
        with open(load, "w", encoding="utf-8"):
            wait_watched(play.limpet, pid)
        with open(gate, "w", encoding="utf-8"):
            tap.equal(play.stage.wait_process(pid), 0, "the client's exit code")
        spans = play.finish()
        tap.equal(sorted((span.kind, span.path) for span in spans), sorted((kind, path) for kind in (SERVER, CLIENT) for path in paths), "spans")
        check_tls(spans, "1.3")
        play.limpet.check_clean()


class PrivateServer(ThreadServer):
    """In a mount namespace of its own, with a libssl of its own: as in a container."""

    def command(self):
        library = subprocess.run([PYTHON, "-c", "import ssl\nfor line in open('/proc/self/maps'):\n if 'libssl' in line: print(line.split()[-1]); break"],
                                 check=True, capture_output=True, text=True).stdout.strip()
        copy = os.path.join(self.folder.name, "library")
        if not library or not shutil.which("unshare"):
            raise target_servers.Missing("no libssl of Python's, or no unshare")
        shutil.copy(library, copy)
        if subprocess.run(["unshare", "-m", "mount", "--bind", copy, library], check=False, capture_output=True).returncode:
            raise target_servers.Missing("a mount namespace is not to be had here")
        return ["/usr/bin/unshare", "-m", "/bin/sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"', copy, library, *super().command()]


def trace_private():
    with PrivateServer() as target:
        target.start()
        with Limpet.attach(target.pid, *OPTIONS, "--tls-delay=0") as limpet:
            limpet.start().wait_ready()
            wait_watched(limpet, target.pid)
            outcomes = http_load.run_load(target.tls_address, requests_for(target, "private", 20), 4, False)
            limpet.stop()
            with tap.case("a mount namespace with a library of its own: the requests"):
                span_checks.check_outcomes(outcomes)
                span_checks.check_server_spans(limpet.spans(), outcomes)
                check_tls(limpet.spans(), "1.3")
                limpet.check_clean()


PARTS = {
    "threads": lambda: trace_loads(ThreadServer),
    "asyncio": lambda: trace_loads(AsyncServer),
    "nginx": lambda: trace_loads(NginxServer),
    "tls12": lambda: trace_loads(OldNginxServer, "1.2"),
    "node": lambda: trace_loads(NodeServer),
    "async-client": lambda: trace_clients(AsyncServer, PYTHON, [os.path.join(HERE, "tls_targets", "tls_async_client.py")]),
    "node-client": lambda: trace_clients(NodeServer, shutil.which("node"), [os.path.join(HERE, "tls_targets", "tls_node_client.js")]),
    "curl": lambda: trace_command("curl", "curl", lambda urls, _: ["-sk", *[word for url in urls for word in ("-o", "/dev/null", url)]]),
    "crossed": trace_crossed,
    "nss": trace_nss,
    "rustls": trace_rustls,
    "wget": lambda: trace_command("wget", "wget", lambda urls, certificate: ["-q", "-O", "/dev/null", f"--ca-certificate={certificate}", *urls]),
    "large": trace_large,
    "attached": trace_attached,
    "off": trace_off,
    "delay": trace_delay,
    "filtered": trace_filtered,
    "late": trace_late,
    "private": trace_private,
}


# The rest, with `all`, is alike and takes as long again.
USUAL = ("threads", "asyncio", "nginx", "node", "async-client", "node-client", "curl", "wget", "crossed", "nss", "off", "delay", "filtered", "late", "private")


def main():
    for name in PARTS if sys.argv[1:] == ["all"] else sys.argv[1:] or USUAL:
        try:
            with tap.session(f"{name}"):
                PARTS[name]()
        except target_servers.Missing as missing:
            tap.skip(name, str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
