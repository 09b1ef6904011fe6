#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Loss is counted and memory is flat: a ring far too small, and ten thousand requests."""
import os
import re
import shutil
import subprocess
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

WRK_CONNECTIONS = 20
ROUNDS = 4


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
            with tap.case("tiny ring: a span is right or marked, none is twice"):
                tap.equal(limpet.code, 0, "exit code")
                tap.equal([outcome.error for outcome in outcomes if outcome.error], [], "errors of the client")
                whole = [span for span in span_checks.of_kind(limpet.spans(), SERVER)
                         if not span.attributes.get("limpet.incomplete") and not span.attributes.get("limpet.lossy")]
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


def trace_ten_thousand():
    """The sanitizers watch; the leak sanitizer speaks at the exit."""
    with EpollServer() as target:
        target.start()
        with Limpet.attach(target.pid, binary=SANITIZED) as limpet:
            limpet.start().wait_ready()
            outcomes = []
            for part in range(10):
                outcomes += http_load.run_load(target.address, numbered(f"part-{part}", 1000), 20, part % 2 == 0)
            limpet.stop()
            with tap.case("sanitized build: 10,000 requests, 10,000 spans, clean exit"):
                limpet.check_clean()
                span_checks.check_server_spans(limpet.spans(), outcomes)


def run_wrk(address, path, *options):
    """The requests wrk counted in two seconds."""
    done = subprocess.run(["wrk", "-t1", f"-c{WRK_CONNECTIONS}", "-d2s", *options,
                           f"http://{address[0]}:{address[1]}{path}"], stdout=subprocess.PIPE, text=True, check=True)
    return int(re.search(r"(\d+) requests in", done.stdout).group(1))


def trace_full_speed():
    """As fast as wrk can on kept connections, then on new ones; again and again, in the same memory once the bounded
    tables are full (after two rounds)."""
    if not shutil.which("wrk"):
        raise tap.Skip("wrk is not installed")
    with EpollServer() as target:
        target.start()
        with Limpet.attach(target.pid, binary=RELEASE, has_json=False) as limpet:
            limpet.start().wait_ready()
            served, resident_kib = 0, []
            for _ in range(ROUNDS):
                served += run_wrk(target.address, "/s/200/13/kept/1")
                served += run_wrk(target.address, "/s/200/13/new/1", "-H", "Connection: close")
                time.sleep(1)
                resident_kib.append(limpet.resident_kib())
            limpet.stop()
            with tap.case("full speed: as many spans as requests, nothing lost"):
                print(f"# {served} requests, {limpet.totals()[0]} spans, lost: {limpet.lost()}")
                limpet.check_clean()
                # wrk leaves with requests under way, at most one per connection and run.
                assert served <= limpet.totals()[0] <= served + 2 * ROUNDS * WRK_CONNECTIONS, \
                    f"{limpet.totals()[0]} spans of {served} requests"
            with tap.case("full speed: memory is flat"):
                print(f"# resident after each round: {resident_kib} KiB")
                # A burst may raise the mark a little; 75 bytes kept of each span would be more than this.
                spans = limpet.totals()[0] // 2  # of the last two rounds, about
                assert resident_kib[-1] - resident_kib[1] <= max(2048, spans * 75 // 1024), f"grew: {resident_kib} KiB"


def main():
    for name, part in (("tiny ring", trace_tiny_ring), ("sanitized", trace_ten_thousand), ("full speed", trace_full_speed)):
        with tap.session(name):
            part()
    tap.finish()


if __name__ == "__main__":
    main()
