#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Loss is counted and memory is flat: a ring far too small, and ten thousand requests."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
from http_load import Request
from limpet_runner import RELEASE, SANITIZED, Limpet
from span_reader import SERVER
from target_servers import EpollServer

LOSS_REASONS = ("ring_full", "stream_gap", "exchange_unmatched", "connection_unknown", "stream_unparsable")


def numbered(label, count, start=0):
    return [Request(f"/s/200/13/{label}/{number}") for number in range(start, start + count)]


def trace_tiny_ring():
    """Every request missing among the spans is explained by at least one counted record."""
    count = 4000
    with EpollServer(families=("ipv4",)) as target:
        target.start()
        with Limpet.attach(target.pid, "--ring-size=4096") as limpet:
            limpet.start().wait_ready()
            outcomes = http_load.run_load(target.address, numbered("tiny", count), 50)
            limpet.stop()
            with tap.case("tiny ring: no span is wrong, none is twice"):
                tap.equal(limpet.code, 0, "exit code")
                tap.equal([outcome.error for outcome in outcomes if outcome.error], [], "errors of the client")
                whole = [span for span in span_checks.of_kind(limpet.spans(), SERVER)
                         if not span.attributes.get("limpet.incomplete")]
                by_path = {outcome.request.path: outcome for outcome in outcomes}
                for path, span in span_checks.by_path(whole).items():
                    span_checks.check_fields(span, by_path[path])
            with tap.case("tiny ring: what is missing is counted"):
                lost = limpet.lost()
                missing = count - len(whole)
                print(f"# {len(whole)} of {count} requests have a whole span, counted: {lost}")
                assert lost.get("ring_full", 0) > 0, "the test made no loss: the ring was not too small"
                assert missing <= lost["ring_full"], f"{missing} missing, {lost} counted"
    trace_calm_after_loss()


def trace_calm_after_loss():
    """With the same ring and one request at a time nothing is lost: loss comes from load, not from the size."""
    with EpollServer(families=("ipv4",)) as target:
        target.start()
        with Limpet.attach(target.pid, "--ring-size=4096") as limpet:
            limpet.start().wait_ready()
            outcomes = []
            for number in range(20):
                outcomes += http_load.run_load(target.address, numbered("calm", 1, number))
                time.sleep(0.05)
            limpet.stop()
            with tap.case("tiny ring, calm load: nothing missing, nothing counted"):
                limpet.check_clean()
                span_checks.check_server_spans(limpet.spans(), outcomes)


def trace_ten_thousand(binary, title, is_measured):
    with EpollServer(families=("ipv4",)) as target:
        target.start()
        with Limpet.attach(target.pid, binary=binary) as limpet:
            limpet.start().wait_ready()
            outcomes = http_load.run_load(target.address, numbered("warm", 2000), 20)
            time.sleep(1.5)
            before_kib = limpet.resident_kib()
            for part in range(8):
                outcomes += http_load.run_load(target.address, numbered(f"part-{part}", 1000), 20, part % 2 == 0)
            time.sleep(1.5)
            after_kib = limpet.resident_kib()
            limpet.stop()
            with tap.case(f"{title}: 10,000 requests, 10,000 spans, clean exit"):
                limpet.check_clean()
                span_checks.check_server_spans(limpet.spans(), outcomes)
            if not is_measured:
                return
            with tap.case(f"{title}: memory is flat"):
                print(f"# resident after 2,000 requests: {before_kib} KiB, after 10,000: {after_kib} KiB")
                assert after_kib - before_kib <= before_kib // 10, f"{before_kib} KiB grew to {after_kib} KiB"


def main():
    sessions = (
        ("tiny ring", trace_tiny_ring),
        ("sanitized", lambda: trace_ten_thousand(SANITIZED, "sanitized build", False)),
        ("release", lambda: trace_ten_thousand(RELEASE, "release build", True)),
    )
    for name, session in sessions:
        with tap.session(name):
            session()
    tap.finish()


if __name__ == "__main__":
    main()
