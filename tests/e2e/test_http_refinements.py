#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Refinements of HTTP with real clients: elasticsearch-py and opensearch-py (their servers are too heavy: a strict stand-in
answers), boto3 against moto's S3 server, gql and requests against graphql-core, curl's upgrade to h2c. Client and server are
traced; every request has one span on each side, as many as the server logged, and no value of a request is in one."""
import collections
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "quickstart")]
import install
import tap
import target_servers
from limpet_runner import Limpet
from span_checks import CLIENT, SERVER

PROGRAMS = os.path.join(HERE, "http_refinements")
# Of PyPI, only what Debian has not; the rest (boto3, elasticsearch, flask, …) is installed from its packages.
WHEELS = ("moto==5.0.28", "py-partiql-parser==0.5.6", "opensearch-py==2.4.2", "graphql-core==3.2.6", "gql==3.5.2")
SECRETS = ("card4111", "AKIASECRET", "missing/")


def wheels():
    pip = [install.find_program("pip3"), "install", "-q", "--no-deps", "--disable-pip-version-check", "--no-compile", "--target", "."]
    return install.make_once("http-refinements", [], ["/usr/bin/python3", "-m", "pip", *pip[1:], *WHEELS])


class Program(target_servers.Target):
    """A server of PROGRAMS, which logs a line per request."""

    def __init__(self, program, *arguments):
        self.program, self.arguments = program, arguments
        super().__init__(families=("ipv4",))
        self.log = os.path.join(self.folder.name, "requests")

    def command(self):
        return ["/usr/bin/python3", os.path.join(PROGRAMS, self.program), str(self.address[1]), *self.arguments, self.log]

    def served(self):
        with open(self.log, encoding="utf-8") as file:
            return len(file.read().splitlines())


def check_private(spans):
    for span in spans:
        for key, value in span.attributes.items():
            # HTTP's own attributes have the path, as HTTP's conventions ask for it.
            if isinstance(value, str) and key not in ("url.full", "url.path", "http.route"):
                assert not any(secret in value for secret in SECRETS), f"{key}={value}"
        assert "card4111" not in span.name, span.name


def check_side(limpet, kind, wanted, describe, served):
    limpet.check_clean()
    spans = limpet.spans()
    tap.equal(len(spans), served, "spans of the requests that the server logged")
    found, expected = collections.Counter(describe(span) for span in spans), collections.Counter(wanted)
    tap.equal((found - expected, expected - found), (collections.Counter(), collections.Counter()), "said too much, not said")
    tap.equal({span.kind for span in spans}, {kind}, "kinds")
    check_private(spans)


def trace(title, server, command, wanted, describe):
    """wanted: what describe makes of the client's spans; a list for each side where they differ."""
    at_both = wanted if isinstance(wanted, tuple) else (wanted, wanted)
    with server:
        server.start()
        with Limpet.attach(server.pid) as at_server:
            at_server.start().wait_ready()
            with Limpet.run(command) as at_client:
                at_client.start().wait()
                with tap.case(f"{title}: the client's spans"):
                    assert "done" in at_client.stdout, at_client.stdout + at_client.stderr
                    check_side(at_client, CLIENT, at_both[0], describe, server.served())
            at_server.stop()
            with tap.case(f"{title}: the server's spans"):
                check_side(at_server, SERVER, at_both[1], describe, server.served())


def client(which, server, count):
    return ["/usr/bin/python3", os.path.join(PROGRAMS, "clients.py"), which, str(server.address[1]), str(count)]


def described(*keys):
    return lambda span: (span.name, *(span.attributes.get(key) for key in keys), span.status)


def search(product, which, count):
    system = product.split("-")[0]
    server = Program("search_server.py", product)

    def rows(error):
        once = [("index orders", "index", "orders", "201", 0), ("get orders", "get", "orders", "200", 0),
                ("search orders,logs", "search", "orders,logs", "200", 0), ("bulk", "bulk", None, "200", 0),
                ("search missing", "search", "missing", "404", error)]
        return [(name, system, *rest) for name, *rest in [*once * count, ("info", "info", None, "200", 0)]]
    first = 1 if which == "elasticsearch" else 0  # elasticsearch-py asks who it is before the first request
    both = rows(2), rows(0)
    for side in both:
        side.extend([("info", system, "info", None, "200", 0)] * first)
    trace(f"{which} and {product}, {count} at once", server, client(which, server, count), both,
          described("db.system.name", "db.operation.name", "db.collection.name", "db.response.status_code"))


S3_KEYS = ("rpc.system", "rpc.service", "rpc.method", "aws.s3.bucket", "aws.s3.part_number", "http.response.status_code")


def s3(count):
    server = Program("s3_server.py")

    def rows(error):
        once = [("PutObject", "pictures", 200, 0), ("GetObject", "pictures", 200, 0), ("ListObjectsV2", "pictures", 200, 0),
                ("HeadObject", "pictures", 404, error)]
        return [(f"S3.{method}", "aws-api", "S3", method, bucket, None, *rest)
                for method, bucket, *rest in [*once * count, ("CreateBucket", "pictures", 200, 0)]]
    trace(f"boto3 and moto, {count} at once", server, client("s3", server, count), (rows(2), rows(0)), described(*S3_KEYS))


def s3_multipart():
    server = Program("s3_server.py")
    methods = [("CreateBucket", 200), ("CreateMultipartUpload", 200), ("UploadPart", 200), ("ListParts", 200),
               ("CompleteMultipartUpload", 200), ("CopyObject", 200), ("GetBucketLocation", 200), ("DeleteObjects", 200),
               ("DeleteObject", 204), ("DeleteBucket", 204)]
    wanted = [(f"S3.{method}", "aws-api", "S3", method, "parts", 1 if method == "UploadPart" else None, status, 0)
              for method, status in methods]
    wanted.append(("S3.ListBuckets", "aws-api", "S3", "ListBuckets", None, None, 200, 0))
    trace("boto3 and moto, parts and words of the query", server, client("s3_multipart", server, 1), wanted, described(*S3_KEYS))


def graphql(count):
    server = Program("graphql_server.py")
    wanted = [("query", "query", "Book", 200, 0), ("mutation", "mutation", "Pay", 200, 0), ("query", "query", "B", 200, 0),
              ("query", "query", None, 200, 0), ("query", "query", "Text", 200, 0)] * count
    trace(f"gql, requests and graphql-core, {count} at once", server, client("graphql", server, count), wanted,
          described("graphql.operation.type", "graphql.operation.name", "http.response.status_code"))


def grpc_web():
    server = Program("graphql_server.py")
    method = "shop.Cart/Add"

    def rows(error):
        return [(method, "grpc", method, "OK", 0), (method, "grpc", method, "NOT_FOUND", error)] * 3
    trace("gRPC-Web over HTTP/1", server, client("grpc_web", server, 3), (rows(2), rows(0)),
          described("rpc.system.name", "rpc.method", "rpc.response.status_code"))


def h2c():
    server = Program("h2c_server.py")
    urls = [f"http://127.0.0.1:{server.address[1]}/{number}" for number in range(4)]
    program = ["/bin/sh", "-c", '"$@" && echo done', "sh", install.find_program("curl"), "-s", "--http2", *urls]
    trace("curl's upgrade to h2c", server, program, [("1.1", 101), *[("2", 200)] * 3],
          lambda span: (span.attributes["network.protocol.version"], span.status_code))


def main():
    try:
        os.environ["PYTHONPATH"] = wheels()
        for product, which, count in (("elasticsearch", "elasticsearch", 1), ("elasticsearch", "elasticsearch", 50),
                                      ("opensearch-2", "opensearch", 1), ("opensearch-3", "opensearch", 50)):
            search(product, which, count)
        s3(1)
        s3(50)
        s3_multipart()
        graphql(1)
        graphql(50)
        grpc_web()
        h2c()
    except tap.Skip as missing:
        tap.skip("refinements of HTTP", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
