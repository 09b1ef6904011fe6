#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Real programs crash while they serve: the request that was being served is the trace of the event, and its span says
that it failed. A JVM that faults all the time and lives is no crash."""
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "crash_targets")]
import build
import crash_reader
import gdb_judge
import http_load
import tap
from crash_session import CrashSession, check_agreement
from span_reader import ERROR, SERVER
from target_servers import NginxServer, free_port, wait_listening

PYTHON = "/usr/bin/python3"
WAIT_S = 30
NULL_CHECKS = 200  # requests to the JVM, of a hundred null checks each


class Journey:
    """One request with a trace of its own, that may never be answered."""

    def __init__(self, address, path):
        self.address = address
        self.trace_id, self.span_id = f"{random.getrandbits(128):032x}", f"{random.getrandbits(64):016x}"
        self.request = http_load.Request(path, headers={"traceparent": f"00-{self.trace_id}-{self.span_id}-01"})
        self.thread = threading.Thread(target=self.go, daemon=True)

    def go(self):
        self.outcomes = http_load.run_load(self.address, [self.request], 1, False)

    def begin(self):
        self.thread.start()
        return self

    def end(self):
        self.thread.join(WAIT_S)
        return self


def wait_for(condition, what):
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, f"not within {WAIT_S} s: {what}"
        time.sleep(0.02)


def serve(session, title, *command, port=None, environment=None):
    crash = session.begin(title, shutil.which(command[0]) or command[0], *command[1:], environment=environment)
    crash.address = ("127.0.0.1", port)
    wait_listening(crash.address)
    return crash


def ask_and_crash(session, crash, path):
    """A slow request in another thread, then the one that crashes."""
    crash.bystander = Journey(crash.address, "/slow/5000/bystander").begin()
    time.sleep(0.2)
    crash.journey = Journey(crash.address, path).begin()
    session.end(crash)
    crash.bystander.end()
    crash.journey.end()
    return crash


def crash_python(session, framework, *options):
    if framework == "flask" and subprocess.run([PYTHON, "-c", "import flask"], stderr=subprocess.DEVNULL, check=False).returncode:
        raise tap.Skip("python3-flask is not installed")
    port = free_port()
    script = build.source("crash_http_server.py")
    title = " ".join([f"Python, {framework}", *options[1:]])
    crash = serve(session, title, os.path.realpath(PYTHON), *options, script, framework, f"127.0.0.1:{port}", port=port)
    crash.has_later_core = "faulthandler" in options
    return ask_and_crash(session, crash, "/crash/shelf")


def crash_node(session, path, programs):
    if "crash_addon.node" not in programs:
        raise tap.Skip("node or its headers are not installed")
    port = free_port()
    crash = serve(session, f"Node, {path}", os.path.realpath(shutil.which("node")), build.source("crash_node.js"),
                  programs["crash_addon.node"], f"127.0.0.1:{port}", port=port)
    crash.compared_depth = 8  # then comes code that V8 made, which gdb cannot see through
    return ask_and_crash(session, crash, path)


class HeldRequest:
    """nginx with one worker in front of a server that takes connections and never answers."""

    def __init__(self, session, title):
        self.silent = socket.create_server(("127.0.0.1", 0))
        self.server = NginxServer(self.silent.getsockname(), families=("ipv4",))
        with open(self.server.configuration, encoding="utf-8") as file:
            text = file.read().replace("worker_processes 2;", "worker_processes 1;")
        with open(self.server.configuration, "w", encoding="utf-8") as file:
            file.write(text)
        self.master = session.begin(title, *self.server.command())
        wait_listening(self.server.address)

    def worker(self):
        with open(f"/proc/{self.master.pid}/task/{self.master.pid}/children", encoding="utf-8") as file:
            children = file.read().split()
        return int(children[0]) if children else 0

    def hold(self, path):
        self.journey = Journey(self.server.address, path).begin()
        self.held, _ = self.silent.accept()
        time.sleep(0.3)  # nginx waits for the answer by now
        return self

    def stop(self, session):
        session.stage.ask(do="signal", pid=self.master.pid, signal=int(signal.SIGQUIT))
        session.end(self.master)
        self.held.close()
        self.silent.close()
        self.server.folder.cleanup()


def kill_nginx_worker(session, number):
    nginx = HeldRequest(session, f"nginx, {number.name}").hold("/held/order")
    worker = nginx.worker()
    session.stage.ask(do="signal", pid=worker, signal=int(number))
    nginx.journey.end()
    wait_for(lambda: nginx.worker() not in (0, worker), "nginx has a new worker")
    nginx.stop(session)
    nginx.master_pid, nginx.master.pid = nginx.master.pid, worker  # the events and the core file are the worker's
    return nginx


def crash_redis(session):
    program = shutil.which("redis-server")
    if not program:
        raise tap.Skip("redis-server is not installed")
    port = free_port()
    # By this name: what it is a link to is another program by its own.
    crash = serve(session, "Redis", program, "--port", str(port), "--save", "", "--enable-debug-command", "yes",
                  port=port)
    with socket.create_connection(crash.address) as connection:
        connection.sendall(b"DEBUG SEGFAULT\r\n")
        session.end(crash)
    crash.has_later_core = True
    return crash


def postgres_programs():
    for folder in sorted(os.listdir("/usr/lib/postgresql")) if os.path.isdir("/usr/lib/postgresql") else []:
        place = os.path.join("/usr/lib/postgresql", folder, "bin")
        if os.path.exists(os.path.join(place, "initdb")) and os.path.exists(os.path.join(place, "psql")):
            return place
    raise tap.Skip("PostgreSQL is not installed")


def kill_postgres_backend(session):
    place = postgres_programs()
    if os.getuid() != 0:
        raise tap.Skip("PostgreSQL needs another user than root, and root to become it")
    folder = os.path.join(session.folder.name, "postgres")
    os.mkdir(folder)
    os.chmod(session.folder.name, 0o755)
    shutil.chown(folder, "postgres")
    become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
    # A folder of our own: the caller's may be closed to that user.
    subprocess.run([*become, f"{place}/initdb", "-D", f"{folder}/data", "--no-sync", "-A", "trust"], cwd=folder,
                   stdout=subprocess.DEVNULL, check=True)
    port = free_port()
    server = session.begin("PostgreSQL", shutil.which("setpriv"), *become[1:], f"{place}/postgres", "-D", f"{folder}/data", "-k", folder,
                           "-p", str(port), "-c", "listen_addresses=", "-c", "fsync=off", folder=folder)
    server.program = f"{place}/postgres"
    wait_listening(f"{folder}/.s.PGSQL.{port}")
    time.sleep(0.5)
    client = subprocess.Popen([f"{place}/psql", "-h", folder, "-p", str(port), "-U", "postgres", "-AtX", "-c", "SELECT pg_backend_pid()",
                               "-c", "SELECT pg_sleep(30)"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder)
    server.backend = int(client.stdout.readline())
    time.sleep(0.3)
    session.stage.ask(do="signal", pid=server.backend, signal=int(signal.SIGSEGV))
    client.wait(WAIT_S)
    client.stdout.close()
    session.stage.ask(do="signal", pid=server.pid, signal=int(signal.SIGINT))
    session.end(server)
    server.master_pid, server.pid, server.folder = server.pid, server.backend, f"{folder}/data"
    return server


def start_java(session, title, programs, *options):
    if "NullChecks.class" not in programs:
        raise tap.Skip("no Java compiler")
    port = free_port()
    java = os.path.realpath(shutil.which("java"))
    return serve(session, title, java, "-Xmx64m", "-XX:+UseSerialGC", *options, "-cp", build.BUILT, "NullChecks", "127.0.0.1",
                 str(port), port=port)


def load_java(session, title, programs, end, *options):
    crash = start_java(session, title, programs, *options)
    requests = [http_load.Request(f"/null/{number}") for number in range(NULL_CHECKS)]
    crash.outcomes = http_load.run_load(crash.address, requests, 4, True)
    Journey(crash.address, end).begin().end()
    return session.end(crash)


def check_linked(session, crash, event, journey, path):
    """The event belongs to the trace of the request, and the request's span is there, failed."""
    tap.equal(event.trace.get("trace_id"), journey.trace_id, f"trace of the event, {event.trace}")
    spans = [span for span in session.spans if span.kind == SERVER and span.trace_id == journey.trace_id]
    tap.equal([span.path for span in spans], [path], "server spans of the trace")
    tap.equal((spans[0].parent_id, spans[0].status), (journey.span_id, ERROR), "parent and status of the span")
    tap.equal(event.trace.get("span_id"), spans[0].span_id, "span of the event")
    assert path.split("/")[1] in event.payload.get("transaction", ""), f"transaction {event.payload.get('transaction')!r}"


def check_fault(session, crash, path, top, address, validator):
    with tap.case(f"{crash.title}: the crash is in the trace of its request"):
        event = crash.event()
        crash_reader.check_rules(event, validator)
        tap.equal((crash.code, event.type, event.fault_address), (-11, "SIGSEGV", address), "end")
        names = [gdb_judge.plain_name(frame.function) for frame in event.frames]
        # Without the C library's debug file its own functions have no names.
        assert not names[0] or any(name in names[:4] for name in top), f"none of {top} in {names[:8]}"
        check_linked(session, crash, event, crash.journey, path)
        crash_reader.check_log_record(event, session.records)


def check_bystander(session, crash):
    """The other request of the process that crashed ends as aborted, in its own trace."""
    with tap.case(f"{crash.title}: the other request in flight is closed too"):
        spans = [span for span in session.spans if span.kind == SERVER and span.trace_id == crash.bystander.trace_id]
        tap.equal([(span.path, span.status) for span in spans], [("/slow/5000/bystander", ERROR)], "its span")


def check_nginx(session, nginx, number, validator):
    with tap.case(f"nginx: its worker is killed by {number.name} while it holds a request"):
        event = nginx.master.event()
        crash_reader.check_rules(event, validator)
        tap.equal((event.type, event.signal["code_name"], event.fault_address), (number.name, "SI_USER", None), "end")
        assert str(session.stage_pid) in event.cause, f"{event.cause!r} does not name the sender {session.stage_pid}"
        names = [frame.function for frame in event.frames]
        assert any("epoll_wait" in name for name in names[:3]), names[:6]
        tap.equal([event.describe() for event in session.events if event.pid == nginx.master_pid], [], "events of the master")
        check_linked(session, nginx, event, nginx.journey, "/held/order")


def check_postgres(session, server, validator):
    with tap.case("PostgreSQL: a backend is killed, the others are not reported"):
        event = server.event()
        crash_reader.check_rules(event, validator)
        tap.equal((event.type, event.signal["code_name"]), ("SIGSEGV", "SI_USER"), "end")
        names = [frame.function for frame in event.frames]
        for wanted in ("WaitLatch", "pg_sleep", "PostgresMain"):
            assert wanted in names, f"{wanted} is not on the stack: {names}"
        tap.equal([event.describe() for event in session.strangers()], [], "events of the other processes")


def check_redis(crash, validator):
    with tap.case("Redis: DEBUG SEGFAULT, through its own report, is the fault it was"):
        event = crash.event()
        crash_reader.check_rules(event, validator)
        tap.equal((crash.code, event.type), (-11, "SIGSEGV"), "end")
        assert event.signal["code_name"] in ("SEGV_ACCERR", "SEGV_MAPERR"), event.signal
        names = [frame.function for frame in event.frames]
        assert not names[0] or "debug" in names[0], f"the fault is in debugCommand, not in {names[:6]}"


def check_java(session, crashes):
    for crash in crashes:
        with tap.case(f"{crash.title}: {NULL_CHECKS * 100} null pointers caught under load, no event"):
            assert all(outcome.status == 200 and not outcome.error for outcome in crash.outcomes), crash.outcomes[0]
            # A failure a moment after faults that were handled has nothing to do with them.
            tap.equal((crash.code, [event.describe() for event in crash.events]), (3 if "interpreted" in crash.title else 0, []),
                      "end and events")


def check_java_crash(session, crash, validator):
    with tap.case("JVM: a real fault is the event, not the abort after its report"):
        event = crash.event()
        crash_reader.check_rules(event, validator)
        tap.equal((crash.code, event.type, event.fault_address), (-6, "SIGSEGV", 16), "end")
        check_linked(session, crash, event, crash.journey, "/crash/shelf")


def main():
    programs = build.build("programs")
    with CrashSession("--exit-events=off") as session:
        session.stage_pid = session.stage.ask(do="pid")["pid"]
        done = {}

        def attempt(name, function, *arguments):
            with tap.session(name):
                done[name] = function(*arguments)

        attempt("plain", crash_python, session, "plain")
        attempt("flask", crash_python, session, "flask")
        # Its own action prints a stack and raises the signal again: the fault is what is reported.
        attempt("faulthandler", crash_python, session, "plain", "-X", "faulthandler")
        attempt("node", crash_node, session, "/crash/shelf", programs)
        attempt("abort", crash_node, session, "/abort/shelf", programs)
        for number in (signal.SIGSEGV, signal.SIGABRT):
            attempt(f"nginx {number.name}", kill_nginx_worker, session, number)
        attempt("redis", crash_redis, session)
        attempt("postgres", kill_postgres_backend, session)
        attempt("java", load_java, session, "JVM, compiled", programs, "/stop/now")
        attempt("interpreted java", load_java, session, "JVM, interpreted", programs, "/fail/now", "-Xint")
        attempt("crashed java", lambda: ask_and_crash(session, start_java(session, "JVM, crashed", programs, "-XX:+CreateCoredumpOnCrash"),
                                                      "/crash/shelf"))
        session.finish()
        session.spans = session.limpet.spans()
        session.records = crash_reader.read_log_records(session.limpet.json_path)
        check_all(session, done, crash_reader.event_validator())
    tap.finish()


def check_all(session, done, validator):
    with tap.session("gdb"):
        session.ask_gdb(lambda crash: not crash.title.startswith("JVM"))
    for name in ("plain", "flask", "faulthandler"):
        if name in done:
            check_fault(session, done[name], "/crash/shelf", ("__strlen_avx2", "__strlen_sse2", "__strlen_evex", "strlen"), 0, validator)
            check_bystander(session, done[name])
    if "node" in done:
        check_fault(session, done["node"], "/crash/shelf", ("addon_count_stock",), 0, validator)
    if "abort" in done:
        with tap.case("Node: process.abort() is in the trace of its request"):
            event = done["abort"].event()
            tap.equal((done["abort"].code, event.type), (-6, "SIGABRT"), "end")
            check_linked(session, done["abort"], event, done["abort"].journey, "/abort/shelf")
    for number in (signal.SIGSEGV, signal.SIGABRT):
        if f"nginx {number.name}" in done:
            check_nginx(session, done[f"nginx {number.name}"], number, validator)
    if "redis" in done:
        check_redis(done["redis"], validator)
    if "postgres" in done:
        check_postgres(session, done["postgres"], validator)
    check_java(session, [done[name] for name in ("java", "interpreted java") if name in done])
    if "crashed java" in done:
        check_java_crash(session, done["crashed java"], validator)
    with tap.case("nothing is lost but the stacks of faults that were handled, too many to copy"):
        tap.equal((session.limpet.code, set(session.limpet.lost()) - {"fault_rate"}), (0, set()), "exit code and losses")
    check_agreement(session.crashes)


if __name__ == "__main__":
    main()
