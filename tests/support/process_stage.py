#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A process that starts others for a test, so that limpet, tracing it, traces all of them.

As a program it reads one JSON request per line from standard input and writes one JSON answer per line to the
FIFO it was given. Pipes on purpose: the stage itself must move no byte over a socket.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile

PYTHON = "/usr/bin/python3"


def start_in(folder, request):
    """Its core file, standard output and standard error stay in the folder, its working directory."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    with open(os.path.join(folder, "stdout"), "wb") as stdout, open(os.path.join(folder, "stderr"), "wb") as stderr:
        return subprocess.Popen(request["command"], cwd=folder, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
                                env={**os.environ, **request.get("environment", {})})


def serve(reply_path):
    processes = {}
    with open(reply_path, "w", encoding="utf-8") as replies:
        for line in sys.stdin:
            request = json.loads(line)
            reply = {}
            if request["do"] == "start" and "folder" in request:
                process = start_in(request["folder"], request)
                processes[process.pid] = process
                reply["pid"] = process.pid
            elif request["do"] == "pid":
                reply["pid"] = os.getpid()
            elif request["do"] == "signal":
                os.kill(request["pid"], request["signal"])
            elif request["do"] == "start":
                process = subprocess.Popen(request["command"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                processes[process.pid] = process
                reply["pid"] = process.pid
            elif request["do"] == "wait":
                reply["code"] = processes.pop(request["pid"]).wait()
            elif request["do"] == "end":
                process = processes.pop(request["pid"])
                process.terminate()
                reply["code"] = process.wait()
            print(json.dumps(reply), file=replies, flush=True)
    for process in processes.values():
        process.terminate()
        process.wait()


class Stage:
    """The other end. command goes to limpet run, or start() runs it by itself; then connect()."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="limpet-stage-")
        self.reply_path = os.path.join(self.folder.name, "replies")
        os.mkfifo(self.reply_path)
        self.command = [PYTHON, os.path.abspath(__file__), self.reply_path]
        self.stdin_read, self.stdin_write = os.pipe()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=self.stdin_read, start_new_session=True)
        return self

    def connect(self):
        os.close(self.stdin_read)
        self.stdin_read = -1
        self.requests = os.fdopen(self.stdin_write, "w", encoding="utf-8")
        self.replies = open(self.reply_path, encoding="utf-8")
        return self

    def ask(self, **request):
        print(json.dumps(request), file=self.requests, flush=True)
        reply = self.replies.readline()
        assert reply, "the stage is gone"
        return json.loads(reply)

    def start_process(self, command):
        return self.ask(do="start", command=command)["pid"]

    def run_process(self, command):
        return self.ask(do="wait", pid=self.start_process(command))["code"]

    def start_in_folder(self, command, folder, environment=None):
        return self.ask(do="start", command=command, folder=folder, environment=environment or {})["pid"]

    def wait_process(self, pid):
        """As subprocess says it: a negative number is a signal."""
        return self.ask(do="wait", pid=pid)["code"]

    def start_target(self, target):
        target.stage_pid = self.start_process(target.command())
        target.wait_listening()
        return target

    def finish(self):
        """The stage ends what it started and leaves with 0."""
        self.requests.close()
        if self.process:
            self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()


if __name__ == "__main__":
    serve(sys.argv[1])
