#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""PHP-FPM behind nginx: N requests are N server spans in nginx and N in FPM, and N client spans between them.

Over a UNIX socket and over TCP, with a connection per request and with connections that stay open.
"""
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
import target_servers
from limpet_runner import Limpet

REQUESTS = 150
CONCURRENCIES = (1, 20)

PHP = """<?php
[, , $status, $size] = explode("/", $_SERVER["REQUEST_URI"]);
if ($_SERVER["REQUEST_METHOD"] === "POST") {
    strlen(file_get_contents("php://input"));
}
http_response_code((int) $status);
if ((int) $status === 500) {
    error_log("this one is meant to fail");
}
if (!in_array((int) $status, [204, 304])) {
    echo str_repeat("b", (int) $size);
}
"""
FPM = """[global]
error_log = {folder}/fpm.log
daemonize = no
[www]
listen = {listen}
listen.backlog = 1024
user = root
group = root
pm = static
pm.max_children = 24
"""
NGINX = """user root;
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream php {{ server {upstream}; {keep} }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME {folder}/app.php;
            fastcgi_keep_conn {is_kept};
            fastcgi_pass php;
        }}
    }}
}}
"""


def find_fpm():
    for folder in ("/usr/sbin", "/usr/local/sbin"):
        if os.path.isdir(folder):
            for name in sorted(os.listdir(folder), reverse=True):
                if name.startswith("php-fpm"):
                    return os.path.join(folder, name)
    return None


class FpmServer(target_servers.Target):
    """Both under one shell, so that `limpet run` has both."""

    def __init__(self, is_unix, is_kept):
        self.is_unix, self.is_kept = is_unix, is_kept
        self.name = f"php-fpm, {'UNIX' if is_unix else 'TCP'}, {'kept' if is_kept else 'closed'}"
        super().__init__(families=("ipv4",))

    def prepare(self):
        self.fpm = find_fpm()
        self.nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not self.fpm or not self.nginx:
            raise target_servers.Missing("php-fpm or nginx is not installed")
        folder = self.folder.name
        self.fpm_port = target_servers.free_port()
        listen = f"{folder}/fpm.sock" if self.is_unix else f"127.0.0.1:{self.fpm_port}"
        values = {"folder": folder, "listen": listen, "port": self.address[1],
                  "upstream": f"unix:{listen}" if self.is_unix else listen,
                  "keep": "keepalive 8;" if self.is_kept else "", "is_kept": "on" if self.is_kept else "off"}
        for name, text in (("app.php", PHP), ("fpm.conf", FPM.format(**values)), ("nginx.conf", NGINX.format(**values))):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)

    def wait_listening(self):
        """A connection that says nothing makes no span."""
        super().wait_listening()
        if not self.is_unix:
            target_servers.wait_listening(("127.0.0.1", self.fpm_port))
        end = time.monotonic() + 30
        while self.is_unix and not os.path.exists(f"{self.folder.name}/fpm.sock"):
            assert time.monotonic() < end, "php-fpm does not listen"
            time.sleep(0.02)

    def command(self):
        folder = self.folder.name
        script = (f"{self.fpm} -n -R -F -y {folder}/fpm.conf & fpm=$!; "
                  f"{self.nginx} -e {folder}/error.log -c {folder}/nginx.conf & nginx=$!; "
                  "trap 'kill $fpm $nginx; wait' TERM; wait")
        return ["sh", "-c", script]


def is_fastcgi(span):
    return span.attributes.get("network.protocol.name") == "fastcgi"


def check_spans(spans, outcomes):
    span_checks.check_unique_ids(spans)
    outer = [span for span in spans if not is_fastcgi(span)]
    inner = [span for span in spans if is_fastcgi(span)]
    span_checks.check_server_spans(outer, outcomes)
    assert not span_checks.of_kind(outer, span_checks.CLIENT), "a client span that is not FastCGI"
    span_checks.check_joined(inner, len(outcomes))
    servers = span_checks.by_path(span_checks.of_kind(outer, span_checks.SERVER))
    linked = span_checks.check_parents(span_checks.of_kind(inner, span_checks.CLIENT), servers.values(), lambda span: span.path)
    wanted = {outcome.request.path.split("?")[0]: outcome for outcome in outcomes}
    for span in inner:
        outcome = wanted[span.path]
        assert span.status_code == outcome.status, f"{span.path}: status {span.status_code}, the client saw {outcome.status}"
        assert span.method == outcome.request.method, f"{span.path}: method {span.method}"
        is_error = outcome.status >= (500 if span.kind == span_checks.SERVER else 400)
        assert (span.status == 2) == is_error, f"{span.path}: span status {span.status} for {outcome.status}"
    return linked


def trace(target):
    # A burst on kept connections may be over before a busy agent has told the kernel what they speak.
    with Limpet.run(target.command(), "--undecided-bytes=1MiB") as limpet:
        limpet.start().wait_ready()
        target.wait_listening()
        outcomes = []
        for concurrency in CONCURRENCIES:
            requests = span_checks.varied_requests(f"c{concurrency}", REQUESTS)
            outcomes += http_load.run_load(target.address, requests, concurrency, True)
        limpet.stop()
        with tap.case(f"{target.name}: the client is served"):
            span_checks.check_outcomes(outcomes)
        with tap.case(f"{target.name}: {len(outcomes)} requests, as many spans of each of three kinds, joined"):
            linked = check_spans(limpet.spans(), outcomes)
            assert linked >= REQUESTS, f"only {linked} client spans have their request as parent"
        with tap.case(f"{target.name}: nothing lost"):
            assert not limpet.lost(), f"lost: {limpet.lost()}"


def main():
    for is_unix in (True, False):
        for is_kept in (False, True):
            try:
                with FpmServer(is_unix, is_kept) as target:
                    trace(target)
            except target_servers.Missing as missing:
                tap.skip("php-fpm behind nginx", str(missing))
    tap.finish()


if __name__ == "__main__":
    main()
