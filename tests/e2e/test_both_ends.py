#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Client and server traced together: one trace without any header, the server span below its client span."""
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
from http_load import Request
from limpet_runner import Limpet
from process_stage import PYTHON, Stage
from span_reader import CLIENT, SERVER
from target_servers import EpollServer, GoServer, NginxServer, NodeServer, PythonServer, UnixServer

LOAD_PROGRAM = os.path.abspath(http_load.__file__)
CURL_SCRIPT = """
"$@" &
server=$!
until curl -s -o /dev/null {url}/s/200/0/probe; do sleep 0.05; done
for number in $(seq {count}); do curl -s -o /dev/null {url}/s/200/13/$number; done
kill $server
wait $server
"""
REQUESTS_SCRIPT = """
import sys, requests
session = requests.Session()
for number in range(int(sys.argv[2])):
    session.get(f"{sys.argv[1]}/s/200/13/session/{number}").raise_for_status()
    requests.post(f"{sys.argv[1]}/s/201/13/single/{number}", data="r" * 100).raise_for_status()
"""


def trace_curl():
    count = 20
    with PythonServer(families=("ipv4",)) as target:
        script = CURL_SCRIPT.format(url=f"http://{target.listens()[0]}", count=count)
        with Limpet.run(["sh", "-c", script, "sh", *target.command()]) as limpet:
            limpet.start().wait()
            with tap.case("curl in a shell: every server span below its curl's span"):
                limpet.check_clean()
                spans = [span for span in limpet.spans() if not span.path.endswith("/probe")]
                span_checks.check_joined(spans, count)
                span_checks.check_unique_ids(spans)
                tap.equal(len({span.trace_id for span in spans}), count, "traces")
            with tap.case("curl in a shell: services are curl and the script's name"):
                tap.equal({span.service for span in spans if span.kind == CLIENT}, {"curl"}, "client's service")
                tap.equal({span.service for span in spans if span.kind == SERVER}, {"http_server"}, "server's service")


def trace_load(server, concurrency, is_keep_alive):
    """Both processes live on one stage; the client is the measuring one, so its spans are checked as well."""
    count = 200
    name = f"{server.name}, concurrency {concurrency}, {'keep-alive' if is_keep_alive else 'closing'}"
    stage, target = Stage(), server() if server is UnixServer else server(families=("ipv4",))
    with target, stage, Limpet.run(stage.command, stdin=stage.stdin_read) as limpet:
        limpet.start().wait_ready()
        stage.connect().start_target(target)
        plan, answers = os.path.join(stage.folder.name, "plan"), os.path.join(stage.folder.name, "answers")
        requests = span_checks.varied_requests("load", count)
        http_load.save_plan(plan, target.address, requests, concurrency, is_keep_alive)
        tap.equal(stage.run_process([PYTHON, LOAD_PROGRAM, plan, answers]), 0, "load")
        stage.finish()
        limpet.wait()
        with tap.case(f"{name}: joined, exact on both sides"):
            outcomes = http_load.read_outcomes(answers)
            span_checks.check_outcomes(outcomes)
            limpet.check_clean()
            spans = limpet.spans()
            span_checks.check_server_spans(spans, outcomes)
            span_checks.check_joined(spans, count)
            clients = span_checks.by_path(span_checks.of_kind(spans, CLIENT))
            for outcome in outcomes:
                span_checks.check_fields(clients[outcome.request.path.split("?")[0]], outcome)


def trace_python_requests():
    count = 40
    stage, target = Stage(), NginxServer(families=("ipv4",))
    with target, stage, Limpet.run(stage.command, stdin=stage.stdin_read) as limpet:
        limpet.start().wait_ready()
        stage.connect().start_target(target)
        code = stage.run_process([PYTHON, "-c", REQUESTS_SCRIPT, f"http://{target.listens()[0]}", str(count)])
        stage.finish()
        limpet.wait()
        with tap.case("Python requests: every server span below its client's span"):
            tap.equal(code, 0, "the client's exit code")
            limpet.check_clean()
            span_checks.check_joined(limpet.spans(), 2 * count)


def trace_wrk():
    """wrk leaves when its time is over: the requests it then had under way may end on one side only."""
    connections = 20
    stage, target = Stage(), EpollServer(families=("ipv4",))
    if not shutil.which("wrk"):
        raise tap.Skip("wrk is not installed")
    with target, stage, Limpet.run(stage.command, "--ring-size=16777216", stdin=stage.stdin_read) as limpet:
        limpet.start().wait_ready()
        stage.connect().start_target(target)
        log = os.path.join(stage.folder.name, "wrk")
        url = f"http://{target.listens()[0]}/s/200/13/wrk"
        stage.run_process(["sh", "-c", f"wrk -t2 -c{connections} -d1s {url} > {log}"])
        stage.finish()
        limpet.wait()
        with tap.case("wrk: as many spans as requests on both sides, each pair in one trace"):
            limpet.check_clean()
            with open(log, encoding="utf-8") as file:
                served = int(re.search(r"(\d+) requests in", file.read()).group(1))
            spans = limpet.spans()
            clients = {span.span_id: span for span in spans if span.kind == CLIENT}
            servers = span_checks.of_kind(spans, SERVER)
            assert served <= len(servers) <= served + connections, f"{len(servers)} server spans of {served}"
            assert served <= len(clients) <= served + connections, f"{len(clients)} client spans of {served}"
            parents = set()
            for server in servers:
                if server.parent_id:
                    tap.equal(server.trace_id, clients[server.parent_id].trace_id, "trace of a pair")
                    parents.add(server.parent_id)
            assert len(parents) >= served, f"{len(parents)} server spans have a client span of their own, of {served}"


def main():
    with tap.session("curl"):
        trace_curl()
    for server in (EpollServer, NginxServer, PythonServer, GoServer, NodeServer, UnixServer):
        for concurrency, is_keep_alive in ((1, True), (50, True), (50, False)):
            with tap.session(server.name):
                trace_load(server, concurrency, is_keep_alive)
    for part in (trace_python_requests, trace_wrk):
        with tap.session(part.__name__):
            part()
    tap.finish()


if __name__ == "__main__":
    main()
