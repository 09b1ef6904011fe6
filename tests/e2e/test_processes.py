#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""fork, exec, threads: whatever descends from a traced process is traced from its first instruction."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
from limpet_runner import Limpet
from span_reader import CLIENT
from target_servers import SOURCES, EpollServer, Target

PYTHON = "/usr/bin/python3"
COUNT = 40
THREADS_SCRIPT = """
import sys, threading, http.client
def ask(number):
    connection = http.client.HTTPConnection(sys.argv[1])
    connection.request("GET", f"/s/200/13/thread/{number}")
    connection.getresponse().read()
threads = [threading.Thread(target=ask, args=(number,)) for number in range(int(sys.argv[2]))]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""
FORKS_SCRIPT = """
import os, sys, http.client
children = []
for number in range(int(sys.argv[2])):
    child = os.fork()
    if child == 0:
        connection = http.client.HTTPConnection(sys.argv[1])
        connection.request("GET", f"/s/200/13/fork/{number}")
        connection.getresponse().read()
        os._exit(0)
    children.append(child)
[os.waitpid(child, 0) for child in children]
"""


class ForkingTarget(Target):
    def __init__(self, way):
        self.way = way
        super().__init__(families=("ipv4",))

    def command(self):
        return [PYTHON, os.path.join(SOURCES, "forking_servers.py"), self.way, *self.listens()]


def trace_clients(title, command, prefix, count=COUNT):
    """Clients that live for one request each; the server is not traced."""
    with EpollServer(families=("ipv4",)) as target:
        target.start()
        host = target.listens()[0]
        with Limpet.run([part.replace("{host}", host).replace("{count}", str(count)) for part in command]) as limpet:
            limpet.start().wait()
            with tap.case(f"{title}: {count} requests, {count} client spans"):
                limpet.check_clean()
                paths = sorted(span.path for span in span_checks.of_kind(limpet.spans(), CLIENT))
                tap.equal(paths, sorted(f"/s/200/13/{prefix}/{number}" for number in range(count)), "paths")


def trace_forking(way, title, is_attached):
    with ForkingTarget(way) as target:
        if is_attached:
            target.start()
        limpet = Limpet.attach(target.pid) if is_attached else Limpet.run(target.command())
        with limpet:
            limpet.start().wait_ready()
            target.wait_listening()
            requests = [http_load.Request(f"/s/200/13/{way}/{number}") for number in range(COUNT)]
            outcomes = http_load.run_load(target.address, requests, 8, False)
            limpet.stop()
            with tap.case(f"{title}, {'attach' if is_attached else 'run'}: exact server spans"):
                span_checks.check_outcomes(outcomes)
                limpet.check_clean()
                span_checks.check_server_spans(limpet.spans(), outcomes)


def trace_outsiders():
    """A process that is not ours to trace stays unseen, also as the peer of one that is."""
    with EpollServer(families=("ipv4",)) as traced, EpollServer(families=("ipv4",)) as other:
        traced.start()
        other.start()
        with Limpet.attach(traced.pid) as limpet:
            limpet.start().wait_ready()
            http_load.run_load(other.address, span_checks.varied_requests("other", COUNT), 5)
            outcomes = http_load.run_load(traced.address, span_checks.varied_requests("traced", COUNT), 5)
            limpet.stop()
            with tap.case("a server beside the traced one gives no spans"):
                limpet.check_clean()
                tap.equal(len(limpet.spans()), COUNT, "spans")
                span_checks.check_server_spans(limpet.spans(), outcomes)


def trace_exit_while_serving():
    """A span whose end never comes is closed when its process ends, and says so."""
    with EpollServer(families=("ipv4",)) as target:
        target.start()
        with Limpet.attach(target.pid) as limpet:
            limpet.start().wait_ready()
            connection = http_load.open_socket(target.address)
            http_load.run_load(target.address, [http_load.Request("/s/200/13/before")])
            connection.sendall(b"GET /slow/30000/never HTTP/1.1\r\nHost: x\r\n\r\n")
            http_load.run_load(target.address, [http_load.Request("/s/200/13/after")])
            target.stop()
            limpet.wait()
            with tap.case("the target ends in the middle of a request: limpet ends too, the span is marked"):
                tap.equal(limpet.code, 0, "exit code")
                spans = span_checks.by_path(limpet.spans())
                tap.equal(sorted(spans), ["/s/200/13/after", "/s/200/13/before", "/slow/30000/never"], "paths")
                tap.equal(spans["/slow/30000/never"].attributes.get("limpet.incomplete"), True, "marked")
                tap.equal(spans["/s/200/13/after"].attributes.get("limpet.incomplete"), None, "the others are not")


def main():
    curl = "for n in $(seq 0 $(({count} - 1))); do curl -s -o /dev/null http://{host}/s/200/13/exec/$n; done"
    sessions = (
        ("curl after curl", lambda: trace_clients("fork and exec, one curl after the other", ["sh", "-c", curl], "exec")),
        ("curls at once", lambda: trace_clients(
            "fork and exec, all curls at once", ["sh", "-c", curl.replace("; done", " & done; wait")], "exec")),
        ("exec", lambda: trace_clients("exec without fork", [
            "sh", "-c", "exec env sh -c 'exec curl -s -o /dev/null http://{host}/s/200/13/exec/0'"], "exec", 1)),
        ("threads", lambda: trace_clients("threads", [PYTHON, "-c", THREADS_SCRIPT, "{host}", "{count}"], "thread")),
        ("forks", lambda: trace_clients("fork without exec", [PYTHON, "-c", FORKS_SCRIPT, "{host}", "{count}"], "fork")),
        ("fork server", lambda: trace_forking("fork", "a child per connection", True)),
        ("fork server", lambda: trace_forking("fork", "a child per connection", False)),
        ("exec server", lambda: trace_forking("exec", "another program per connection", True)),
        ("exec server", lambda: trace_forking("exec", "another program per connection", False)),
        ("passing server", lambda: trace_forking("pass", "sockets passed to workers", True)),
        ("outsiders", trace_outsiders),
        ("exit", trace_exit_while_serving),
    )
    for name, session in sessions:
        with tap.session(name):
            session()
    tap.finish()


if __name__ == "__main__":
    main()
