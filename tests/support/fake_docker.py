"""The Docker Engine API on a UNIX socket: containers and images by id, 404 with Docker's words for others.

An id that begins with "bad" gets a body that is no JSON, "huge" one of 8 MiB.
"""
import http.server
import json
import os
import socketserver
import threading


class _Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802
        server = self.server.fake
        server.requests.append(self.path)
        parts = self.path.split("/")
        if len(parts) != 4 or parts[3] != "json" or parts[1] not in ("containers", "images"):
            return self._send(404, {"message": "page not found"})
        found = server.containers.get(parts[2]) if parts[1] == "containers" else server.images.get(parts[2])
        if not found:
            return self._send(404, {"message": f"No such {parts[1][:-1]}: {parts[2]}"})
        return self._send(200, found)

    def _send(self, status, value):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except BrokenPipeError:
            self.close_connection = True  # it had enough

    def address_string(self):
        return "unix"

    def log_message(self, *arguments):
        pass


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class FakeDocker:
    def __init__(self, path):
        self.path = path
        self.containers, self.images, self.requests = {}, {}, []
        self.server = _Server(path, _Pages)
        self.server.fake = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, container_id, name, image, image_id, digests=(), labels=None, restarts=0,
            started_at="2026-01-05T10:00:12.716204999Z"):
        self.containers[container_id] = {
            "Id": container_id, "Name": "/" + name, "RestartCount": restarts, "Image": image_id,
            "Config": {"Image": image, "Labels": labels or {}}, "State": {"StartedAt": started_at}}
        self.images[image_id] = {"Id": image_id, "RepoTags": [image], "RepoDigests": list(digests)}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        os.unlink(self.path)
