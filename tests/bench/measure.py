#!/usr/bin/python3
"""Measures what limpet costs one nginx under closed-loop load, and writes what it saw as JSON.

usage: measure.py LIMPET SINK RESULT_FILE [--rounds N] [--seconds S] [--counted]
bench.sh runs it natively and, with --counted, in the guest where one executed instruction takes one nanosecond: there CPU
times are instructions, and BPF statistics (a system-wide switch) are taken. It traces only the nginx it starts itself,
except in the whole-host variant, which exists only in the guest. Nothing here depends on how fast the machine is.
"""
import argparse
import glob
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

NGINX_PORT, SINK_PORT = 8091, 8092
READY = "limpet: tracing "
VARIANTS = [
    # name, command, arguments, exports to the sink
    ("tracepoint", "attach", ["--capture-source", "tracepoint"], True),
    ("fentry", "attach", ["--capture-source", "fentry"], True),
    ("tracepoint, json to /dev/null", "attach", ["--capture-source", "tracepoint", "--json=/dev/null"], False),
    ("fentry, json to /dev/null", "attach", ["--capture-source", "fentry", "--json=/dev/null"], False),
]
WHOLE_HOST = ("whole host (wrk's spans too)", "agent", [], True)


def read_text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def cpu_ns(pid):
    """CPU time of a process so far; exact, unlike the ticks of /proc/PID/stat."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            total += int(read_text(path).split()[0])
        except (OSError, IndexError):
            pass
    return total


def status_kib(pid, field):
    match = re.search(rf"^{field}:\s+(\d+) kB", read_text(f"/proc/{pid}/status"), re.M)
    return int(match.group(1)) if match else 0


def bpf_objects(pid):
    """Maps and programs a process holds, from its file descriptors: exact also when others use BPF at the same time."""
    maps, programs = {}, {}
    for path in glob.glob(f"/proc/{pid}/fdinfo/*"):
        try:
            fields = dict(re.findall(r"^(\w+):\s*(\S+)", read_text(path), re.M))
        except OSError:
            continue
        if "map_id" in fields:
            maps[fields["map_id"]] = int(fields.get("memlock", 0))
        elif "prog_id" in fields and "prog_type" in fields:
            programs[fields["prog_id"]] = (int(fields.get("run_cnt", 0)), int(fields.get("run_time_ns", 0)))
    return maps, programs


def program_names():
    try:
        shown = subprocess.run(["bpftool", "-j", "prog", "show"], capture_output=True, check=False, text=True).stdout
        return {str(p["id"]): p.get("name", "?") for p in json.loads(shown)}
    except (OSError, ValueError, TypeError):
        return {}


def fetch(path):
    with socket.create_connection(("127.0.0.1", NGINX_PORT), timeout=60) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer.decode()


def requests_served():
    """nginx's own count, this request included."""
    return int(re.search(r"requests\s+\d+ \d+ (\d+)", fetch("/requests")).group(1))


class Trickle(threading.Thread):
    """A request every few milliseconds, so that the first traced one tells when tracing began."""

    def __init__(self):
        super().__init__(daemon=True)
        self.stopped = threading.Event()
        self.sent_ns = []

    def run(self):
        while not self.stopped.wait(0.005):
            self.sent_ns.append(time.time_ns())
            fetch("/trickle")

    def count_since(self, first_span_ns):
        """How many there were from the one on that has a span beginning at this time."""
        return sum(sent > first_span_ns for sent in self.sent_ns) + 1


class Sink:
    def __init__(self, program):
        self.process = subprocess.Popen([program, str(SINK_PORT)], stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "listening\n":
            sys.exit("measure.py: the OTLP sink did not start")

    def finish(self):
        self.process.send_signal(signal.SIGTERM)
        return {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", self.process.communicate()[0])}


class Agent:
    """limpet, started and waited for until it says that it traces."""

    def __init__(self, arguments, log_path):
        self.log = open(log_path, "w", encoding="utf-8")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("OTEL_", "SENTRY_", "LIMPET_"))}
        self.started_ns = time.time_ns()
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.PIPE, text=True, env=environment
        )
        self.pid = self.process.pid
        self.ready = threading.Event()
        self.ready_ns = 0
        self.reader = threading.Thread(target=self.read_stderr, daemon=True)
        self.reader.start()

    def read_stderr(self):
        for line in self.process.stderr:
            if line.startswith(READY) and not self.ready_ns:
                self.ready_ns = time.time_ns()
                self.ready.set()
            self.log.write(line)
            self.log.flush()
        self.ready.set()

    def wait_until_ready(self):
        self.ready.wait(300)
        return self.ready_ns != 0

    def finish(self):
        """Ends it as a user would; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.reader.join(5)
        self.log.close()
        return code


class Bench:
    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        here = os.path.dirname(os.path.abspath(__file__))
        self.lua = os.path.join(here, "wrk_result.lua")
        start = os.path.join(here, "..", "support", "start_nginx.sh")
        self.master = int(subprocess.check_output([start, os.path.join(folder, "nginx"), str(NGINX_PORT)]))
        self.worker = int(subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(self.master)]).split()[0])

    def close(self):
        os.kill(self.master, signal.SIGQUIT)

    def run_wrk(self, watched):
        """One closed loop; CPU times of the processes in `watched` (name: pid) over it, per request."""
        before = {name: cpu_ns(pid) for name, pid in watched.items()}
        wrk = subprocess.Popen(
            ["wrk", "-t1", "-c8", f"-d{self.arguments.seconds}s", "-s", self.lua, f"http://127.0.0.1:{NGINX_PORT}/file"],
            stdout=subprocess.PIPE, text=True,
        )
        output = wrk.stdout.read()
        _, status, usage = os.wait4(wrk.pid, 0)
        after = {name: cpu_ns(pid) for name, pid in watched.items()}
        found = re.search(r"wrk_result (.*)", output)
        if status or not found:
            sys.exit(f"measure.py: wrk failed: {output}")
        result = {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", found.group(1))}
        requests = max(1, result["requests"])
        result["per_second"] = requests * 1e6 / result["duration_us"]
        result["total"] = result["duration_us"] * 1000 / requests
        result["wrk"] = (usage.ru_utime + usage.ru_stime) * 1e9 / requests
        for name in watched:
            result[name] = (after[name] - before[name]) / requests
        return result

    def untraced(self):
        return self.run_wrk({"nginx": self.worker})

    def bpf_statistics(self, agent):
        """BPF programs' own share: runs and time per request, in a run of its own because counting costs too."""
        switch = "/proc/sys/kernel/bpf_stats_enabled"
        with open(switch, "w", encoding="ascii") as file:
            file.write("1")
        names = program_names()
        before = bpf_objects(agent.pid)[1]
        run = self.run_wrk({"agent": agent.pid})
        after = bpf_objects(agent.pid)[1]
        with open(switch, "w", encoding="ascii") as file:
            file.write("0")
        programs = []
        for number, (runs, spent_ns) in after.items():
            runs -= before.get(number, (0, 0))[0]
            spent_ns -= before.get(number, (0, 0))[1]
            if runs > 0:
                programs.append([names.get(number, number), runs / run["requests"], spent_ns / run["requests"]])
        return sorted(programs, key=lambda program: -program[2])

    def traced(self, variant, with_statistics):
        name, command, extra, has_sink = variant
        counted = self.arguments.counted
        sink = Sink(self.arguments.sink) if has_sink else None
        arguments = [self.arguments.limpet, command]
        if command == "attach":
            arguments.append(str(self.master))
        arguments += ["--terminal=off"] + extra
        if has_sink:
            arguments.append(f"--otlp-endpoint=http://127.0.0.1:{SINK_PORT}")
        trickle = Trickle()
        trickle.start()
        log_path = os.path.join(self.folder, re.sub(r"\W+", "-", name) + ".log")
        agent = Agent(arguments, log_path)
        is_ready = agent.wait_until_ready()
        time.sleep(0.3)
        trickle.stopped.set()
        trickle.join()
        if not is_ready:
            code = agent.finish()
            if sink:
                sink.finish()
            last = (read_text(log_path).strip() or "nothing said").splitlines()[-1]
            return {"refused": f"exit code {code}: {last}", "log": read_text(log_path)[-20000:]}

        served = requests_served() - 1
        watched = {"nginx": self.worker, "agent": agent.pid}
        if sink:
            watched["sink"] = sink.process.pid
        result = {
            "ready_s": (agent.ready_ns - agent.started_ns) / 1e9,
            "start_cpu_ns": cpu_ns(agent.pid),
            "rss_start_kib": status_kib(agent.pid, "VmRSS"),
        }
        maps, programs = bpf_objects(agent.pid)
        result["maps"], result["map_bytes"], result["programs"] = len(maps), sum(maps.values()), len(programs)
        before_ns = cpu_ns(agent.pid)
        run = self.run_wrk(watched)
        time.sleep(2.5)  # what is still in buffers and queues is the agent's cost too; it has a flush every second
        run["agent_full"] = (cpu_ns(agent.pid) - before_ns) / run["requests"]
        result["run"] = run
        if counted and with_statistics:
            result["bpf"] = self.bpf_statistics(agent)
            time.sleep(2.5)
        result["served"] = requests_served() - served
        result["rss_end_kib"] = status_kib(agent.pid, "VmRSS")
        result["rss_peak_kib"] = status_kib(agent.pid, "VmHWM")
        result["exit_code"] = agent.finish()
        result["log"] = read_text(log_path)[-20000:]
        if sink:
            received = sink.finish()
            result["sink"] = received
            result["first_span_s"] = max(0, received["first_span_ns"] - agent.started_ns) / 1e9
            if received["spans"] and command == "attach":
                expected = result["served"] + trickle.count_since(received["first_span_ns"])
                result["expected"], result["lost"] = expected, expected - received["spans"]
            result["first_post_s"] = max(0, received["first_post_ns"] - agent.started_ns) / 1e9
        return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("limpet")
    parser.add_argument("sink")
    parser.add_argument("result")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--counted", action="store_true")
    arguments = parser.parse_args()
    results = {"kernel": os.uname().release, "untraced": [], "variants": {}}
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        bench = Bench(arguments, folder)
        try:
            bench.untraced()  # the first one warms caches, the guest's root among them
            refused = set()
            for number in range(arguments.rounds):
                # Counted runs differ by 1 to 3 %, and what is added is a difference: the base is measured more often.
                results["untraced"] += [bench.untraced() for _ in range(2 if arguments.counted else 1)]
                variants = VARIANTS + ([WHOLE_HOST] if arguments.counted else [])
                for variant in variants:
                    source = variant[2][1] if len(variant[2]) > 1 else None
                    if source in refused:
                        continue
                    outcome = bench.traced(variant, with_statistics=number == 0 and variant[3])
                    results["variants"].setdefault(variant[0], []).append(outcome)
                    if "refused" in outcome:
                        refused.add(source)
        finally:
            bench.close()
    with open(arguments.result, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
