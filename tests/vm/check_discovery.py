#!/usr/bin/python3
"""Discovery on a whole host, in a guest, in TAP: rules by executable, command, port and user, ignore lists, live attach and
detach, never itself, what an SDK sends is not sent twice, a flood beside a service, processes that come and go, and programs that die at once.

usage: check_discovery.py LIMPET RING_FLOOD FOLDER [rules] [sdks] [flood] [short_lives]      without a part: all but the last (RING_FLOOD's folder
has the program short_lives, too)"""
import collections
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

limpet, flood, folder, *parts = sys.argv[1:]
SERVICE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "discovery_service.py")
PYTHON = "/usr/bin/python3"
COUNT = 10
started = []
is_failed = False


def report(is_ok, name, details=()):
    global is_failed
    print(("ok " if is_ok else "not ok ") + name, flush=True)
    is_failed = is_failed or not is_ok
    for detail in [] if is_ok else list(details)[-40:]:
        print("# " + str(detail)[:400], flush=True)


def start(*words, executable=PYTHON):
    process = subprocess.Popen([executable, SERVICE, *map(str, words)], stdout=subprocess.DEVNULL)
    started.append(process)
    return process


def start_as(user, *words):
    process = subprocess.Popen(["setpriv", "--reuid", user, "--clear-groups", PYTHON, SERVICE, *map(str, words)])
    started.append(process)
    return process


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return answer.status


def wait_for_port(port):
    for _ in range(600):
        try:
            return get(port, "/up")
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nobody listens on {port}")


def ask(port, prefix, count=COUNT):
    for i in range(count):
        get(port, f"/{prefix}/{i}")


class Agent:
    def __init__(self, name, *options, prefix=(), **environment):
        self.name = name
        self.spans_path = f"{folder}/{name}.jsonl"
        self.words_path = f"{folder}/{name}.stderr"
        self.process = subprocess.Popen(
            [*prefix, limpet, "agent", f"--json={self.spans_path}", "--terminal=off", f"--spool={folder}/{name}.spool", *options],
            stdout=subprocess.DEVNULL, stderr=open(self.words_path, "w"), stdin=subprocess.DEVNULL,
            env={**os.environ, **environment})
        begin = time.monotonic()
        while "limpet: tracing " not in self.words():
            if self.process.poll() is not None or time.monotonic() > begin + 300:
                raise RuntimeError(f"{name}: the agent does not trace ({self.process.poll()}): " + self.words())
            time.sleep(0.1)
        print(f"# {name}: tracing after {time.monotonic() - begin:.1f} s", flush=True)

    def words(self):
        with open(self.words_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(120)
        report(code == 0, f"{self.name}: the agent exits with 0", [code, self.words()])
        return self

    def lines(self):
        with open(self.spans_path, encoding="utf-8") as file:
            return file.read()

    def records(self):
        return [json.loads(line) for line in self.lines().splitlines()]

    def spans(self):
        """(service, path) of every server span."""
        found = []
        for record in self.records():
            for resource in record.get("resourceSpans", []):
                service = value(resource["resource"]["attributes"], "service.name")
                for scope in resource["scopeSpans"]:
                    found += [(service, value(span["attributes"], "url.path"), span["kind"]) for span in scope["spans"]]
        return found

    def crashes(self):
        return [value(resource["resource"]["attributes"], "process.executable.name")
                for record in self.records() for resource in record.get("resourceLogs", [])]

    def count(self, prefix):
        return len({path for _, path, kind in self.spans() if kind in (2, "SPAN_KIND_SERVER") and path and path.startswith(f"/{prefix}/")})

    def lost(self, reason):
        for line in self.words().splitlines():
            words = line.split()
            if reason in words:
                return int(words[words.index(reason) + 1])
        return 0


def value(attributes, key):
    for attribute in attributes:
        if attribute["key"] == key:
            return next(iter(attribute["value"].values()))
    return None


def expect(agent, expected):
    for prefix, count in expected.items():
        seen = agent.count(prefix)
        report(seen == count, f"{agent.name}: {prefix}: {count} spans", [f"{seen} spans", agent.words()])


def check_rules():
    other = shutil.copy(PYTHON, f"{folder}/own-python")
    unwanted = shutil.copy(PYTHON, f"{folder}/unwanted")
    rules = "trace command=\"*by-command*\"; trace port=9003,9006-9007; trace user=nobody; trace executable=*/own-*; ignore"

    def start_services(base, age):
        start(base + 1, f"by-command-{age}")
        start(base + 2, "by-command", executable=unwanted)
        start(base + 3)
        start_as("nobody", base + 4)
        start(base + 5)
        start(base + 6, executable=other)

    crasher = shutil.copy("/bin/sh", f"{folder}/own-crasher")
    quiet = shutil.copy("/bin/sh", f"{folder}/quiet-crasher")
    start_services(9000, "early")
    late = start(9007, "--daemon", "--late", 20)
    for port in (9001, 9002, 9003, 9004, 9005, 9006):
        wait_for_port(port)
    agent = Agent("rules", f"--discovery-rules={rules}", "--ignore-executables=unwanted")
    start_services(9100, "late")
    for port in (9101, 9102, 9103, 9104, 9105, 9106):
        wait_for_port(port)
    time.sleep(3)
    for base, age in ((9000, "early"), (9100, "late")):
        for port, name in ((1, "command"), (2, "unwanted"), (3, "port"), (4, "user"), (5, "none"), (6, "executable")):
            ask(base + port, f"{name}-{age}")
    for program in (crasher, quiet):
        subprocess.run([program, "-c", "kill -SEGV $$"], check=False)
    for _ in range(200):
        subprocess.run(["/bin/true"], check=True)
    wait_for_port(9007)
    time.sleep(3)
    ask(9007, "daemon")
    time.sleep(3)
    agent.stop()
    expected = {f"{name}-{age}": COUNT for name in ("command", "user", "executable") for age in ("early", "late")}
    expected.update({f"{name}-{age}": 0 for name in ("unwanted", "none") for age in ("early", "late")})
    expected.update({"port-early": COUNT, "port-late": 0, "daemon": COUNT})
    expect(agent, expected)
    crashes = agent.crashes()
    report("own-crasher" in crashes, "rules: a crash of a traced program that lived for a moment is reported", [crashes, agent.words()])
    report("quiet-crasher" not in crashes, "rules: a crash of an ignored program is not", crashes)
    report(late.poll() is None, "rules: the daemon lives on")


def check_ourselves_and_sdks():
    start(9201, "collector")
    start(9202, "sdk", "--otlp", 9201)
    start(9203, "context", "--context")
    for port in (9201, 9202, 9203):
        wait_for_port(port)
    agent = Agent("sdks", "--batch-delay=200ms", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9201")
    ask(9202, "before")
    get(9202, "/export-logs")
    time.sleep(4)
    ask(9202, "logs")
    get(9202, "/export")
    time.sleep(4)
    ask(9202, "after")
    ask(9203, "first", 1)
    time.sleep(4)
    ask(9203, "context")
    time.sleep(4)
    agent.stop()
    words = agent.words()
    expect(agent, {"before": COUNT, "logs": COUNT, "after": 0, "context": 0})
    told = [line for line in words.splitlines() if "sends its own" in line]
    report(len(told) == 3 and sum("errors" in line for line in told) == 1 and
           sum("process context of opentelemetry python" in line for line in told) == 1, "sdks: said once per process and kind", told)
    report(agent.lost("SDKs:") >= 2 * COUNT, "sdks: what is not sent is counted", [words])
    services = {service for service, _, _ in agent.spans()}
    ours = [span for span in agent.spans() if span[1] == "/v1/traces" and span[2] in (2, "SPAN_KIND_SERVER")]
    report(not any("limpet" in (service or "") for service in services), "sdks: limpet does not trace itself", services)
    # The one export that is left is the SDK's, as its collector saw it.
    report(len(ours) == 1, "sdks: the server's side of limpet's own exports is no span", [len(ours), ours[:5]])

    agent = Agent("sdks-off", "--suppress-sdk=off")
    get(9202, "/export")
    time.sleep(4)
    ask(9202, "both")
    time.sleep(3)
    agent.stop()
    expect(agent, {"both": COUNT})


def check_flood():
    start(9301, "victim")
    wait_for_port(9301)
    agent = Agent("flood", "--ring-size=256KiB")
    hostile = subprocess.Popen([flood, "15"], stdout=subprocess.PIPE, text=True)
    time.sleep(2)
    ask(9301, "victim", 40)
    rounds = hostile.communicate(timeout=120)[0].strip()
    time.sleep(3)
    agent.stop()
    refused, full = agent.lost("process_over_share"), agent.lost("ring_full")
    print(f"# flood: {rounds} connections of 64 KiB; process_over_share {refused}, ring_full {full}")
    report(refused > 0, "flood: the flood is refused what the others need", [agent.words()])
    expect(agent, {"victim": 40})


FORKS = 10
METRICS = 9464


def crashed(agent):
    """How often each program did. Of one that was gone before /proc could be read the kernel's name is all there is."""
    names = collections.Counter()
    for record in agent.records():
        for resource in record.get("resourceLogs", []):
            attributes = resource["resource"]["attributes"]
            name = value(attributes, "process.executable.name") or value(attributes, "service.name") or str(attributes)
            names[name] += sum(len(scope["logRecords"]) for scope in resource["scopeLogs"])
    return names


def counted(name):
    """A counter of the agent while it runs."""
    with urllib.request.urlopen(f"http://127.0.0.1:{METRICS}/metrics", timeout=60) as answer:
        return sum(int(line.split()[1]) for line in answer.read().decode().splitlines() if line.startswith(name + " "))


UNDECIDED = 'limpet_drops_total{reason="process_undecided"}'


def check_short_lives():
    """No mapping events (Debian's perf_event_paranoid, no CAP_SYS_ADMIN): nothing but the kernel's own word says what died."""
    with open("/proc/sys/kernel/perf_event_paranoid", "w", encoding="ascii") as file:
        file.write("3")
    source = f"{os.path.dirname(flood)}/short_lives"
    os.makedirs(f"{folder}/a/b", exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", f"{folder}/a/b"], check=True)  # a path over a mount
    own, own_master, quiet, quiet_master = (
        shutil.copy(source, f"{folder}/a/b/{name}") for name in ("own-crasher", "own-master", "quiet-crasher", "quiet-master"))
    for name, lives, rules in (("choosing", 100, f"ignore executable=*/quiet-*; trace executable={folder}/a/b/own-*; ignore"),
                               ("ignoring", 20, f"ignore executable={folder}/a/b/quiet-*")):
        agent = Agent(name, f"--discovery-rules={rules}", "--crash-burst=10000", f"--metrics-listen={METRICS}", prefix=("setpriv", "--bounding-set=-sys_admin"))
        report("mapping events: cannot open" in agent.words(), f"{name}: the kernel tells of no mappings", [agent.words()])
        report(counted(UNDECIDED) == 0, f"{name}: no process is left undecided at the start", [agent.words()])
        begin = time.monotonic()
        subprocess.run([source, "spawn", str(lives), quiet, own], check=True)
        for master in (quiet_master, own_master):
            subprocess.run([master, "fork", str(FORKS)], check=True)
        print(f"# {name}: {2 * (lives + FORKS)} crashes in {time.monotonic() - begin:.1f} s", flush=True)
        end = time.monotonic() + 120
        while time.monotonic() < end and counted("limpet_crashes_total") < lives + FORKS:
            time.sleep(1)
        time.sleep(3)
        agent.stop()
        seen, skipped = crashed(agent), agent.lost("program_skipped")
        for program, count in ((own, lives), (own_master, FORKS), (quiet, 0), (quiet_master, 0)):
            program = os.path.basename(program)
            # A kernel that is preempted inside a program of ours does not run it for another task meanwhile, and we count that.
            report(0 <= count - seen[program] <= skipped, f"{name}: {count} crashes of {program}", [seen, agent.words()])
        report(agent.lost("process_undecided") <= skipped, f"{name}: no process is left undecided", [agent.words()])
        for line in agent.words().splitlines():
            if "lost:" in line:
                print(f"# {name}: {line}", flush=True)


def main():
    try:
        for name, check in (("rules", check_rules), ("sdks", check_ourselves_and_sdks), ("flood", check_flood),
                            ("short_lives", check_short_lives)):
            if name in parts or (not parts and name != "short_lives"):
                check()
    finally:
        for process in started:
            process.kill()
    return is_failed


sys.exit(main())
