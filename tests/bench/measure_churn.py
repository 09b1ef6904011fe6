#!/usr/bin/python3
"""Measures what processes that come and go cost beside many that do nothing: time per fork+exec+exit with and without
limpet, the agent's CPU time per process, its memory, and how long it takes to trace. Prints a table of ratios; nothing here
fails because something was slow.

usage: measure_churn.py LIMPET CHURN [--whole-host] [--idle N] [--count N] [--rate N] [--rounds N]
Without --whole-host limpet traces what it runs itself (`limpet run`); with it, it is the agent of the host: in a guest.
"""
import argparse
import os
import statistics
import subprocess
import tempfile
import time

RULES = "ignore executable=sshd,cron; trace port=8080; trace command=\"*web*\"; ignore user=nobody"


def churn(program, options):
    medians, means = [], []
    for _ in range(options.rounds):
        words = subprocess.run([program, "fork", str(options.count), str(options.rate)], capture_output=True, text=True, check=True).stdout.split()
        medians.append(int(words[0]))
        means.append(int(words[1]))
    return statistics.median(medians), statistics.median(means)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_kib(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return next((int(line.split()[1]) for line in file if line.startswith(name + ":")), 0)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


class Agent:
    def __init__(self, limpet, folder, *options):
        self.words = os.path.join(folder, "words")
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [limpet, "agent", f"--json={folder}/spans", "--terminal=off", f"--spool={folder}/spool", *options],
            stdout=subprocess.DEVNULL, stderr=open(self.words, "w"), stdin=subprocess.DEVNULL)
        while "limpet: tracing " not in self.said():
            if self.process.poll() is not None:
                raise RuntimeError(self.said())
            time.sleep(0.05)
        self.start_seconds = time.monotonic() - begin
        time.sleep(2)

    def said(self):
        return read(self.words)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        return " ".join(line.split("lost: ", 1)[1].split(" (")[0] for line in self.said().splitlines() if "lost: " in line)


def row(name, cost, plain, cpu="", memory="", start="", lost=""):
    print(f"{name:28} {cost[0] / 1000:9.1f} {cost[0] / plain[0]:6.2f} {cost[1] / 1000:9.1f} {cost[1] / plain[1]:6.2f} {cpu:>9} {memory:>15} {start:>7} {lost}",
          flush=True)


def whole_host(options, plain):
    for name, rules in (("agent", ()), ("agent, 4 rules", (f"--discovery-rules={RULES}",)), ("agent, all ignored", ("--discovery-rules=ignore",))):
        with tempfile.TemporaryDirectory(prefix="limpet-churn-") as folder:
            agent = Agent(options.limpet, folder, *rules)
            pid = agent.process.pid
            cpu, before = cpu_seconds(pid), memory_kib(pid, "VmRSS")
            cost = churn(options.churn, options)
            cpu = (cpu_seconds(pid) - cpu) / (options.rounds * options.count)
            after = memory_kib(pid, "VmRSS")
            row(name, cost, plain, f"{cpu * 1e6:.0f}", f"{before // 1024}>{after // 1024} MiB", f"{agent.start_seconds:.1f}", agent.stop())


def run_once(options, folder):
    """What churn said, and the agent's own CPU seconds, as last seen before its end."""
    said = os.path.join(folder, "words")
    with open(said, "w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            [options.limpet, "run", "--terminal=off", f"--json={folder}/spans", "--spool=off", "--", options.churn, "fork", str(options.count),
             str(options.rate)], stdout=subprocess.PIPE, stderr=stderr, text=True)
    begin, cpu = None, 0
    while process.poll() is None:
        cpu = max(cpu, cpu_seconds(process.pid))
        if begin is None and "limpet: tracing " in read(said):
            begin = cpu
        time.sleep(0.02)
    words = process.stdout.read().split()
    if process.returncode:
        raise RuntimeError(f"limpet run: exit code {process.returncode}")
    return int(words[-2]), int(words[-1]), cpu - (begin or 0)


def run(options, plain):
    with tempfile.TemporaryDirectory(prefix="limpet-churn-") as folder:
        rounds = [run_once(options, folder) for _ in range(options.rounds)]
    medians, means, cpus = zip(*rounds)
    row("run", (statistics.median(medians), statistics.median(means)), plain, f"{statistics.median(cpus) / options.count * 1e6:.0f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("limpet")
    parser.add_argument("churn")
    parser.add_argument("--whole-host", action="store_true")
    parser.add_argument("--idle", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    idle = None
    if options.idle:
        idle = subprocess.Popen([options.churn, "idle", str(options.idle)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        print(f"processes that do nothing: {idle.stdout.readline().split()[1]}")
    print(f"fork+exec+exit, {options.count} at most {options.rate} per second" if options.rate else f"fork+exec+exit, {options.count}")
    print(f"{'':28} {'median us':>9} {'ratio':>6} {'mean us':>9} {'ratio':>6} {'agent us':>9} {'memory':>15} {'start s':>7} lost")
    plain = churn(options.churn, options)
    row("without limpet", plain, plain)
    (whole_host if options.whole_host else run)(options, plain)
    if idle:
        idle.stdin.close()
        idle.wait()


main()
