#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Shapes of HTTP/1 traffic that tracers get wrong, over real sockets: one case each, checked to the byte.

All conversations go to one traced C server (and file downloads to one traced nginx); every path is unique, so a
case finds its span by path.
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
from http_load import Request
from limpet_runner import Limpet
from span_reader import SERVER
from target_servers import EpollServer, NginxServer

CASES = []
PAUSE_S = 0.03


class Talk:
    """One connection on which a case sends exactly the segments it wants."""

    def __init__(self, address):
        self.connection = http_load.open_socket(address)
        self.reader = http_load.Reader(self.connection)

    def send(self, *segments):
        """Each segment is a send of its own, with a pause between two so that they do not merge."""
        for number, segment in enumerate(segments):
            if number:
                time.sleep(PAUSE_S)
            self.connection.sendall(segment)
        return self

    def answer(self, method="GET"):
        return self.reader.take_response(method)

    def close(self):
        self.connection.close()


def head(path, method="GET", fields=(), version="1.1"):
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: shapes", *fields]).encode() + b"\r\n\r\n"


def shape(title):
    """Registers converse(address) -> check(spans by path, elapsed ns); the check runs when limpet has ended."""
    def register(converse):
        CASES.append((title, converse))
        return converse
    return register


class Found(dict):
    """Spans by path; a missing one is a failure, not a mistake of the test."""

    def __missing__(self, path):
        raise AssertionError(f"no span for {path}")


def fields_are(span, method, status, response_size, request_size=0):
    seen = (span.method, span.status_code, span.attributes.get("http.response.body.size", 0),
            span.attributes.get("http.request.body.size", 0))
    tap.equal(seen, (method, status, response_size, request_size), f"{span.path}: method, status, sizes")


@shape("three pipelined requests in one segment")
def pipelined(address):
    paths = [f"/s/{status}/{size}/pipelined" for status, size in ((200, 1), (404, 22), (200, 333))]
    talk = Talk(address).send(b"".join(head(path) for path in paths))
    answers = [talk.answer() for _ in paths]
    tap.equal([status for status, _, _ in answers], [200, 404, 200], "the client's view")

    def check(spans, elapsed_ns):
        for path, status, size in zip(paths, (200, 404, 200), (1, 22, 333)):
            fields_are(spans[path], "GET", status, size)
            assert spans[path].duration_ns <= elapsed_ns
    return check


@shape("pipelined requests with bodies")
def pipelined_bodies(address):
    talk = Talk(address).send(head("/s/200/3/pipelined-post", "POST", ["Content-Length: 50"]) + b"r" * 50 +
                              head("/s/200/4/pipelined-get") +
                              head("/s/200/5/pipelined-put", "PUT", ["Content-Length: 7"]) + b"r" * 7)
    tap.equal([talk.answer()[2] for _ in range(3)], [3, 4, 5], "the client's view")

    def check(spans, _):
        fields_are(spans["/s/200/3/pipelined-post"], "POST", 200, 3, 50)
        fields_are(spans["/s/200/4/pipelined-get"], "GET", 200, 4)
        fields_are(spans["/s/200/5/pipelined-put"], "PUT", 200, 5, 7)
    return check


def cut_case(title, path, cut):
    @shape(title)
    def converse(address):
        talk = Talk(address).send(*cut(head(path)))
        tap.equal(talk.answer()[2], 13, "the client's view")
        talk.send(head(path + "/again"))
        talk.answer()

        def check(spans, elapsed_ns):
            fields_are(spans[path], "GET", 200, 13)
            fields_are(spans[path + "/again"], "GET", 200, 13)
            pauses_ns = (len(cut(head(path))) - 1) * PAUSE_S * 1e9
            assert pauses_ns / 2 <= spans[path].duration_ns <= elapsed_ns, \
                f"took {spans[path].duration_ns}, between half of {pauses_ns} and {elapsed_ns} expected"
        return check
    return converse


cut_case("a first segment of one byte", "/s/200/13/one-byte", lambda text: [text[:1], text[1:]])
cut_case("a request line cut in its method", "/s/200/13/cut-method", lambda text: [text[:2], text[2:]])
cut_case("a request line cut in its path", "/s/200/13/cut-path", lambda text: [text[:10], text[10:]])
cut_case("a request cut in its fields", "/s/200/13/cut-fields", lambda text: [text[:-8], text[-8:]])
cut_case("a request cut in its last line end", "/s/200/13/cut-end", lambda text: [text[:-1], text[-1:]])
cut_case("a request byte by byte", "/s/200/13/b",
         lambda text: [text[index:index + 1] for index in range(len(text))])


@shape("PROPFIND and a made-up method")
def unusual_methods(address):
    talk = Talk(address)
    for method in ("PROPFIND", "BREW"):
        talk.send(head(f"/s/207/13/{method}", method)).answer()

    def check(spans, _):
        for method in ("PROPFIND", "BREW"):
            fields_are(spans[f"/s/207/13/{method}"], method, 207, 13)
    return check


@shape("a chunked reply of 150 ms")
def slow_chunks(address):
    talk = Talk(address).send(head("/chunked/150/slow"))
    tap.equal(talk.answer()[2], 30, "the client's view")

    def check(spans, elapsed_ns):
        span = spans["/chunked/150/slow"]
        tap.equal((span.method, span.status_code), ("GET", 200), "method and status")
        assert 150_000_000 <= span.duration_ns <= elapsed_ns, f"took {span.duration_ns}, client {elapsed_ns}"
    return check


@shape("uploads of 100,000 bytes by length, of 3,000 chunked")
def uploads(address):
    outcomes = http_load.run_load(address, [Request("/s/200/13/upload-length", "POST", 100000),
                                            Request("/s/200/13/upload-chunked", "POST", 3000, True),
                                            Request("/s/200/13/upload-after", "PUT", 5)])

    def check(spans, _):
        for outcome in outcomes:
            span_checks.check_fields(spans[outcome.request.path], outcome)
    return check


@shape("a chunked upload of 100,000 bytes: its size is right or left out, never wrong")
def large_chunked_upload(address):
    outcomes = http_load.run_load(address, [Request("/s/200/13/large-chunked", "POST", 100000, True),
                                            Request("/s/200/14/after-large-chunked", "PUT", 6)])

    def check(spans, _):
        large = spans["/s/200/13/large-chunked"]
        assert large.attributes.get("http.request.body.size") in (None, 100000), large.attributes
        large.attributes["http.request.body.size"] = 100000
        for outcome in outcomes:
            span_checks.check_fields(spans[outcome.request.path], outcome)
    return check


@shape("HEAD, 204 and 304 on one connection")
def bodiless(address):
    requests = [Request("/s/200/5000/bodiless", "HEAD"), Request("/s/204/0/bodiless"),
                Request("/s/304/5000/bodiless"), Request("/s/200/5/bodiless"), Request("/s/404/5/bodiless", "HEAD"),
                Request("/s/200/6/bodiless", "DELETE")]
    outcomes = http_load.run_load(address, requests)

    def check(spans, _):
        for outcome in outcomes:
            span_checks.check_fields(spans[outcome.request.path], outcome)
    return check


@shape("100-continue")
def expect_continue(address):
    path = "/s/200/13/continue"
    talk = Talk(address).send(head(path, "POST", ["Content-Length: 3000", "Expect: 100-continue"]))
    tap.equal(talk.reader.take_line_end(b"\r\n\r\n"), b"HTTP/1.1 100 Continue", "interim answer")
    time.sleep(PAUSE_S)
    talk.send(b"r" * 3000)
    tap.equal(talk.answer()[0], 200, "the client's view")

    def check(spans, elapsed_ns):
        fields_are(spans[path], "POST", 200, 13, 3000)
        assert PAUSE_S * 1e9 / 2 <= spans[path].duration_ns <= elapsed_ns
    return check


@shape("103 Early Hints before the answer")
def early_hints(address):
    talk = Talk(address).send(head("/early/x"))
    tap.equal(talk.answer()[0], 200, "the client's view")
    return lambda spans, _: fields_are(spans["/early/x"], "GET", 200, 13)


@shape("an upgrade to what nobody knows: the 101 is a span, what follows is none")
def upgrade(address):
    talk = Talk(address).send(head("/socket", "GET", ["Connection: Upgrade", "Upgrade: echo"]))
    tap.equal(talk.answer()[0], 101, "the client's view")
    for _ in range(5):
        talk.send(head("/s/200/13/in-tunnel"))
        talk.reader.take(len(head("/s/200/13/in-tunnel")))
    talk.close()

    def check(spans, elapsed_ns):
        fields_are(spans["/socket"], "GET", 101, 0)
        assert "/s/200/13/in-tunnel" not in spans, "bytes after the upgrade became a span"
        assert spans["/socket"].duration_ns <= elapsed_ns
    return check


@shape("CONNECT: the 200 is a span, what follows is none")
def connect(address):
    talk = Talk(address).send(head("example.test:443", "CONNECT"))
    tap.equal(talk.answer("CONNECT")[0], 200, "the client's view")
    for _ in range(5):
        talk.send(head("/s/200/13/in-connect"))
        talk.reader.take(len(head("/s/200/13/in-connect")))
    talk.close()

    def check(spans, _):
        found = [span for span in spans.values() if span.method == "CONNECT"]
        tap.equal(len(found), 1, "CONNECT spans")
        tap.equal(found[0].status_code, 200, "status")
        assert "/s/200/13/in-connect" not in spans, "bytes of the tunnel became a span"
    return check


@shape("answers that end with the connection: HTTP/1.0 and HTTP/1.1")
def until_close(address):
    outcomes = http_load.run_load(address, [Request("/s/200/700/old", version="1.0")], 1, False)
    outcomes += http_load.run_load(address, [Request("/close/30000/new")], 1, False)
    outcomes += http_load.run_load(address, [Request("/s/200/9/old-kept", version="1.0"),
                                             Request("/s/404/8/old-kept", version="1.0")])

    def check(spans, _):
        for outcome in outcomes:
            span_checks.check_fields(spans[outcome.request.path], outcome)
    return check


@shape("absolute-form target")
def absolute_form(address):
    talk = Talk(address).send(head("http://shapes/absolute?x=1"))
    tap.equal(talk.answer()[0], 404, "the client's view")
    return lambda spans, _: fields_are(spans["/absolute"], "GET", 404, 9)


@shape("folded field, empty lines before the request line, fields of 3 kB")
def odd_heads(address):
    talk = Talk(address)
    talk.send(head("/s/200/13/folded", "GET", ["X-Folded: one", " two", "\tthree"])).answer()
    talk.send(b"\r\n" + head("/s/200/13/empty-lines")[:-2] + b"\r\n").answer()
    talk.send(head("/s/200/13/long", "POST", ["X-Long: " + "x" * 3000, "Content-Length: 4"]) + b"rrrr").answer()

    def check(spans, _):
        fields_are(spans["/s/200/13/folded"], "GET", 200, 13)
        fields_are(spans["/s/200/13/empty-lines"], "GET", 200, 13)
        fields_are(spans["/s/200/13/long"], "POST", 200, 13, 4)
    return check


@shape("the client stops sending before it is answered")
def half_close(address):
    talk = Talk(address).send(head("/slow/60/half-closed", "GET", ["Connection: close"]))
    talk.connection.shutdown(1)
    tap.equal(talk.answer()[0], 200, "the client's view")
    return lambda spans, _: fields_are(spans["/slow/60/half-closed"], "GET", 200, 13)


@shape("a pause between two requests belongs to neither")
def idle_between(address):
    talk = Talk(address).send(head("/s/200/13/before-idle"))
    begin_ns = time.monotonic_ns()
    talk.answer()
    first_ns = time.monotonic_ns() - begin_ns + int(PAUSE_S * 1e9)
    time.sleep(0.2)
    talk.send(head("/s/200/13/after-idle")).answer()

    def check(spans, _):
        assert spans["/s/200/13/before-idle"].duration_ns <= first_ns
        gap_ns = spans["/s/200/13/after-idle"].start_ns - spans["/s/200/13/before-idle"].end_ns
        assert gap_ns >= 150_000_000, f"the idle time of 200 ms shows as {gap_ns} ns"
    return check


def trace_shapes():
    checks = []
    with EpollServer() as target:
        target.start()
        with Limpet.attach(target.pid) as limpet:
            limpet.start().wait_ready()
            for title, converse in CASES:
                with tap.case(f"{title}: the client is served"):
                    begin_ns = time.monotonic_ns()
                    check = converse(target.address)
                    checks.append((title, check, time.monotonic_ns() - begin_ns))
            limpet.stop()
            with tap.case("shapes: nothing lost, clean exit"):
                limpet.check_clean()
            spans = Found(span_checks.by_path(span_checks.of_kind(limpet.spans(), SERVER)))
            for title, check, elapsed_ns in checks:
                with tap.case(title):
                    check(spans, elapsed_ns)


def trace_garbage():
    """What is no HTTP at all: no span, no crash, the next connection is traced as ever."""
    with EpollServer() as target:
        target.start()
        with Limpet.attach(target.pid) as limpet:
            limpet.start().wait_ready()
            for bytes_sent in (b"\x16\x03\x01\x02\x00\x01\x00", bytes(range(256)) * 20, b"\r\n" * 500,
                               b"GET " + b"/" * 60000, b"HTTP/1.1 200 OK\r\n\r\n"):
                talk = Talk(target.address).send(bytes_sent)
                time.sleep(PAUSE_S)
                talk.close()
            outcomes = http_load.run_load(target.address, span_checks.varied_requests("after-garbage", 50), 5)
            limpet.stop()
            with tap.case("garbage: the requests after it are traced, clean exit"):
                spans = [span for span in limpet.spans() if "after-garbage" in span.path]
                span_checks.check_server_spans(spans, outcomes)
                tap.equal(limpet.code, 0, "exit code")


def trace_long_head():
    with EpollServer() as target:
        target.start()
        with Limpet.attach(target.pid) as limpet:
            limpet.start().wait_ready()
            talk = Talk(target.address)
            talk.send(head("/s/200/13/longer-than-the-cap", "GET", ["Cookie: " + "x" * 20000])).answer()
            talk.send(head("/s/200/13/after-long")).answer()
            limpet.stop()
            with tap.case("a head longer than the capture cap is a span all the same"):
                spans = Found(span_checks.by_path(limpet.spans()))
                fields_are(spans["/s/200/13/longer-than-the-cap"], "GET", 200, 13)
                fields_are(spans["/s/200/13/after-long"], "GET", 200, 13)
                tap.equal(limpet.code, 0, "exit code")


def trace_downloads():
    """nginx sends files with sendfile: the bytes never lie in user memory."""
    size = 10 * 1024 * 1024
    with NginxServer() as target:
        target.add_file("large", size)
        target.add_file("small", 777)
        target.start()
        with Limpet.attach(target.pid) as limpet:
            limpet.start().wait_ready()
            requests = [Request(f"/files/{name}?{number}") for number in range(10) for name in ("large", "small")]
            outcomes = http_load.run_load(target.address, requests, 1) + \
                http_load.run_load(target.address, [Request("/files/large?x"), Request("/files/absent")], 1, False)
            limpet.stop()
            with tap.case("sendfile: 10 MB downloads have their size, and their time"):
                limpet.check_clean()
                spans = sorted(limpet.spans(), key=lambda span: span.start_ns)
                tap.equal(len(spans), len(outcomes), "spans")
                for span, outcome in zip(spans, outcomes):
                    tap.equal(span.path, outcome.request.path.split("?")[0], "path")
                    span_checks.check_fields(span, outcome)


def main():
    for part in (trace_shapes, trace_garbage, trace_long_head, trace_downloads):
        with tap.session(part.__name__):
            part()
    tap.finish()


if __name__ == "__main__":
    main()
