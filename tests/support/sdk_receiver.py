# SPDX-License-Identifier: Apache-2.0
"""Takes what a real Sentry SDK sends, inside the test itself. The strict receiver beside it knows limpet's own ways only;
SDKs differ: chunked bodies, keys in the query, items without a length. What is no envelope at all raises in received()."""
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def parse_envelope(data):
    """[(type, payload)]; payloads that are not JSON stay bytes."""
    header, _, data = data.partition(b"\n")
    json.loads(header)
    items = []
    while data.strip():
        header, _, data = data.partition(b"\n")
        row = json.loads(header)
        size = row.get("length", data.find(b"\n") if b"\n" in data else len(data))
        payload, data = data[:size], data[size:].removeprefix(b"\n")
        items.append((row["type"], json.loads(payload) if payload[:1] in (b"{", b"[") else payload))
    return items


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def read_body(self):
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def do_POST(self):
        body = self.read_body()
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


class SdkReceiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies = []
        self.dsn = f"http://abc@127.0.0.1:{self.server_port}/7"
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()

    def received(self, kind):
        return [payload for body in list(self.bodies) for name, payload in parse_envelope(body) if name == kind]
