#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 by servers and proxies that are in use: as many spans as they count themselves, each right, proxied ones joined.

nginx (stub_status), Apache (its log) and HAProxy (show stat) asked by h2load, one stream at a time and many;
nghttpx and HAProxy in front of nginx, HTTP/1 and HTTP/2 on either side.
"""
import collections
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
import target_servers
import test_tls
import tls_target
from limpet_runner import Limpet

# A loaded machine may keep limpet from its ring for a while.
OPTIONS = ("--ring-size=16MiB",)
# (path, requests, connections, streams of each at a time)
FEW_STREAMS = (("/a", 200, 1, 1), ("/a", 600, 50, 1), ("/a", 400, 10, 4), ("/files/b", 100, 1, 1), ("/files/b", 300, 50, 1))
MANY_STREAMS = FEW_STREAMS + (("/a", 600, 50, 4), ("/a", 1000, 5, 100))
TLS_LOADS = (("/a", 100, 1, 1), ("/a", 200, 50, 1), ("/files/b", 100, 5, 4))
SIZES = {"/a": 15, "/files/b": 3000}
MARKS = {"limpet.lossy", "limpet.incomplete", "limpet.headers.incomplete"}

NGINX = """
user root; worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 1000000; default_type text/plain; http2_max_concurrent_streams 128;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{http1};
        listen 127.0.0.1:{http2} http2;
        {tls}
        location = /status {{ stub_status; }}
        location / {{ return 200 "answer of nginx"; }}
        location /files/ {{ root {folder}; }}
        location /none {{ return 404; }}
    }}
}}
"""
NGINX_TLS = "listen 127.0.0.1:{port} ssl http2; ssl_protocols TLSv1.3; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;"

APACHE = """
ServerRoot {folder}
PidFile {folder}/apache.pid
ServerName 127.0.0.1
DefaultRuntimeDir {folder}
ErrorLog {folder}/error.log
LogFormat "%r" short
CustomLog {folder}/access.log short
Listen 127.0.0.1:{http1}
{modules}
Protocols h2c http/1.1
H2MaxSessionStreams 128
StartServers 2
ServerLimit 2
ThreadsPerChild 60
ThreadLimit 60
MaxRequestWorkers 120
MinSpareThreads 1
MaxSpareThreads 120
MaxKeepAliveRequests 0
DocumentRoot {folder}/files
<Directory "{folder}/files">
    Require all granted
</Directory>
"""
APACHE_MODULES = ("mpm_event", "authz_core", "http2")

HAPROXY = """
global
    stats socket {folder}/stats mode 600 level admin
    nbthread 2
    maxconn 1000
defaults
    mode http
    timeout connect 20s
    timeout client 20s
    timeout server 20s
    timeout http-keep-alive 20s
{frontends}
"""
HAPROXY_PAIR = """
frontend from_{front}_to_{back}
    bind 127.0.0.1:{port} {bind}
    default_backend {back}_for_{front}
backend {back}_for_{front}
    server nginx 127.0.0.1:{server_port} {server}
"""


def find(name):
    program = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not program:
        raise tap.Skip(f"{name} is not installed")
    return program


def ask(port, path="/status"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.read().decode()


class Http2Target(target_servers.Target):
    """addresses["ipv4"]: where it speaks HTTP/1, most of them HTTP/2 too."""

    def __init__(self):
        self.http2_port = None
        super().__init__(families=("ipv4",))
        self.http2_port = self.http2_port or self.http1_port

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    @property
    def http1_port(self):
        return self.address[1]

    def count(self):
        """Requests by its own count, with this one; None: it can only tell at its end."""

    def count_at_end(self):
        """Where it can."""


class Nginx(Http2Target):
    name = "nginx"
    loads = MANY_STREAMS
    has_tls = False

    def prepare(self):
        self.program = find("nginx")
        self.http2_port = target_servers.free_port()
        self.addresses["http2"] = ("127.0.0.1", self.http2_port)
        tls = ""
        if self.has_tls:
            self.tls_port = target_servers.free_port()
            tls = NGINX_TLS.format(port=self.tls_port, folder=self.folder.name)
            subprocess.run([find("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                            "-keyout", f"{self.folder.name}/key.pem", "-out", f"{self.folder.name}/cert.pem"],
                           stderr=subprocess.DEVNULL, timeout=60, check=True)
        self.write("files/b", "b" * 3000)
        self.configuration = self.write("nginx.conf", NGINX.format(
            folder=self.folder.name, http1=self.http1_port, http2=self.http2_port, tls=tls))

    def command(self):
        return [self.program, "-p", self.folder.name, "-e", f"{self.folder.name}/error.log", "-c", self.configuration]

    def count(self):
        return int(re.search(r"(\d+) (\d+) (\d+) \n", ask(self.http1_port))[3])


class NginxTls(Nginx):
    name = "nginx with TLS"
    has_tls = True


class Apache(Http2Target):
    name = "Apache"
    loads = FEW_STREAMS  # what many of them have to say at once it writes in more pieces than are looked at
    modules = "/usr/lib/apache2/modules"

    def prepare(self):
        self.program = find("apache2")
        lacking = [module for module in APACHE_MODULES if not os.path.exists(f"{self.modules}/mod_{module}.so")]
        if lacking:
            raise tap.Skip(f"Apache's modules {' '.join(lacking)} are not installed")
        self.write("files/a", "answer of nginx")
        self.write("files/files/b", "b" * 3000)
        self.configuration = self.write("apache.conf", APACHE.format(
            folder=self.folder.name, http1=self.http1_port,
            modules="\n".join(f"LoadModule {module}_module {self.modules}/mod_{module}.so" for module in APACHE_MODULES)))

    def command(self):
        return [self.program, "-DFOREGROUND", "-d", self.folder.name, "-f", self.configuration]

    def count_at_end(self):
        """mod_status misses requests of HTTP/2 (191 of 200 on one connection): its log has a line for each."""
        with open(f"{self.folder.name}/access.log", encoding="utf-8") as file:
            return len(file.readlines())


class Nghttpx(Http2Target):
    """In front of nginx; speaks HTTP/1 and HTTP/2 at one port."""
    name = "nghttpx"

    def __init__(self, backend_port, is_http2):
        self.backend = f"127.0.0.1,{backend_port};;proto={'h2' if is_http2 else 'http/1.1'}"
        super().__init__()

    def prepare(self):
        self.program = find("nghttpx")

    def command(self):
        return [self.program, "--conf=/dev/null", f"--frontend=127.0.0.1,{self.http1_port};no-tls", f"--backend={self.backend}",
                f"--pid-file={self.folder.name}/pid", f"--errorlog-file={self.folder.name}/error.log", "--workers=1", "--no-ocsp"]


class Haproxy(Http2Target):
    """Four ways through it: HTTP/1 and HTTP/2 on either side."""
    name = "HAProxy"

    def __init__(self, nginx):
        self.nginx = nginx
        super().__init__()

    def prepare(self):
        self.program = find("haproxy")
        self.ports = {}
        pairs = []
        for front, bind in (("http1", ""), ("http2", "proto h2")):
            for back, server in (("http1", ""), ("http2", "proto h2")):
                self.ports[front, back] = target_servers.free_port()
                server_port = self.nginx.http2_port if back == "http2" else self.nginx.http1_port
                pairs.append(HAPROXY_PAIR.format(front=front, back=back, port=self.ports[front, back], bind=bind,
                                                 server_port=server_port, server=server))
        self.addresses = {"ipv4": ("127.0.0.1", self.ports["http2", "http2"])}
        self.configuration = self.write("haproxy.cfg", HAPROXY.format(folder=self.folder.name, frontends="".join(pairs)))

    def command(self):
        return [self.program, "-db", "-q", "-f", self.configuration]

    def counts(self):
        """req_tot by frontend and by backend's server: {(front, back): requests}, {(front, back): requests}."""
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(f"{self.folder.name}/stats")
            asking.sendall(b"show stat\n")
            lines = asking.makefile().read().lstrip("# ").splitlines()
        rows = [dict(zip(lines[0].split(","), line.split(","))) for line in lines[1:] if line]
        fronts, backs = {}, {}
        for row in rows:
            words = row["pxname"].split("_")
            if row["svname"] == "FRONTEND":
                fronts[words[1], words[3]] = int(row["req_tot"])
            elif row["svname"] == "nginx":
                backs[words[2], words[0]] = int(row["req_tot"])
        return fronts, backs


def load(port, path, count, clients, streams, scheme="http"):
    done = subprocess.run([find("h2load"), f"-n{count}", f"-c{clients}", f"-m{streams}",
                           f"{scheme}://127.0.0.1:{port}{path}"], stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert f"{count} succeeded" in done.stdout, done.stdout


def load_numbered(port, label, count, streams):
    """On one connection; every request has a path of its own."""
    uris = "".join(f"http://127.0.0.1:{port}/{label}/{number}\n" for number in range(count))
    done = subprocess.run([find("h2load"), f"-n{count}", "-c1", f"-m{streams}", "-i-"],
                          input=uris, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert f"{count} succeeded" in done.stdout, done.stdout


def load_http1(port, label, count, clients):
    requests = [http_load.Request(f"/{label}/{number}", "GET", 0) for number in range(count)]
    outcomes = http_load.run_load(("127.0.0.1", port), requests, clients, True)
    failed = [outcome for outcome in outcomes if outcome.error or outcome.status != 200]
    assert not failed, f"{len(failed)} of {count} failed: {failed[0]}"


def version_of(span):
    return span.attributes.get("network.protocol.version")


def wanted_spans(loads, version):
    wanted = collections.Counter()
    for path, count, _, _ in loads:
        wanted[f"GET {path}", span_checks.SERVER, "GET", path, 200, version, SIZES[path]] += count
    return wanted


def check_unmarked(spans):
    marked = [span for span in spans if MARKS.intersection(span.attributes)]
    assert not marked, f"{len(marked)} of {len(spans)} are marked: {marked[0]}"


def check_server(server):
    with server() as target:
        with Limpet.run(target.command(), *OPTIONS) as limpet:
            limpet.start().wait_ready()
            target.wait_listening()
            for path, count, clients, streams in target.loads:
                load(target.http2_port, path, count, clients, streams)
            counted = target.count()
            limpet.stop().check_clean()
            spans = limpet.spans()
            tap.equal(len(spans), counted or target.count_at_end(), f"spans, and what {server.name} counted")
            check_unmarked(spans)
            tap.equal(collections.Counter((span.name, span.kind, span.method, span.path, span.status_code, version_of(span),
                                           span.attributes.get("http.response.body.size"))
                                          for span in spans if span.path != "/status"), wanted_spans(target.loads, "2"), "spans")
            span_checks.check_unique_ids(spans)


def script_of(*targets):
    """Starts them in the background, and ends them in the opposite order."""
    starts = " ".join(f"{shlex.join(target.command())} & p{number}=$!;" for number, target in enumerate(targets))
    ends = " ".join(f"$p{number}" for number in reversed(range(len(targets))))
    return ["sh", "-c", f"{starts} trap 'kill {ends}; wait; exit 0' TERM; wait"]


def check_under_callers(spans, callers):
    """Each is the only child of a caller's span of the same path; paths may come more than once."""
    by_id = {span.span_id: span for span in callers}
    tap.equal(len({span.parent_id for span in spans}), len(spans), "callers")
    for span in spans:
        caller = by_id[span.parent_id]
        tap.equal((span.trace_id, span.parent_source, span.path), (caller.trace_id, "connection", caller.path), "the caller")
        assert span.duration_ns <= caller.duration_ns, f"took longer than its caller: {span} {caller}"


def check_proxied(spans, proxy, version_count):
    """Of each request three spans: the proxy's server and client, nginx's server. version_count: {(versions of these): requests}."""
    fronts = [span for span in spans if span.kind == span_checks.SERVER and span.service == proxy]
    backs = [span for span in spans if span.kind == span_checks.CLIENT]
    servers = [span for span in spans if span.kind == span_checks.SERVER and span.service == "nginx"]
    count = sum(version_count.values())
    tap.equal([len(fronts), len(backs), len(servers)], [count] * 3, f"spans of {proxy}'s two sides and of nginx")
    check_unmarked(spans)
    for side, of_kind in enumerate((fronts, backs, servers)):
        wanted = collections.Counter()
        for versions, requests in version_count.items():
            wanted["GET", 200, versions[side]] += requests
        tap.equal(collections.Counter((span.method, span.status_code, version_of(span)) for span in of_kind), wanted, "fields")
    check_under_callers(servers, backs)
    # One at a time: all of one trace. Of many at once, which caused which is not always to be seen.
    for label, may_lack in (("/one", False), ("/many", True)):
        numbered = [[span for span in side if span.path.startswith(label)] for side in (fronts, backs)]
        span_checks.check_parents(numbered[1], numbered[0], lambda span: span.path, may_lack)


def check_tls():
    with NginxTls() as target:
        with Limpet.run(target.command(), *tls_target.OPTIONS, *OPTIONS) as limpet:
            limpet.start().wait_ready()
            target.wait_listening()
            with open(f"{target.folder.name}/nginx.pid", encoding="utf-8") as file:
                watched = test_tls.processes_of(int(file.read()))
            for pid in watched:
                tls_target.wait_watched(limpet, pid)
            for path, count, clients, streams in TLS_LOADS:
                load(target.tls_port, path, count, clients, streams, "https")
            counted = target.count()
            limpet.stop().check_clean()
            spans = limpet.spans()
            tap.equal(len(spans), counted, "spans, and what nginx counted")
            spans = [span for span in spans if span.path != "/status"]
            check_unmarked(spans)
            tap.equal(collections.Counter((span.name, span.kind, span.method, span.path, span.status_code, version_of(span),
                                           span.attributes.get("http.response.body.size")) for span in spans),
                      wanted_spans(TLS_LOADS, "2"), "spans")
            tap.equal({(span.attributes["url.scheme"], span.attributes.get("tls.protocol.version")) for span in spans}, {("https", "1.3")}, "TLS")


def check_nghttpx(is_http2):
    with Nginx() as nginx, Nghttpx(nginx.http2_port if is_http2 else nginx.http1_port, is_http2) as proxy:
        with Limpet.run(script_of(nginx, proxy), *OPTIONS) as limpet:
            limpet.start().wait_ready()
            nginx.wait_listening()
            proxy.wait_listening()
            load_numbered(proxy.http1_port, "one", 100, 1)
            load_numbered(proxy.http1_port, "many", 200, 10)
            load(proxy.http1_port, "/a", 300, 50, 1)
            counted = nginx.count()
            limpet.stop().check_clean()
            own = [span for span in limpet.spans() if span.path == "/status"]
            tap.equal((counted, len(own)), (601, 1), "what nginx counted")
            behind = "2" if is_http2 else "1.1"
            check_proxied([span for span in limpet.spans() if span.path != "/status"], "nghttpx", {("2", behind, behind): 600})


def check_haproxy():
    requests = 150
    with Nginx() as nginx, Haproxy(nginx) as proxy:
        with Limpet.run(script_of(nginx, proxy), *OPTIONS) as limpet:
            limpet.start().wait_ready()
            nginx.wait_listening()
            proxy.wait_listening()
            for (front, back), port in proxy.ports.items():
                if front == "http1":
                    load_http1(port, f"one_{back}", 50, 1)
                    load_http1(port, f"many_{back}", 100, 50)
                else:
                    load_numbered(port, f"many_streams_{back}", 50, 10)
                    load(port, "/a", 100, 50, 1)
            fronts, backs = proxy.counts()
            counted = nginx.count()
            limpet.stop().check_clean()
            spans = limpet.spans()
            own = [span for span in spans if span.path == "/status"]
            spans = [span for span in spans if span.path != "/status"]
            tap.equal((fronts, backs), ({pair: requests for pair in proxy.ports},) * 2, "what HAProxy counted")
            tap.equal((counted, len(own)), (4 * requests + 1, 1), "what nginx counted")
            versions = {"http1": "1.1", "http2": "2"}
            check_proxied(spans, "haproxy", {(versions[front], versions[back], versions[back]): requests for front, back in fronts})
            for (front, back), port in proxy.ports.items():
                of_port = [span for span in spans if span.service == "haproxy" and span.attributes.get("network.local.port") == port]
                tap.equal(len(of_port), fronts[front, back], f"server spans of {front} to {back}")


def main():
    for server in (Nginx, Apache):
        with tap.case(f"{server.name}: one stream at a time and many, as many spans as it counts"):
            check_server(server)
    for is_http2 in (True, False):
        with tap.case(f"nghttpx before nginx, HTTP/{2 if is_http2 else 1} behind it: three spans of each request, joined"):
            check_nghttpx(is_http2)
    with tap.case("nginx with TLS: as many spans as it counts, of https and TLS 1.3"):
        check_tls()
    with tap.case("HAProxy before nginx, HTTP/1 and HTTP/2 on either side: as many spans as both count, joined"):
        check_haproxy()
    tap.finish()


if __name__ == "__main__":
    main()
