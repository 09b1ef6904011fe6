# SPDX-License-Identifier: Apache-2.0
"""The servers the end-to-end tests trace: real programs with their own configuration, on free loopback ports.

Every target answers the paths of tests/e2e/targets/http_answers.c (nginx: /s/ only, and files). A target is
started by the test itself (start) or by limpet (command), and ended by its process id.
"""
import errno
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from limpet_runner import ROOT, environment_for
from tap import Skip

SOURCES = os.path.join(ROOT, "tests", "e2e", "targets")
BUILT = os.path.join(ROOT, ".build", "tests", "e2e", "targets")
PYTHON = "/usr/bin/python3"
LISTEN_S = 90  # RabbitMQ and Kafka on a busy machine
NGINX_STATUSES = (200, 201, 204, 304, 400, 404, 500, 503)
NGINX_SIZES = (0, 13, 1000, 20000)
GIVEN_PORTS = set()


class Missing(Skip):
    """The target cannot be had on this machine; the text says why."""


def install_module(package, folder):
    """A Python module that Debian does not have, for clients alone."""
    done = subprocess.run(["pip3", "install", "-q", "--no-deps", "--disable-pip-version-check", "--target", folder, package],
                          stderr=subprocess.PIPE, timeout=120, check=False)
    if done.returncode:
        raise Missing(f"{package} cannot be had: {done.stderr.decode()[-120:].strip()}")


def free_port(host="127.0.0.1"):
    """Never the same twice, and none that the kernel would give to a client before the server listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        first_of_clients = int(file.read().split()[0])
    while True:
        port = random.randrange(10000, max(first_of_clients, 20000))
        if port in GIVEN_PORTS:
            continue
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            raise
        GIVEN_PORTS.add(port)
        return port


def can_listen(host):
    try:
        free_port(host)
        return True
    except OSError:
        return False


def wait_listening(address, process=None):
    end = time.monotonic() + LISTEN_S
    while True:
        family = socket.AF_UNIX if isinstance(address, str) else \
            socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(address)
                return
            except OSError:
                pass
        assert process is None or process.poll() is None, f"the server left with code {process.poll()}"
        assert time.monotonic() < end, f"nothing listens at {address} after {LISTEN_S} s"
        time.sleep(0.02)


class Target:
    """addresses: one per family, by "ipv4", "ipv6"; folder: its own, removed at the end."""
    name = ""

    def __init__(self, families=("ipv4", "ipv6")):
        hosts = {"ipv4": "127.0.0.1", "ipv6": "::1"}
        self.addresses = {family: (hosts[family], free_port(hosts[family]))
                          for family in families if can_listen(hosts[family])}
        self.folder = tempfile.TemporaryDirectory(prefix="limpet-target-")
        self.process = None
        self.prepare()

    def prepare(self):
        """Writes configuration, finds or builds the program; raises Missing."""

    def listens(self):
        return [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.addresses.values()]

    def command(self):
        raise NotImplementedError

    @property
    def address(self):
        return self.addresses["ipv4"]

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        env=environment_for(), start_new_session=True)
        self.wait_listening()
        return self

    def wait_listening(self):
        for address in self.addresses.values():
            wait_listening(address, self.process)

    def stop(self):
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()


class EpollServer(Target):
    name = "C epoll server"
    calls = "read"

    def prepare(self):
        self.program = os.path.join(BUILT, "epoll_server")
        if not os.path.exists(self.program):
            raise Missing("epoll_server is not built: make test-programs")

    def command(self):
        return [self.program, f"--calls={self.calls}", *self.listens()]


class UnixServer(EpollServer):
    name = "C epoll server on a UNIX socket"

    def __init__(self):
        super().__init__(families=())
        self.addresses = {"unix": os.path.join(self.folder.name, "server.socket")}

    def listens(self):
        return ["unix:" + self.addresses["unix"]]

    @property
    def address(self):
        return self.addresses["unix"]


class PythonServer(Target):
    name = "Python http.server"

    def command(self):
        return [PYTHON, os.path.join(SOURCES, "http_server.py"), *self.listens()]


class FlaskServer(Target):
    name = "Flask, threaded"

    def __init__(self, downstream=None, families=("ipv4", "ipv6"), redis=None):
        self.calls = {"downstream": downstream, "redis": redis}
        super().__init__(families)

    def prepare(self):
        modules = ["flask", *(["redis"] if self.calls["redis"] else [])]
        if subprocess.run([PYTHON, "-c", "import " + ", ".join(modules)], stderr=subprocess.DEVNULL, check=False).returncode:
            raise Missing(" or ".join(f"python3-{name}" for name in modules) + " is not installed")

    def command(self):
        options = [f"--{name}={address[0]}:{address[1]}" for name, address in self.calls.items() if address]
        return [PYTHON, os.path.join(SOURCES, "flask_app.py"), *options, *self.listens()]


class NodeServer(Target):
    name = "Node http"

    def prepare(self):
        self.program = shutil.which("node")
        if not self.program:
            raise Missing("node is not installed")

    def command(self):
        return [self.program, os.path.join(SOURCES, "node_server.js"), *self.listens()]


class GoServer(Target):
    name = "Go net/http"

    def prepare(self):
        self.program = os.path.join(BUILT, "go_server")
        source = os.path.join(SOURCES, "go_server.go")
        if os.path.exists(self.program) and os.path.getmtime(self.program) > os.path.getmtime(source):
            return
        go = shutil.which("go", path=os.environ.get("PATH", "") + ":/usr/local/go/bin")
        if not go:
            raise Missing("go is not installed")
        environment = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "-p=2",
                       "GOCACHE": os.path.join(ROOT, ".build", "go-cache")}
        os.makedirs(BUILT, exist_ok=True)
        built = subprocess.run([go, "build", "-o", self.program, source], env=environment, stderr=subprocess.PIPE,
                               text=True, check=False)
        if built.returncode:
            raise Missing(f"go build failed: {built.stderr.strip()}")

    def command(self):
        return [self.program, *self.listens()]


NGINX_CONFIGURATION = """
user root;
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    sendfile on;
    default_type text/plain;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $uri $thousand {{ default "{thousand}"; }}
    map $size $body {{ {bodies} }}
{upstream}
    server {{
{listens}
        root {folder}/files;
        {statuses}
        location /files/ {{ client_max_body_size 64m; }}
{locations}
    }}
}}
"""


class NginxServer(Target):
    """`return` answers any method with any status; files under files/ go out by sendfile."""
    name = "nginx"

    def __init__(self, proxy_to=None, families=("ipv4", "ipv6"), pass_headers=""):
        self.proxy_to = proxy_to
        self.pass_headers = pass_headers
        super().__init__(families)

    def prepare(self):
        self.program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not self.program:
            raise Missing("nginx is not installed")
        os.mkdir(os.path.join(self.folder.name, "files"))
        self.configuration = os.path.join(self.folder.name, "nginx.conf")
        bodies = {size: "$thousand" * (size // 1000) if size >= 1000 else "b" * size for size in NGINX_SIZES}
        with open(self.configuration, "w", encoding="utf-8") as file:
            file.write(NGINX_CONFIGURATION.format(
                folder=self.folder.name, thousand="b" * 1000,
                bodies=" ".join(f'{size} "{body}";' for size, body in bodies.items()),
                listens="\n".join(f"        listen {listen} backlog=1024;" for listen in self.listens()),
                statuses="\n        ".join(
                    f"location ~ ^/s/{status}/(?<size>[0-9]+)/ {{ return {status} {'' if status in (204, 304) else '$body'}; }}"
                    for status in NGINX_STATUSES),
                **self.proxy_parts()))

    def proxy_parts(self):
        if not self.proxy_to:
            return {"upstream": "", "locations": ""}
        host, port = self.proxy_to
        location = "proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection \"\";"
        return {"upstream": f"    upstream app {{ server {host}:{port}; keepalive 64; }}",
                "locations": f"        location / {{ {location} {self.pass_headers} }}"}

    def add_file(self, name, size):
        path = os.path.join(self.folder.name, "files", "files", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"f" * size)

    def command(self):
        return [self.program, "-p", self.folder.name, "-e", os.path.join(self.folder.name, "error.log"),
                "-c", self.configuration]


ALL_SERVERS = (EpollServer, NginxServer, PythonServer, FlaskServer, GoServer, NodeServer)


def main():
    """Starts each target once and asks it something: the harness's own check, no limpet involved."""
    import http_load
    for server in ALL_SERVERS + (UnixServer,):
        with server() as target:
            target.start()
            for address in target.addresses.values():
                requests = [http_load.Request(f"/s/{status}/{size}/x", method, 100 if method == "POST" else 0)
                            for status in (200, 404, 204, 304) for size in (0, 13, 20000)
                            for method in ("GET", "POST", "HEAD", "PROPFIND", "DELETE")] * 4
                for concurrency in (1, 50):
                    for is_keep_alive in (True, False):
                        for outcome in http_load.run_load(address, requests, concurrency, is_keep_alive):
                            wanted = outcome.request.path.split("/")
                            size = 0 if wanted[2] in ("204", "304") or outcome.request.method == "HEAD" else int(wanted[3])
                            if (outcome.status, outcome.response_size) != (int(wanted[2]), size):
                                print(server.name, outcome)
            print(server.name, "answers", len(requests) * 4 * len(target.addresses))


if __name__ == "__main__":
    sys.exit(main())
