"""A container runtime on a UNIX socket, CRI v1 over gRPC, as strict as containerd's server and stricter: a request that is not exactly
what the protocol says is refused and remembered.

Containers are told by add(ID, …). What an id begins with makes the server misbehave: "slow" answers after 30 s, "huge" with 8 MiB,
"cut" with half a frame, "lost" without trailers, "garbage" with a frame that is no message, "other" about another container.
Needs Debian's python3-h2, python3-protobuf and protobuf-compiler.
"""
import importlib
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

import h2.config
import h2.connection
import h2.events

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROTO_DIR = os.path.join(ROOT, "agent", "containers", "proto")
PATH = "/runtime.v1.RuntimeService/ContainerStatus"
SANDBOX_PATH = "/runtime.v1.RuntimeService/PodSandboxStatus"
NOT_FOUND, UNIMPLEMENTED, INTERNAL = 5, 12, 13


def compile_proto():
    folder = tempfile.mkdtemp(prefix="limpet-cri-")
    subprocess.run(["/usr/bin/protoc", "-I" + PROTO_DIR, "--python_out=" + folder, "cri.proto"], check=True)
    sys.path.insert(0, folder)
    return importlib.import_module("cri_pb2")


class FakeCri:
    def __init__(self, path):
        self.path = path
        self.cri = compile_proto()
        self.containers = {}
        self.sandboxes = {}
        self.requests = []  # (kind, id)
        self.errors = []  # what was wrong with requests
        self.is_stopping = threading.Event()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def add(self, container_id, name, image, digest="", labels=None, attempt=0, image_id="", started_at=0):
        status = self.cri.ContainerStatus(id=container_id, image_ref=digest, image_id=image_id, started_at=started_at)
        status.metadata.name = name
        status.metadata.attempt = attempt
        status.image.image = image
        for key, value in (labels or {}).items():
            status.labels.add(key=key, value=value)
        self.containers[container_id] = status

    def add_sandbox(self, sandbox_id, name, namespace, uid):
        status = self.cri.PodSandboxStatus(id=sandbox_id)
        status.metadata.name, status.metadata.namespace, status.metadata.uid = name, namespace, uid
        self.sandboxes[sandbox_id] = status

    def stop(self):
        self.is_stopping.set()
        # Whoever sits in accept() is not woken by a close.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)

    def _accept(self):
        while not self.is_stopping.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        state.initiate_connection()
        connection.sendall(state.data_to_send())
        streams = {}
        while True:
            try:
                received = connection.recv(65536)
            except OSError:
                return
            if not received:
                return
            for event in state.receive_data(received):
                if isinstance(event, h2.events.RequestReceived):
                    streams[event.stream_id] = (dict(event.headers), bytearray())
                elif isinstance(event, h2.events.DataReceived):
                    streams[event.stream_id][1].extend(event.data)
                    state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    headers, body = streams.pop(event.stream_id)
                    self._answer(connection, state, event.stream_id, headers, bytes(body))
            try:
                connection.sendall(state.data_to_send())
            except OSError:
                return

    def _refuse(self, state, stream, status, grpc_status, message):
        """Trailers only, as gRPC servers do."""
        headers = [(":status", str(status)), ("content-type", "application/grpc"), ("grpc-status", str(grpc_status)),
                   ("grpc-message", message)]
        state.send_headers(stream, headers, end_stream=True)

    def _read_request(self, headers, body):
        path = SANDBOX_PATH if headers.get(":path") == SANDBOX_PATH else PATH
        wanted = {":method": "POST", ":path": path, ":scheme": "http", "content-type": "application/grpc", "te": "trailers"}
        wrong = [f"{name}: {headers.get(name)!r}" for name, value in wanted.items() if headers.get(name) != value]
        if len(body) < 5 or body[0] != 0 or struct.unpack(">I", body[1:5])[0] != len(body) - 5:
            wrong.append(f"no frame: {body[:16]!r}")
        if not headers.get(":authority"):
            wrong.append("no :authority")
        request = self.cri.PodSandboxStatusRequest if path == SANDBOX_PATH else self.cri.ContainerStatusRequest
        return None if wrong else request.FromString(body[5:]), wrong

    def _answer(self, connection, state, stream, headers, body):
        request, wrong = self._read_request(headers, body)
        if wrong:
            self.errors += wrong
            is_content = headers.get("content-type") != "application/grpc"
            self._refuse(state, stream, 415 if is_content else 200,
                         UNIMPLEMENTED if headers.get(":path") not in (PATH, SANDBOX_PATH) else INTERNAL, "; ".join(wrong))
            return
        is_sandbox = headers[":path"] == SANDBOX_PATH
        known, kind = (self.sandboxes, "sandbox") if is_sandbox else (self.containers, "container")
        name = request.pod_sandbox_id if is_sandbox else request.container_id
        self.requests.append((kind, name))
        if name not in known:
            self._refuse(state, stream, 200, NOT_FOUND,
                         f'an error occurred when try to find {kind} "{name}": not found')
            return
        if name.startswith("slow"):
            self.is_stopping.wait(30)
        answer = self.cri.PodSandboxStatusResponse if is_sandbox else self.cri.ContainerStatusResponse
        message = answer(status=known[name]).SerializeToString()
        if name.startswith("garbage"):
            message = b"\x0a\xff\xff\xff\xff\x0f" + message
        frame = struct.pack(">BI", 0, len(message)) + message
        if name.startswith("cut"):
            frame = frame[: len(frame) // 2]
        state.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
        if name.startswith("huge"):
            self._flood(connection, state, stream)
            return
        state.send_data(stream, frame, end_stream=name.startswith("lost"))
        if not name.startswith("lost"):
            state.send_headers(stream, [("grpc-status", "0"), ("grpc-message", "")], end_stream=True)

    def _flood(self, connection, state, stream):
        for _ in range(512):
            if state.local_flow_control_window(stream) < 16384:
                break
            state.send_data(stream, b"\0" * 16384)
            try:
                connection.sendall(state.data_to_send())
            except OSError:
                return
