#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a request caused is its child, or has no parent; never somebody else's child.

Ids in the paths tell the truth: the call an application makes for /call/N asks for /s/200/13/N. Everything runs
at concurrency 50, where guesses by thread or by time go wrong.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
from http_load import Request
from limpet_runner import Limpet
from process_stage import Stage
from span_reader import CLIENT, SERVER
from target_servers import EpollServer, FlaskServer, NginxServer

REQUESTS = 300


def number_of(span):
    return span.path.rsplit("/", 1)[1]


def requests_for(call):
    return [Request(f"/{call}/{number}") for number in range(REQUESTS)]


class Chain:
    """[nginx →] Flask → C server on one traced stage; the load comes from outside."""

    def __init__(self, has_proxy):
        self.downstream = EpollServer(families=("ipv4",))
        self.flask = FlaskServer(self.downstream.address, families=("ipv4",))
        self.targets = [self.downstream, self.flask]
        if has_proxy:
            self.targets.append(NginxServer(self.flask.address, families=("ipv4",)))
        self.address = self.targets[-1].address

    def trace(self, requests, concurrency, is_keep_alive):
        """The spans of one load; nothing lost, all requests served."""
        with Stage() as stage, Limpet.run(stage.command, stdin=stage.stdin_read) as limpet:
            limpet.start().wait_ready()
            stage.connect()
            for target in self.targets:
                stage.start_target(target)
            outcomes = http_load.run_load(self.address, requests, concurrency, is_keep_alive)
            stage.finish()
            limpet.wait()
            for outcome in outcomes:
                assert (outcome.status, outcome.error) == (200, ""), outcome
            limpet.check_clean()
            return limpet.spans()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for target in self.targets:
            target.folder.cleanup()


def split(spans):
    """By service and kind: {("flask_app", SERVER): […], …}."""
    parts = {}
    for span in spans:
        parts.setdefault((span.service, span.kind), []).append(span)
    return parts


def trace_flask(call, is_keep_alive):
    name = f"threaded Flask, /{call}, {'keep-alive' if is_keep_alive else 'closing'}"
    with Chain(has_proxy=False) as chain, tap.case(f"{name}: each call is the child of the request that made it"):
        parts = split(chain.trace(requests_for(call), 50, is_keep_alive))
        sizes = {key: len(spans) for key, spans in parts.items()}
        tap.equal(sizes, {("flask_app", SERVER): REQUESTS, ("flask_app", CLIENT): REQUESTS,
                          ("epoll_server", SERVER): REQUESTS}, "spans by service and kind")
        linked = span_checks.check_parents(parts["flask_app", CLIENT], parts["flask_app", SERVER], number_of)
        tap.equal(linked, REQUESTS, "linked calls")
        tap.equal({span.parent_source for span in parts["flask_app", CLIENT]}, {"thread"}, "parent source")
        span_checks.check_parents(parts["epoll_server", SERVER], parts["flask_app", CLIENT], number_of, False)


def trace_twice():
    with Chain(has_proxy=False) as chain, tap.case("threaded Flask, two calls per request: both are its children"):
        spans = chain.trace(requests_for("twice"), 50, True)
        parts = split(spans)
        tap.equal(len(parts["flask_app", CLIENT]), 2 * REQUESTS, "calls")
        linked = span_checks.check_parents(parts["flask_app", CLIENT], parts["flask_app", SERVER], number_of)
        tap.equal(linked, 2 * REQUESTS, "linked calls")
        tap.equal(len({span.trace_id for span in spans}), REQUESTS, "traces")


def trace_proxy(is_keep_alive):
    name = f"nginx before Flask, {'keep-alive' if is_keep_alive else 'closing'}"
    with Chain(has_proxy=True) as chain, tap.case(f"{name}: no wrong parent"):
        parts = split(chain.trace(requests_for("call"), 50, is_keep_alive))
        sizes = {key: len(spans) for key, spans in parts.items()}
        tap.equal(sizes, {("nginx", SERVER): REQUESTS, ("nginx", CLIENT): REQUESTS,
                          ("flask_app", SERVER): REQUESTS, ("flask_app", CLIENT): REQUESTS,
                          ("epoll_server", SERVER): REQUESTS}, "spans by service and kind")
        linked = span_checks.check_parents(parts["nginx", CLIENT], parts["nginx", SERVER], number_of)
        span_checks.check_parents(parts["flask_app", SERVER], parts["nginx", CLIENT], number_of, False)
        span_checks.check_parents(parts["flask_app", CLIENT], parts["flask_app", SERVER], number_of, False)
        print(f"# nginx: {linked} of {REQUESTS} proxied calls linked, the others have no parent")


def trace_quiet_proxy():
    """One request at a time leaves only one candidate: then the link is there."""
    count = 30
    with Chain(has_proxy=True) as chain, tap.case("nginx before Flask, one request at a time: one trace per request"):
        spans = chain.trace(requests_for("call")[:count], 1, True)
        tap.equal(len(spans), count * 5, "spans")
        tap.equal(len({span.trace_id for span in spans}), count, "traces")


def main():
    for call, is_keep_alive in (("call", True), ("call", False), ("pooled", True), ("pooled", False)):
        trace_flask(call, is_keep_alive)
    trace_twice()
    trace_proxy(True)
    trace_proxy(False)
    trace_quiet_proxy()
    tap.finish()


if __name__ == "__main__":
    main()
