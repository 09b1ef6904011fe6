# SPDX-License-Identifier: Apache-2.0
"""The servers of test_tls.py: what answers as tls_targets/ says, each with a TLS of its own, unmodified."""
import os
import shutil
import subprocess

import span_checks
import target_servers
from process_stage import PYTHON
from tls_target import make_certificate

TARGETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "tls_targets")
LARGE_BYTES = 3000000
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
    map $size $body {{ {bodies} }}
    server {{
        listen {listen} ssl backlog=1024;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_protocols {protocols};
        {statuses}
        location /files/ {{ root {folder}; client_max_body_size 64m; }}
    }}
}}
"""


class TlsTarget(target_servers.Target):
    library = "openssl"

    def __init__(self):
        super().__init__(families=("ipv4",))

    def prepare(self):
        self.files = make_certificate(self.folder.name)

    @property
    def tls_address(self):
        return [*self.address, "tls"]

    def url(self, path):
        return f"https://{self.address[0]}:{self.address[1]}{path}"


class ThreadServer(TlsTarget):
    name = "Python ssl, threads"

    def command(self):
        return [PYTHON, os.path.join(TARGETS, "tls_server.py"), *self.files, *self.listens()]


class AsyncServer(TlsTarget):
    name = "Python asyncio"

    def command(self):
        return [PYTHON, os.path.join(TARGETS, "tls_async_server.py"), *self.files, *self.listens()]


class NodeServer(TlsTarget):
    name = "Node https"

    def command(self):
        if not shutil.which("node"):
            raise target_servers.Missing("node is not installed")
        return [shutil.which("node"), os.path.join(TARGETS, "tls_node_server.js"), *self.files, *self.listens()]


class NginxServer(TlsTarget):
    name = "nginx"
    protocols = "TLSv1.3"

    def command(self):
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not program:
            raise target_servers.Missing("nginx is not installed")
        folder = self.folder.name
        configuration = os.path.join(folder, "nginx.conf")
        os.makedirs(os.path.join(folder, "files"), exist_ok=True)
        with open(os.path.join(folder, "files", "large"), "wb") as file:
            file.write(b"f" * LARGE_BYTES)
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(NGINX.format(
                folder=folder, listen=self.listens()[0], certificate=self.files[0], key=self.files[1], protocols=self.protocols,
                bodies=" ".join(f'{size} "{"b" * size}";' for size in (13, 1000)),
                statuses="\n        ".join(
                    f"location ~ ^/s/{status}/(?<size>[0-9]+)/ {{ return {status} {'' if status in (204, 304) else '$body'}; }}"
                    for status in span_checks.STATUSES)))
        return [program, "-p", folder, "-e", os.path.join(folder, "error.log"), "-c", configuration]


class NssServer(TlsTarget):
    """NSS's own test server: HTTP/1.0 with the request for an answer, one at a time per thread."""
    name = "NSS selfserv"
    library = "nss"

    def prepare(self):
        if not shutil.which("selfserv") or not shutil.which("certutil"):
            raise target_servers.Missing("libnss3-tools is not installed")
        folder = self.folder.name
        noise = os.path.join(folder, "noise")
        with open(noise, "wb") as file:
            file.write(os.urandom(256))
        for words in (["-N", "--empty-password"],
                      ["-S", "-x", "-n", "server", "-s", "CN=localhost", "-t", "C,C,C", "-z", noise, "-k", "ec", "-q", "nistp256"]):
            subprocess.run(["certutil", "-d", f"sql:{folder}", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def command(self):
        return [shutil.which("selfserv"), "-d", f"sql:{self.folder.name}", "-e", "server", "-p", str(self.address[1]), "-V", "tls1.2:",
                "-t", "16"]


def rust_program():
    """The target of tls_targets/rust, built when its sources are newer: hyper, tokio-rustls and ureq from crates."""
    sources = os.path.join(TARGETS, "rust")
    program = os.path.join(target_servers.BUILT, "tls_rust")
    newest = max(os.path.getmtime(os.path.join(sources, name)) for name in ("Cargo.toml", "Cargo.lock", "src/main.rs"))
    if os.path.exists(program) and os.path.getmtime(program) > newest:
        return program
    if not shutil.which("cargo"):
        raise target_servers.Missing("cargo is not installed")
    folder = os.path.join(target_servers.BUILT, "tls_rust.d")
    built = subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "--target-dir", folder], cwd=sources,
                           stderr=subprocess.PIPE, text=True, check=False)
    if built.returncode:
        raise target_servers.Missing(f"cargo build failed: {built.stderr.strip()[-300:]}")
    shutil.copy(os.path.join(folder, "release", "tls-rust"), program)
    return program


class RustServer(TlsTarget):
    name = "hyper and tokio-rustls"
    library = "rustls"

    def command(self):
        return [rust_program(), "server", *self.files, *self.listens()]


class NsprServer(target_servers.Target):
    """NSS's test server without TLS: the same functions of NSPR."""
    name = "NSPR httpserv"

    def prepare(self):
        if not shutil.which("httpserv"):
            raise target_servers.Missing("libnss3-tools is not installed")

    def command(self):
        return [shutil.which("httpserv"), "-p", str(self.address[1])]


class OldNginxServer(NginxServer):
    name = "nginx, TLS 1.2"
    protocols = "TLSv1.2"
