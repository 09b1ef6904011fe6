#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A strict stand-in for the API server of Kubernetes: list, watch and Secrets over TLS, with tokens and its own authority.

usage: kubernetes_server.py --folder DIR --node NAME [--max-seconds N]

In DIR it keeps ca.crt and token as a service account has them, `url`, `control` (the port of a plain HTTP interface on loopback:
POST a JSON object, see Control), and on exit `violations`. As a module: class Server. It refuses what the real one refuses
(kubernetes_cluster.py); streams are cut into pieces at random places; it can drop streams within an object, expire versions, rotate
tokens and its authority, and be down."""
import argparse
import json
import os
import random
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from kubernetes_cluster import Cluster, Refused, make_pod

__all__ = ["Server", "make_pod"]


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def write(path, text):
    """As the kubelet does it: the old file or the new one, nothing in between."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


class Authority:
    """A certificate authority of our own and a server's certificate by it, in a folder of their own."""

    def __init__(self, folder, name):
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder)
        ca, key = self.path("ca.crt"), self.path("ca.key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                f"/CN=limpet test {name}", "-keyout", key, "-out", ca)
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=kube-apiserver",
                "-keyout", self.path("server.key"), "-out", self.path("server.csr"))
        with open(self.path("names"), "w", encoding="utf-8") as file:
            file.write("subjectAltName=IP:127.0.0.1,DNS:kubernetes.default.svc\n")
        openssl("x509", "-req", "-in", self.path("server.csr"), "-CA", ca, "-CAkey", key, "-CAcreateserial", "-days", "2",
                "-extfile", self.path("names"), "-out", self.path("server.crt"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def text(self):
        with open(self.path("ca.crt"), encoding="utf-8") as file:
            return file.read()

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("server.crt"), self.path("server.key"))
        return context


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "limpet-fake-apiserver"

    def setup(self):
        self.request.settimeout(60)
        self.request.do_handshake()
        super().setup()

    def log_message(self, *_):
        pass

    def answer(self, code, content):
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        cluster = self.server.api.cluster
        cluster.requests.append(self.path)
        try:
            self.serve(cluster, urllib.parse.urlsplit(self.path))
        except Refused as refused:
            if not refused.is_expected:
                cluster.violations.append(f"{self.path}: {refused}")
            self.answer(refused.code, refused.status())

    def serve(self, cluster, url):
        if self.request_version != "HTTP/1.1" or not self.headers.get("Host"):
            raise Refused(400, "BadRequest", "not HTTP/1.1 with a Host")
        if "application/json" not in self.headers.get("Accept", ""):
            raise Refused(406, "NotAcceptable", "only application/json")
        if not self.headers.get("User-Agent", "").startswith("limpet/"):
            raise Refused(400, "BadRequest", "who is it?")
        cluster.authenticate(self.headers)
        parts = url.path.split("/")
        if url.path == "/api/v1/pods":
            is_watch, parameters = cluster.parse(url.query)
            if is_watch:
                self.watch(cluster, *cluster.begin_watch(parameters))
            else:
                self.answer(200, cluster.list_pods(parameters))
        elif len(parts) == 7 and parts[1:4] == ["api", "v1", "namespaces"] and parts[5] == "secrets" and not url.query:
            self.answer(200, cluster.secret(parts[4], parts[6]))
        elif len(parts) >= 6 and parts[1:4] == ["api", "v1", "namespaces"]:
            raise Refused(403, "Forbidden", f"{url.path} is forbidden")
        else:
            raise Refused(404, "NotFound", "the server could not find the requested resource")

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = lambda self: self.server.api.cluster.violations.append(
        f"{self.command} {self.path}") or self.answer(405, Refused(405, "MethodNotAllowed", "only GET").status())

    def send_piece(self, piece):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.flush()

    def send_in_pieces(self, line):
        """Cut anywhere, in the middle of a character too."""
        while line:
            size = random.randrange(1, len(line) + 1) if random.random() < 0.7 else len(line)
            self.send_piece(line[:size])
            line = line[size:]

    def watch(self, cluster, version, seconds, bookmarks):
        api = self.server.api
        end, drop, bookmark_at = time.monotonic() + seconds, api.drops, time.monotonic() + api.bookmark_s
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while time.monotonic() < end:
            version, events = cluster.next_events(version, 0.05)
            for event in events:
                line = json.dumps(event, ensure_ascii=False).encode() + b"\n"
                if api.drops != drop:
                    self.drop(line)
                    return
                self.send_in_pieces(line)
                if event["type"] == "ERROR":
                    end = 0
            if api.drops != drop:
                self.drop(b'{"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"ha')
                return
            if bookmarks and end and time.monotonic() > bookmark_at:
                bookmark_at = time.monotonic() + api.bookmark_s
                self.send_in_pieces(json.dumps({"type": "BOOKMARK", "object": {
                    "kind": "Pod", "apiVersion": "v1", "metadata": {"resourceVersion": str(version), "creationTimestamp": None},
                    "spec": {"containers": None}, "status": {}}}).encode() + b"\n")
        self.wfile.write(b"0\r\n\r\n")

    def drop(self, line):
        self.send_piece(line[:len(line) // 2])
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, api, port):
        self.api, self.open = api, set()
        super().__init__(("127.0.0.1", port), Handler)

    def get_request(self):
        connection, address = super().get_request()
        connection = self.api.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.open.add(connection)
        return connection, address

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        pass  # a client that went away, or that does not trust us

    def close_all(self):
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Server:
    """The cluster and its API server; `folder` is the service account's."""

    def __init__(self, folder, node, bookmark_s=0.5):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.cluster, self.bookmark_s = folder, Cluster(node), bookmark_s
        self.drops = self.authorities = self.port = 0
        self.listener = None
        self.rotate_authority()
        write(self.path("token"), "token-0\n")
        self.up()
        write(self.path("url"), self.url)

    def path(self, name):
        return os.path.join(self.folder, name)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def up(self):
        self.listener = Listener(self, self.port)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def down(self):
        self.listener.shutdown()
        self.listener.server_close()
        self.listener.close_all()

    def drop_streams(self):
        """Every watch ends within its next object."""
        self.drops += 1
        with self.cluster.lock:
            self.cluster.lock.notify_all()

    def rotate_token(self):
        """The old one is not taken any more; streams that were begun with it go on."""
        token = f"token-{random.randrange(1 << 60):x}\n"
        write(self.path("token"), token)
        with self.cluster.lock:
            self.cluster.tokens = {token.strip()}

    def rotate_authority(self, publish=True):
        self.authorities += 1
        authority = Authority(self.folder, f"authority-{self.authorities}")
        self.context = authority.context()
        if self.listener:
            self.listener.close_all()
        if publish:
            write(self.path("ca.crt"), authority.text())
        return authority

    def publish_authority(self, authority):
        write(self.path("ca.crt"), authority.text())


class Control(BaseHTTPRequestHandler):
    """POST {"do": WHAT, …}: put (pod: arguments of make_pod), delete (namespace, name), secret (namespace, name, values,
    readable), down, up, drop, compact, rotate_token, rotate_authority, requests."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        wish = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        api, said = self.server.api, None
        cluster, what = api.cluster, wish.pop("do")
        if what == "put":
            said = cluster.put(make_pod(node=cluster.node, **wish))
        elif what == "delete":
            said = cluster.delete(**wish)
        elif what == "secret":
            key = (wish["namespace"], wish["name"])
            cluster.secrets[key] = wish["values"]
            if wish.get("readable", True):
                cluster.readable.add(key)
        elif what == "requests":
            said = cluster.requests
        elif what == "compact":
            cluster.compact()
        else:
            {"down": api.down, "up": api.up, "drop": api.drop_streams, "rotate_token": api.rotate_token,
             "rotate_authority": api.rotate_authority}[what]()
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--max-seconds", type=int, default=600)
    arguments = parser.parse_args()
    api = Server(arguments.folder, arguments.node)
    control = HTTPServer(("127.0.0.1", 0), Control)
    control.api = api
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("kubernetes_server.py: nobody stopped it"))
    signal.alarm(arguments.max_seconds)
    write(api.path("control"), str(control.server_address[1]))
    try:
        control.serve_forever()
    finally:
        write(api.path("violations"), "".join(f"{line}\n" for line in api.cluster.violations))


if __name__ == "__main__":
    socketserver.TCPServer.request_queue_size = 64
    main()
