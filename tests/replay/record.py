#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the recordings anew (as root, with the release build), or only accepts what limpet now says of the old ones.

usage: tests/replay/record.py [NAME…]            traces the servers again, writes recordings/ and expected/
       tests/replay/record.py --accept [NAME…]   writes expected/ only; read the difference before you commit it
"""
import os
import re
import shutil
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import protocol_recorders
import tap
import target_servers
from http_load import Request
from limpet_runner import RELEASE, Limpet
from process_stage import Stage
from replay_runner import EXPECTED, RECORDINGS, recorded_names, replay
from target_servers import EpollServer, FlaskServer, GoServer, NginxServer, NodeServer, PythonServer

MACHINE_ATTRIBUTES = ("host.name", "host.id", "os.version", "os.description")
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
REQUESTS = (Request("/s/200/13/one"), Request("/s/404/9/two?q=1"), Request("/s/201/0/three", "POST", 40),
            Request("/s/200/1000/four", "HEAD"), Request("/s/204/0/five", "DELETE"),
            Request("/s/200/20/six", headers={"traceparent": TRACEPARENT}), Request("/s/500/3/seven", "PROPFIND"))


def send_requests(target):
    http_load.run_load(target.address, REQUESTS)
    http_load.run_load(target.address, REQUESTS[:2], 1, False)


def send_shapes(target):
    """Pipelined, cut, chunked both ways, interim answers, an upgrade."""
    connection = http_load.open_socket(target.address)
    reader = http_load.Reader(connection)
    connection.sendall(b"".join(b"GET /s/200/%d/pipelined HTTP/1.1\r\nHost: x\r\n\r\n" % size for size in (1, 2, 3)))
    for _ in range(3):
        reader.take_response("GET")
    for part in (b"G", b"ET /s/200/4/cu", b"t HTTP/1.1\r\nHost: x\r\n\r\n"):
        connection.sendall(part)
    reader.take_response("GET")
    http_load.run_load(target.address, [Request("/chunked/10/reply"), Request("/s/200/5/upload", "POST", 3000, True),
                                        Request("/early/hints"), Request("/close/60/end", version="1.0")])
    connection.sendall(b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    reader.take_response("GET")
    connection.sendall(b"\x81\x05hello")
    reader.take(7)
    connection.close()


def record_target(name, target, send):
    with target:
        target.start()
        with Limpet.attach(target.pid, f"--record={RECORDINGS}/{name}.rec", binary=RELEASE) as limpet:
            limpet.start().wait_ready()
            send(target)
            limpet.stop()
            limpet.check_clean()


def record_chain(name):
    """nginx before a threaded Flask application that calls a third server: parents and joined connections."""
    downstream = EpollServer(families=("ipv4",))
    flask = FlaskServer(downstream.address, families=("ipv4",))
    proxy = NginxServer(flask.address, families=("ipv4",))
    with Stage() as stage, Limpet.run(stage.command, f"--record={RECORDINGS}/{name}.rec", binary=RELEASE,
                                      stdin=stage.stdin_read) as limpet:
        limpet.start().wait_ready()
        stage.connect()
        for target in (downstream, flask, proxy):
            stage.start_target(target)
        http_load.run_load(proxy.address, [Request(f"/call/{number}") for number in range(3)])
        stage.finish()
        limpet.wait().check_clean()
    for target in (downstream, flask, proxy):
        target.folder.cleanup()


def record_failing(name, program, script):
    """Two of five requests fail and are logged; then the process dies of an exception."""
    port = 18480
    with tempfile.TemporaryDirectory(prefix="shop-") as folder:
        shutil.copy(os.path.join(target_servers.SOURCES, script), folder)
        shutil.copy(RELEASE, folder)
        with Limpet.run([program, os.path.join(folder, script), str(port)], f"--record={RECORDINGS}/{name}.rec",
                        binary=os.path.join(folder, "limpet")) as limpet:
            limpet.start().wait_ready()
            target_servers.wait_listening(("127.0.0.1", port))
            http_load.run_load(("127.0.0.1", port), [Request(path) for path in ("/a", "/fail/1", "/b", "/fail/2", "/end")], 1, False)
            limpet.wait()


RECORDERS = {
    "epoll_server": lambda name: record_target(name, EpollServer(families=("ipv4",)), send_requests),
    "nginx": lambda name: record_target(name, NginxServer(families=("ipv4",)), send_requests),
    "http_server": lambda name: record_target(name, PythonServer(families=("ipv4",)), send_requests),
    "flask_app": lambda name: record_target(name, FlaskServer(families=("ipv4",)), send_requests),
    "go_server": lambda name: record_target(name, GoServer(families=("ipv4",)), send_requests),
    "node_server": lambda name: record_target(name, NodeServer(families=("ipv4",)), send_requests),
    "shapes": lambda name: record_target(name, EpollServer(families=("ipv4",)), send_shapes),
    "chain": record_chain,
    "failing_python": lambda name: record_failing(name, target_servers.PYTHON, "failing_server.py"),
    "failing_node": lambda name: record_failing(name, shutil.which("node"), "failing_server.js"),
    **{name: protocol_recorders.record for name in protocol_recorders.SESSIONS},
}


def clean(name):
    """Of the machine it was recorded on nothing stays: as many bytes of nothing instead."""
    path = f"{RECORDINGS}/{name}.rec"
    with open(path, "rb") as file:
        content = file.read()
    for key in MACHINE_ATTRIBUTES:
        key = struct.pack("<I", len(key)) + key.encode()
        for found in list(re.finditer(re.escape(key), content)):
            size, = struct.unpack_from("<I", content, found.end())
            content = content[:found.end() + 4] + b"0" * size + content[found.end() + 4 + size:]
    for word in (os.uname().release, os.uname().nodename):
        if len(word) > 4:
            content = content.replace(word.encode(), b"0" * len(word))
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, 0o644)


def main():
    is_accepting = "--accept" in sys.argv[1:]
    names = [name for name in sys.argv[1:] if name != "--accept"] or \
        (recorded_names() if is_accepting else list(RECORDERS))
    with tempfile.TemporaryDirectory(prefix="limpet-recording-") as folder:
        # Recordings say where a program lies; where this repository lies is nobody's business.
        for program in ("epoll_server", "go_server"):
            if os.path.exists(os.path.join(target_servers.BUILT, program)):
                shutil.copy(os.path.join(target_servers.BUILT, program), folder)
        target_servers.BUILT = folder
        for name in names:
            with tap.case(name):
                if not is_accepting:
                    RECORDERS[name](name)
                    clean(name)
                with open(f"{EXPECTED}/{name}.jsonl", "w", encoding="utf-8") as file:
                    file.writelines(line + "\n" for line in replay(name))
    tap.finish()


if __name__ == "__main__":
    main()
