#!/usr/bin/python3
"""Measures what crashes cost: in the kernel per thread, from the fatal signal to the event on disk, and which programs run
while nobody crashes. Prints a table; nothing here fails because something was slow.

usage: measure_crashes.py LIMPET [--crashes N] [--counted]
       measure_crashes.py --drive PROGRAM N         (what limpet runs: crashes PROGRAM N times)
Natively the times are nanoseconds; with --counted (in the guest of --icount) they are instructions. BPF statistics are
switched on for as long as this runs, through a descriptor: no setting of the machine is changed.
"""
import argparse
import ctypes
import glob
import json
import os
import platform
import subprocess
import sys
import tempfile
import time

from measure import bpf_objects, program_names

BPF_ENABLE_STATS, BPF_STATS_RUN_TIME = 32, 0
LIBRARIES, THREADS = 200, 9
DSN = "http://key@127.0.0.1:9/1"  # nobody takes it: what is on disk stays there
BUILT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".build", "bench", "crash")
PROGRAM = """
#include <pthread.h>
#include <unistd.h>
static void *wait(void *unused) { (void)unused; pause(); return 0; }
static __attribute__((noinline)) int read_it(volatile int *from) { return *from + 1; }
%s
int main(void)
{
	pthread_t thread;
	int sum = 0;
	for (int i = 0; i < %d; i++) pthread_create(&thread, 0, wait, 0);
	%s
	usleep(50000);
	return read_it((int *)8) + sum;
}
"""


def build(name, libraries, threads):
    """A program that crashes with so many libraries mapped and other threads waiting."""
    path = os.path.join(BUILT, name)
    if os.path.exists(path):
        return path
    os.makedirs(BUILT, exist_ok=True)
    for i in range(libraries):
        subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-Wl,--build-id", "-x", "c", "-", "-o", os.path.join(BUILT, f"lib{i}.so")],
                       input=f"int part{i}(void) {{ return {i}; }}", text=True, check=True)
    source = PROGRAM % ("".join(f"int part{i}(void);" for i in range(libraries)), threads - 1,
                        "".join(f"sum += part{i}();" for i in range(libraries)))
    subprocess.run(["gcc", "-O1", "-g", "-pthread", "-x", "c", "-", "-x", "none", *[os.path.join(BUILT, f"lib{i}.so") for i in range(libraries)],
                    "-Wl,-rpath,$ORIGIN", "-o", path], input=source, text=True, check=True)
    return path


def drive(program, count):
    for _ in range(count):
        subprocess.run([program], cwd="/", stderr=subprocess.DEVNULL, check=False)
        time.sleep(0.5)


class Statistics:
    """with Statistics(): the kernel counts runs and time of BPF programs."""

    def __enter__(self):
        attributes = (ctypes.c_uint32 * 32)(BPF_STATS_RUN_TIME)
        number = {"x86_64": 321, "aarch64": 280}[platform.machine()]
        self.fd = ctypes.CDLL(None, use_errno=True).syscall(number, BPF_ENABLE_STATS, attributes, ctypes.sizeof(attributes))
        return self

    def __exit__(self, *_):
        if self.fd >= 0:
            os.close(self.fd)


def is_event(line):
    return '"exception":' in line


def crash_programs(limpet, program, count, options=()):
    """([ns from the fatal signal to disk], {program: (runs, ns)}) of so many crashes under limpet run."""
    with tempfile.TemporaryDirectory(prefix="limpet-bench-") as folder:
        events, spool = os.path.join(folder, "events"), os.path.join(folder, "spool")
        command = [limpet, "run", "--terminal=off", f"--spool={spool}", "--crash-burst=100000", "--exit-events=off", f"--sentry-file={events}",
                   *options, "--", sys.executable, os.path.abspath(__file__), "--drive", program, str(count)]
        with open(os.path.join(folder, "stderr"), "wb") as stderr:
            process = subprocess.Popen(command, stderr=stderr, stdout=subprocess.DEVNULL, env={**os.environ, "SENTRY_DSN": DSN})
        seen, programs = {}, {}
        names = {}
        while process.poll() is None:
            for path in glob.glob(os.path.join(spool, "*", "*.crash")):
                if path not in seen:
                    seen[path] = os.stat(path).st_mtime_ns
            found = bpf_objects(process.pid)[1]
            if set(found) - set(names):
                names = program_names()
            programs = found or programs
            time.sleep(0.05)
        with open(events, encoding="utf-8") as file:
            times = {event["event_id"]: int(event["timestamp"] * 1e9) for event in map(json.loads, filter(is_event, file))}
        assert len(seen) == count, f"{len(seen)} of {count} crashes reached the disk"
        delays = [arrival - times[os.path.basename(path).partition(".")[0]] for path, arrival in seen.items()]
        return delays, {names.get(number, number): values for number, values in programs.items()}


def median(values):
    return sorted(values)[len(values) // 2]


def main():
    if sys.argv[1:2] == ["--drive"]:
        return drive(sys.argv[2], int(sys.argv[3]))
    parser = argparse.ArgumentParser()
    parser.add_argument("limpet")
    parser.add_argument("--crashes", type=int, default=10)
    parser.add_argument("--counted", action="store_true")
    arguments = parser.parse_args()
    unit, scale = ("k instructions", 1e3) if arguments.counted else ("us", 1e3)
    many, few = build("many_images", LIBRARIES, 1), build("nine_threads", 0, THREADS)
    with Statistics() as statistics:
        threads_delays, programs = crash_programs(arguments.limpet, few, arguments.crashes)
        images_delays, _ = crash_programs(arguments.limpet, many, arguments.crashes)
    print(f"\nCrashes ({platform.release()}, {arguments.crashes} of each)\n")
    runs, spent = programs.get("on_signal_deliver", (0, 0))
    captured = arguments.crashes * THREADS
    if statistics.fd >= 0 and runs:
        print(f"  in the kernel, per thread: {spent / captured / scale:.1f} {unit}  (a crash of {THREADS} threads: registers and stacks;"
              f" {runs} deliveries in all, {captured} of them captured)   target < 50 us")
    for title, delays in ((f"{THREADS} threads", threads_delays), (f"{LIBRARIES} images", images_delays)):
        print(f"  from the signal to the event on disk, {title}: median {median(delays) / 1e6:.0f} ms, worst {max(delays) / 1e6:.0f} ms"
              f"{'   target < 250 ms' if 'images' in title else ''}")
    hot = [name for name in programs if name in ("on_syscall_enter", "on_syscall_exit", "on_trail_enter", "on_trail_exit")]
    print(f"  programs that run only for signals and ends: {', '.join(sorted(set(programs) - set(hot)))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
