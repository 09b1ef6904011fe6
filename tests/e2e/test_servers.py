#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""N requests to real servers: exactly N server spans, each saying what the client saw, and nothing lost.

Every server is traced twice: attached to, with some connections open before, and started by `limpet run`.
Loads differ in concurrency (1, 50), keep-alive and address family.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
from limpet_runner import Limpet
from target_servers import ALL_SERVERS

REQUESTS = 150


def loads(target):
    """(label, address, concurrency, is_keep_alive) of every load."""
    for family, address in target.addresses.items():
        for concurrency in (1, 50):
            for is_keep_alive in (True, False):
                label = f"{family}-c{concurrency}-{'keep' if is_keep_alive else 'close'}"
                yield label, address, concurrency, is_keep_alive


def send_loads(target):
    outcomes = []
    for label, address, concurrency, is_keep_alive in loads(target):
        requests = span_checks.varied_requests(label, REQUESTS)
        outcomes += http_load.run_load(address, requests, concurrency, is_keep_alive)
    return outcomes


def check_session(name, limpet, outcomes, code=0):
    with tap.case(f"{name}: the client is served"):
        span_checks.check_outcomes(outcomes)
    with tap.case(f"{name}: {len(outcomes)} requests, {len(outcomes)} right server spans"):
        spans = limpet.spans()
        span_checks.check_server_spans(spans, outcomes)
        span_checks.check_unique_ids(spans)
        tap.equal(limpet.totals()[0], len(spans), "spans by the totals")
    with tap.case(f"{name}: nothing lost, clean exit"):
        limpet.check_clean(code)


def attach(server):
    with server() as target:
        target.start()
        early = http_load.Load(target.address, 50, True).open()
        warm = early.send(span_checks.varied_requests("warm", 50))
        with Limpet.attach(target.pid) as limpet:
            limpet.start().wait_ready()
            outcomes = early.send(span_checks.varied_requests("early", REQUESTS)) + send_loads(target)
            early.close()
            limpet.stop()
            span_checks.check_outcomes(warm)
            check_session(f"{server.name}, attach", limpet, outcomes)


def run(server):
    with server() as target, Limpet.run(target.command()) as limpet:
        limpet.start().wait_ready()
        target.wait_listening()
        outcomes = send_loads(target)
        limpet.stop()
        check_session(f"{server.name}, run", limpet, outcomes)


def main():
    for server in ALL_SERVERS:
        for trace in (attach, run):
            with tap.session(f"{server.name}, {trace.__name__}"):
                trace(server)
    tap.finish()


if __name__ == "__main__":
    main()
