#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A measuring HTTP/1 client on bare sockets: the tests' load, and their ground truth.

Each request is known in advance and comes back as an outcome with what the client itself saw: status, body
size, and the time from just before the first byte was sent to just after the last one was received. Bounded
by the list it is given; every socket has a timeout.

usage: http_load.py PLAN.json OUTCOMES.json [GATE]   (to be run as a traced process; waits for GATE to exist)
"""
import dataclasses
import json
import os
import queue
import socket
import ssl
import sys
import threading
import time

TIMEOUT_S = 60


@dataclasses.dataclass
class Request:
    path: str
    method: str = "GET"
    body_size: int = 0
    is_chunked: bool = False
    version: str = "1.1"
    headers: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Outcome:
    request: Request
    status: int = 0
    response_size: int = 0
    start_ns: int = 0
    end_ns: int = 0
    local_port: int = 0
    error: str = ""

    @property
    def duration_ns(self):
        return self.end_ns - self.start_ns


TLS = ssl.create_default_context()
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE


def is_tls(address):
    return not isinstance(address, str) and len(address) == 3


def open_socket(address):
    """address: ("127.0.0.1", port), ("::1", port) or the path of a UNIX socket; with "tls" as third part over TLS."""
    if isinstance(address, str):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    else:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.settimeout(TIMEOUT_S)
    connection.connect(tuple(address[:2]) if not isinstance(address, str) else address)
    return TLS.wrap_socket(connection) if is_tls(address) else connection


def host_of(address):
    if isinstance(address, str):
        return "localhost"
    return f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"


def encode_request(request, host, is_last):
    lines = [f"{request.method} {request.path} HTTP/{request.version}", f"Host: {host}"]
    if is_last and request.version == "1.1":
        lines.append("Connection: close")
    if not is_last and request.version == "1.0":
        lines.append("Connection: keep-alive")
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    body = b"r" * request.body_size
    if request.is_chunked:
        lines.append("Transfer-Encoding: chunked")
        half = len(body) // 2
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]) if part)
        body += b"0\r\n\r\n"
    elif request.body_size or request.method in ("POST", "PUT"):
        lines.append(f"Content-Length: {request.body_size}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n", body


class Reader:
    """Reads answers from one connection, keeping what came too early for the next one."""

    def __init__(self, connection):
        self.connection = connection
        self.buffer = b""

    def fill(self):
        received = self.connection.recv(262144)
        self.buffer += received
        return bool(received)

    def take_line_end(self, mark):
        while mark not in self.buffer:
            if not self.fill():
                raise ConnectionError("closed before the end of the head")
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def take(self, size):
        """Drops size bytes without keeping them."""
        while size > 0:
            if not self.buffer and not self.fill():
                raise ConnectionError(f"closed with {size} bytes of the body to come")
            taken = min(size, len(self.buffer))
            self.buffer = self.buffer[taken:]
            size -= taken

    def take_rest(self):
        size = 0
        while self.buffer or self.fill():
            size += len(self.buffer)
            self.buffer = b""
        return size

    def take_chunks(self):
        total = 0
        while True:
            size = int(self.take_line_end(b"\r\n").split(b";")[0], 16)
            self.take(size)
            if size == 0:
                while self.take_line_end(b"\r\n"):
                    pass
                return total
            self.take(2)
            total += size

    def take_response(self, method):
        """(status, headers, body size); 1xx other than 101 are passed over."""
        status = 100
        while status < 200 and status != 101:
            lines = self.take_line_end(b"\r\n\r\n").decode("latin-1").split("\r\n")
            status = int(lines[0].split(" ")[1])
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        if method == "HEAD" or status in (101, 204, 304) or (method == "CONNECT" and status == 200):
            return status, headers, 0
        if "chunked" in headers.get("transfer-encoding", ""):
            return status, headers, self.take_chunks()
        if "content-length" in headers:
            self.take(int(headers["content-length"]))
            return status, headers, int(headers["content-length"])
        return status, headers, self.take_rest()


class Worker:
    """One connection at a time, requests from the shared queue."""

    def __init__(self, address, is_keep_alive):
        self.address = address
        self.is_keep_alive = is_keep_alive
        self.connection = None
        self.reader = None

    def open(self):
        self.connection = open_socket(self.address)
        self.reader = Reader(self.connection)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def ask(self, request):
        outcome = Outcome(request)
        try:
            if not self.connection:
                self.open()
            if not isinstance(self.address, str):
                outcome.local_port = self.connection.getsockname()[1]
            head, body = encode_request(request, host_of(self.address), not self.is_keep_alive)
            outcome.start_ns = time.monotonic_ns()
            self.connection.sendall(head + body if len(body) < 4096 else head)
            if len(body) >= 4096:
                self.connection.sendall(body)
            outcome.status, headers, outcome.response_size = self.reader.take_response(request.method)
            outcome.end_ns = time.monotonic_ns()
            if not self.is_keep_alive or headers.get("connection", "").lower() == "close":
                self.close()
        except (OSError, ValueError) as error:
            outcome.error = f"{type(error).__name__}: {error}"
            self.close()
        return outcome


class Load:
    """Workers that can be connected long before their requests are sent."""

    def __init__(self, address, concurrency, is_keep_alive):
        self.workers = [Worker(address, is_keep_alive) for _ in range(concurrency)]

    def open(self):
        for worker in self.workers:
            worker.open()
        return self

    def send(self, requests):
        waiting, outcomes = queue.SimpleQueue(), []
        for request in requests:
            waiting.put(request)

        def work(worker):
            while True:
                try:
                    request = waiting.get_nowait()
                except queue.Empty:
                    return
                outcomes.append(worker.ask(request))

        threads = [threading.Thread(target=work, args=(worker,)) for worker in self.workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    def close(self):
        for worker in self.workers:
            worker.close()


def run_load(address, requests, concurrency=1, is_keep_alive=True):
    load = Load(address, concurrency, is_keep_alive)
    outcomes = load.send(requests)
    load.close()
    return outcomes


def save_plan(path, address, requests, concurrency, is_keep_alive):
    plan = {"address": address, "concurrency": concurrency, "is_keep_alive": is_keep_alive,
            "requests": [dataclasses.asdict(request) for request in requests]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(plan, file)


def read_outcomes(path):
    with open(path, encoding="utf-8") as file:
        return [Outcome(**{**row, "request": Request(**row["request"])}) for row in json.load(file)]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    requests = [Request(**row) for row in plan["requests"]]
    while len(sys.argv) > 3 and not os.path.exists(sys.argv[3]):
        time.sleep(0.02)
    outcomes = run_load(plan["address"], requests, plan["concurrency"], plan["is_keep_alive"])
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump([dataclasses.asdict(outcome) for outcome in outcomes], file)


if __name__ == "__main__":
    main()
