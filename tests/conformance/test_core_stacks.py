#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Our walks judged by gdb: real programs die, both read the core file; every thread must have the same program counters, frame by
frame. gdb sees the whole memory and debug information; ours what limpet would have captured."""
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
import tap  # noqa: E402

PRINTER = os.path.join(ROOT, ".build/tests/conformance/print_core_stacks")
GDB_SCRIPT = """
import gdb
for thread in gdb.selected_inferior().threads():
    thread.switch()
    print("THREAD", thread.ptid[1])
    frame, count = gdb.newest_frame(), 0
    while frame is not None and count < 300:
        try:
            # Inlined calls and tail calls are not on the stack: gdb tells them from debug information.
            if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
                print("FRAME %x %s" % (frame.pc(), frame.name()))
                count += 1
            frame = frame.older()
        except gdb.error as error:
            print("STOP", error)
            break
"""

C_PROGRAM = r"""
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static volatile int zero;
static int (*volatile nothing)(int);
__attribute__((noinline)) static int null_read(int n) { return *(volatile int *)(long)(zero * n) + n; }
__attribute__((noinline)) static int divide(int n) { return n / zero + 1; }
__attribute__((noinline)) static int call_null(int n) { return nothing(n) + 1; }
__attribute__((noinline)) static int wide(int n) { volatile char room[40000]; room[n] = 1; return null_read(n) + room[n]; }
__attribute__((noinline)) static int with_alloca(int n) { volatile char *room = __builtin_alloca(n + 100); room[n] = 1; return null_read(n) + room[n]; }
static int compare(const void *a, const void *b) { return null_read(*(const int *)a) - *(const int *)b; }
__attribute__((noinline)) static int sorted(int n) { int all[] = {n, 2, 1}; qsort(all, 3, sizeof(int), compare); return all[0]; }
__attribute__((noinline)) static int overflow(int n) { volatile char room[100]; room[n % 100] = (char)n; return overflow(n + 1) + room[n % 100]; }
static void handle(int s) { (void)s; (void)null_read(3); }
__attribute__((noinline)) static int in_handler(int n) { signal(SIGUSR1, handle); raise(SIGUSR1); return n + 1; }
static void *sleep_long(void *n) { if (*(int *)n) { char b[8]; return (void *)read(0, b, sizeof(b)); } pause(); return NULL; }
static char alternate[65536];
__attribute__((noinline)) static int doubly_freed(int n) { char *p = malloc(n + 100); free(p); *(char *volatile *)&p = p; free(p); return n + 1; }
__attribute__((noinline)) static int smashed(int n) { struct sigaction a = {.sa_handler = handle, .sa_flags = SA_ONSTACK}; stack_t s = {.ss_sp = alternate, .ss_size = sizeof(alternate)};
	sigaltstack(&s, NULL); sigaction(SIGUSR1, &a, NULL); raise(SIGUSR1); return n; }
static int run(const char *what)
{
	int n = (int)strlen(what), ones[7] = {1, 0, 1, 0, 1, 0, 1};
	pthread_t threads[7];
	if (!strcmp(what, "divide")) return divide(n);
	if (!strcmp(what, "call")) return call_null(n);
	if (!strcmp(what, "wide")) return wide(n);
	if (!strcmp(what, "alloca")) return with_alloca(n);
	if (!strcmp(what, "qsort")) return sorted(n);
	if (!strcmp(what, "overflow")) return overflow(n);
	if (!strcmp(what, "handler")) return in_handler(n);
	if (!strcmp(what, "altstack")) return smashed(n);
	if (!strcmp(what, "free")) return doubly_freed(n);
	if (!strcmp(what, "abort")) abort();
	if (!strcmp(what, "threads")) for (int i = 0; i < 7; i++) pthread_create(&threads[i], NULL, sleep_long, &ones[i]);
	if (!strcmp(what, "threads")) usleep(100000);
	return null_read(n);
}
int main(int argc, char **argv) { return argc > 1 ? run(argv[1]) + 1 : 0; }
"""
CPP_PROGRAM = r"""
#include <stdexcept>
#include <string>
struct deep { ~deep(); int go(int n) { std::string s(n, 'x'); return n ? go(n - 1) + (int)s.size() : throw std::runtime_error(s + "no"); } };
deep::~deep() {}
int main(int argc, char **) { deep d; return d.go(argc * 5); }
"""
RUST_PROGRAM = r"""
fn deep(n: u64, v: &mut Vec<u64>) -> u64 { v.push(n); if n == 0 { unsafe { std::ptr::read_volatile(std::ptr::null::<u64>().wrapping_add(1)) } } else { deep(n - 1, v) + v.len() as u64 } }
fn main() { let mut v = vec![]; let t = std::thread::spawn(move || println!("{}", deep(8, &mut v))); t.join().unwrap(); }
"""
GO_PROGRAM = r"""
package main
type node struct { next *node; value int }
//go:noinline
func leaf(n *node) int { return n.value + 1 }
//go:noinline
func walk(n *node, depth int) int { if depth == 0 { return leaf(n.next) }; return walk(n, depth-1) + 1 }
func main() { done := make(chan int); go func() { done <- walk(&node{}, 5) }(); println(<-done) }
"""


def limits():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, 8 << 20))


def die(folder, command, **environment):
    """The core file a command leaves; SKIP where the machine writes none."""
    where = tempfile.mkdtemp(dir=folder)
    process = subprocess.run(command, cwd=where, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             preexec_fn=limits, env=dict(os.environ, **environment), timeout=60, check=False)
    cores = [name for name in os.listdir(where) if name.startswith("core")]
    if not cores:
        raise tap.Skip(f"it left no core file (exit status {process.returncode})")
    return os.path.join(where, cores[0])


def core_at_fault(folder, program):
    """What limpet captures of a program that handles its faults: the moment of the first one, which gdb keeps."""
    core = program + ".core"
    subprocess.run(["gdb", "-nx", "-batch", "-ex", "run", "-ex", f"gcore {core}", "-ex", "kill", program], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=120, check=False)
    if not os.path.exists(core):
        raise tap.Skip("gdb may not trace here")
    return core


def gdb_stacks(folder, program, core):
    script = os.path.join(folder, "walk.py")
    with open(script, "w", encoding="utf-8") as file:
        file.write(GDB_SCRIPT)
    text = subprocess.run(["gdb", "-nx", "-batch", "-ex", f"source {script}", program, core], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, timeout=300, check=False).stdout
    stacks, frames = {}, []
    for line in text.splitlines():
        words = line.split(" ", 2)
        if words[0] == "THREAD":
            frames = stacks.setdefault(int(words[1]), [])
        elif words[0] == "FRAME":
            frames.append((int(words[1], 16), words[2]))
    return stacks


def our_stacks(core):
    text = subprocess.run([PRINTER, core], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=True).stdout
    stacks, frames, truncated = {}, [], set()
    for line in text.splitlines():
        if line.startswith("thread "):
            tid = int(line.split()[1])
            frames = stacks.setdefault(tid, [])
            if "truncated" in line:
                truncated.add(tid)
        else:
            pc, trust, repeats = line.split()
            frames.append((int(pc, 16), trust, int(repeats)))
    return stacks, truncated


def compare_thread(tid, wanted, got, depth):
    """How many frames were compared; depth: of gdb's to look at."""
    # Behind a thread's first function gdb makes something of what lies there.
    while len(wanted) > len(got) and wanted[-1][1] == "None":
        wanted = wanted[:-1]
    names = [name for _, name in wanted]
    compared = 0
    for at, (pc, name) in enumerate(wanted[:depth]):
        assert at < len(got), f"thread {tid}: ours ends after {at} frames, gdb goes on with {name}: {names[:at + 3]}"
        assert got[at][0] == pc, (f"thread {tid}, frame {at}: gdb {pc:x} {name}, ours {got[at][0]:x} by {got[at][1]}; "
                                  f"gdb's names {names[:at + 4]}")
        compared += 1
        if got[at][2]:
            break  # recursion is folded from here
    return compared


def compare(name, folder, program, core, depth=300, least=2):
    stacks, (ours, truncated) = gdb_stacks(folder, program, core), our_stacks(core)
    assert stacks, "gdb showed nothing"
    tap.equal(sorted(ours), sorted(stacks), "threads")
    # Of a stack that was not copied to its end (the one below a signal stack, deep recursion) what is there must be right.
    frames = sum(compare_thread(tid, stacks[tid], ours[tid], min(depth, len(ours[tid])) if tid in truncated else depth)
                 for tid in stacks)
    assert frames >= least, f"only {frames} frames were compared"
    guessed = sum(1 for stack in ours.values() for frame in stack if frame[1] in ("fp", "scan"))
    print(f"# {name}: {len(stacks)} threads, {frames} frames equal to gdb's, {guessed} of ours not by a table", file=sys.stderr)


def build(folder, name, source, command):
    path = os.path.join(folder, name)
    with open(os.path.join(folder, source[0]), "w", encoding="utf-8") as file:
        file.write(source[1])
    subprocess.run([*command, "-o", path, os.path.join(folder, source[0])], check=True, cwd=folder, stdout=subprocess.DEVNULL)
    return path


def c_cases(folder):
    variants = {"O0": ["-O0"], "O2": ["-O2", "-fomit-frame-pointer"], "O2 static": ["-O2", "-static"], "O1 stripped": ["-O1", "-s", "-no-pie"]}
    for variant, flags in variants.items():
        program = None
        with tap.session(f"C {variant}"):
            program = build(folder, "c" + variant.replace(" ", "_"), ("c.c", C_PROGRAM), ["gcc", "-w", "-pthread", *flags])
        for what in ("null", "divide", "call", "wide", "alloca", "qsort", "overflow", "handler", "altstack", "free", "abort", "threads"):
            with tap.case(f"C {variant}: {what}"):
                core = die(folder, [program, what])
                compare(f"C {variant}: {what}", folder, program, core)
                os.unlink(core)


def language_case(name, folder, tool, make_command, depth=300, **environment):
    with tap.case(name):
        if tool and not shutil.which(tool):
            raise tap.Skip(f"{tool} is not installed")
        command = make_command()
        core = die(folder, command, **environment)
        compare(name, folder, os.path.realpath(shutil.which(command[0])), core, depth)
        os.unlink(core)


def go_fault(folder):
    """In a function without a frame; then without symbols and debug information, which must not matter."""
    def fault_stack(stacks, pc):
        return next(frames for frames in stacks.values() if frames and frames[0][0] == pc)

    with tap.case("Go at its fault, stripped too"):
        if not shutil.which("go"):
            raise tap.Skip("go is not installed")
        source = ("p.go", GO_PROGRAM)
        full = build(folder, "go_full", source, ["go", "build"])
        core = core_at_fault(folder, full)
        wanted = next(frames for frames in gdb_stacks(folder, full, core).values() if frames[0][1] == "main.leaf")
        assert len(wanted) > 8, wanted
        ours = fault_stack(our_stacks(core)[0], wanted[0][0])
        print(f"# Go at its fault: {compare_thread(0, wanted, ours, 300)} frames equal to gdb's", file=sys.stderr)
        stripped = build(folder, "go_stripped", source, ["go", "build", "-ldflags=-s -w"])
        again = fault_stack(our_stacks(core_at_fault(folder, stripped))[0], wanted[0][0])
        tap.equal([frame[0] for frame in again], [frame[0] for frame in ours], "frames of the stripped program")


def main():
    if not shutil.which("gdb") or not os.path.exists(PRINTER):
        tap.skip("cores", "gdb or .build/tests/conformance/print_core_stacks is missing: make test-programs")
        tap.finish()
    with open("/proc/sys/kernel/core_pattern", encoding="utf-8") as file:
        if not re.fullmatch(r"core(\.%p)?", file.read().strip()):
            tap.skip("cores", "core_pattern is not core: this machine keeps its core files elsewhere")
            tap.finish()
    with tempfile.TemporaryDirectory() as folder:
        c_cases(folder)
        language_case("C++ std::terminate", folder, "g++", lambda: [build(folder, "cpp", ("p.cc", CPP_PROGRAM), ["g++", "-O2"])])
        language_case("Rust in a thread", folder, "rustc", lambda: [build(folder, "rust", ("p.rs", RUST_PROGRAM), ["rustc", "-O"])])
        language_case("Python reads null", folder, None, lambda: ["/usr/bin/python3", "-c", "import ctypes; ctypes.string_at(0)"])
        language_case("Go", folder, "go", lambda: [build(folder, "go", ("p.go", GO_PROGRAM), ["go", "build"])], 300, GOTRACEBACK="crash")
        go_fault(folder)
        # Nine: further into the code that V8 compiled, gdb does not find its way.
        language_case("Node", folder, "node", lambda: ["node", "-e", "process.abort()"], 9)
    tap.finish()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main()
