#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every system call that moves bytes on a socket, every kind of stream socket: the spans are the same."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
from limpet_runner import Limpet
from target_servers import EpollServer, UnixServer, can_listen, free_port

FAMILIES = ("read", "recv", "recvfrom", "readv", "preadv2", "recvmsg", "recvmmsg", "sendfile", "splice")
REQUESTS = 60


def trace(title, target, options=(), attribute=None):
    with target:
        target.start()
        with Limpet.attach(target.pid, *options) as limpet:
            limpet.start().wait_ready()
            outcomes = http_load.run_load(target.address, span_checks.varied_requests("kept", REQUESTS), 3)
            outcomes += http_load.run_load(target.address, span_checks.varied_requests("many", REQUESTS), 50, False)
            limpet.stop()
            with tap.case(title):
                span_checks.check_outcomes(outcomes)
                limpet.check_clean()
                spans = limpet.spans()
                span_checks.check_server_spans(spans, outcomes)
                for key, value in (attribute or {}).items():
                    tap.equal({span.attributes.get(key) for span in spans}, {value}, key)


def with_calls(family):
    target = EpollServer(families=("ipv4",))
    target.calls = family
    return target


class MappedServer(EpollServer):
    """IPv4 clients on an IPv6 socket."""

    def __init__(self):
        super().__init__(families=())
        self.addresses = {"ipv4": ("127.0.0.1", free_port())}

    def listens(self):
        return [f"[::ffff:127.0.0.1]:{self.address[1]}"]


def main():
    for family in FAMILIES:
        with tap.session(family):
            trace(f"system calls: {family}", with_calls(family))
    with tap.session("UNIX"):
        trace("UNIX stream sockets", UnixServer(), attribute={"network.transport": "unix"})
    with tap.session("IPv4 in IPv6"):
        trace("IPv4 in IPv6", MappedServer(), attribute={"network.peer.address": "127.0.0.1"})
    if can_listen("::1"):
        with tap.session("IPv6"):
            target = EpollServer(families=("ipv6",))
            target.addresses["ipv4"] = target.addresses["ipv6"]
            target.listens = lambda: [f"[::1]:{target.address[1]}"]
            trace("IPv6", target, attribute={"network.peer.address": "::1"})
    else:
        tap.skip("IPv6", "this machine has no ::1")
    tap.finish()


if __name__ == "__main__":
    main()
