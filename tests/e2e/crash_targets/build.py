#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the crash targets into .build/crash_targets, only what is older than its sources.

Variants of a C program are named LINK-LEVEL[-stripped]-FRAMES: pie or static; O0 (with -g) or O2; fp or nofp.
A compiler that is not here leaves out its language: build() returns what there is.
"""
import concurrent.futures
import os
import shutil
import subprocess
import sys

SOURCES = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(SOURCES, "..", "..", ".."))
BUILT = os.path.join(ROOT, ".build", "crash_targets")
C_SOURCES = ("crash_main.c", "crash_faults.c", "crash_aborts.c", "crash_dispositions.c", "crash_processes.c")
# Warnings are off: crashing is what these programs are for.
C_FLAGS = ("-std=gnu11", "-D_GNU_SOURCE", "-w", "-fcf-protection=none", "-Wl,--build-id", "-pthread")
LEVELS = {"O0": ("-O0", "-g"), "O2": ("-O2",)}
FRAMES = {"fp": ("-fno-omit-frame-pointer",), "nofp": ("-fomit-frame-pointer",)}
LINKS = {"pie": ("-fPIE", "-pie"), "static": ("-fno-pie", "-no-pie", "-static")}


def path(name):
    return os.path.join(BUILT, name)


def source(name):
    return os.path.join(SOURCES, name)


def find_tool(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/local/go/bin")


def is_current(output, sources):
    if not os.path.exists(output):
        return False
    newest = max(os.path.getmtime(file) for file in [*sources, os.path.abspath(__file__)])
    return os.path.getmtime(output) >= newest


def run(command, environment=None):
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[-2000:]}")


def make(name, command, sources, is_stripped=False, environment=None):
    """command without its output, which is written beside and renamed: an interrupted build leaves nothing."""
    output = path(name)
    if is_current(output, sources):
        return
    beside = output + ".new"
    run([*command, "-o", beside], environment)
    if is_stripped:
        run(["strip", "--strip-all", beside])
    os.rename(beside, output)


def c_program(name, flags, is_stripped=False):
    sources = [source(file) for file in C_SOURCES]
    return name, lambda: make(name, ["gcc", *C_FLAGS, *flags, *sources, "-ldl"],
                              [*sources, source("crash_ways.h")], is_stripped)


def c_jobs():
    for link, link_flags in LINKS.items():
        for frames, frame_flags in FRAMES.items():
            for level, level_flags in LEVELS.items():
                yield c_program(f"crash-{link}-{level}-{frames}", link_flags + frame_flags + level_flags)
            yield c_program(f"crash-{link}-O2-stripped-{frames}", link_flags + frame_flags + LEVELS["O2"], True)
    yield c_program("crash-no-build-id", LINKS["pie"] + LEVELS["O2"] + ("-Wl,--build-id=none",))
    yield c_program("crash-no-unwind-tables", LINKS["pie"] + LEVELS["O0"] + FRAMES["fp"] +
                    ("-fno-asynchronous-unwind-tables", "-fno-unwind-tables"))
    for level, flags in LEVELS.items():
        name, library = f"crash_library-{level}.so", source("crash_library.c")
        yield name, lambda name=name, flags=flags, library=library: make(
            name, ["gcc", *C_FLAGS, *flags, "-fPIC", "-shared", library], [library, source("crash_ways.h")])


def cpp_jobs():
    main, library, header = source("crash_cpp.cc"), source("crash_cpp_library.cc"), source("crash_cpp_library.h")
    flags = ("-std=c++17", "-w", "-fcf-protection=none", "-Wl,--build-id")

    def build_pair(name, level_flags, is_stripped):
        library_name = f"lib{name}.so"
        make(library_name, ["g++", *flags, *level_flags, "-fPIC", "-shared", library], [library, header], is_stripped)
        make(name, ["g++", *flags, *level_flags, "-fPIE", "-pie", main, path(library_name), "-Wl,-rpath,$ORIGIN"],
             [main, library, header], is_stripped)

    def build_static(name, level_flags):
        make(name, ["g++", *flags, *level_flags, "-static", main, library], [main, library, header])

    for level, level_flags in LEVELS.items():
        name = f"crash_cpp-pie-{level}"
        yield name, lambda name=name, level_flags=level_flags: build_pair(name, level_flags, False)
    yield "crash_cpp-pie-O2-stripped", lambda: build_pair("crash_cpp-pie-O2-stripped", LEVELS["O2"], True)
    yield "crash_cpp-static-O2", lambda: build_static("crash_cpp-static-O2", LEVELS["O2"])


def rust_jobs():
    if not find_tool("rustc"):
        return
    main = source("crash_rust.rs")
    base = [find_tool("rustc"), "--edition=2021", "-Cpanic=abort", "-Clink-arg=-Wl,--build-id", "--crate-name=crash_rust"]
    variants = {
        "crash_rust-pie-O0": ["-Copt-level=0", "-g"],
        "crash_rust-pie-O2": ["-Copt-level=2"],
        "crash_rust-pie-O2-v0": ["-Copt-level=2", "-Csymbol-mangling-version=v0"],
        "crash_rust-pie-O2-stripped": ["-Copt-level=2", "-Cstrip=symbols"],
        "crash_rust-static-O2": ["-Copt-level=2", "-Ctarget-feature=+crt-static", "-Crelocation-model=static",
                                 "-Cforce-frame-pointers=yes"],
    }
    for name, options in variants.items():
        yield name, lambda name=name, options=options: make(name, [*base, *options, main], [main])


def go_jobs():
    go = find_tool("go")
    if not go:
        return
    main = source("crash_go.go")
    environment = {**os.environ, "GO111MODULE": "off", "CGO_ENABLED": "0", "GOFLAGS": "-p=2",
                   "GOCACHE": os.path.join(ROOT, ".build", "go-cache")}
    variants = {
        "crash_go-O0": ["-gcflags=-N -l"],
        "crash_go-O2": [],
        "crash_go-O2-stripped": ["-ldflags=-s -w"],
        "crash_go-pie-O2": ["-buildmode=pie"],
    }

    def build_go(name, options):
        output = path(name)
        if not is_current(output, [main]):
            run([go, "build", *options, "-o", output + ".new", main], environment)
            os.rename(output + ".new", output)

    for name, options in variants.items():
        yield name, lambda name=name, options=options: build_go(name, options)


def program_jobs():
    """Parts of the real programs that are crashed: an addon for Node, a class for the JVM."""
    headers = "/usr/include/node"
    addon, java = source("crash_node_addon.c"), source("NullChecks.java")
    if find_tool("node") and os.path.exists(os.path.join(headers, "node_api.h")):
        yield "crash_addon.node", lambda: make("crash_addon.node", ["gcc", "-O1", "-g", "-fPIC", "-shared", "-Wl,--build-id",
                                                                    "-I" + headers, addon], [addon])
    if find_tool("javac"):
        yield "NullChecks.class", lambda: is_current(path("NullChecks.class"), [java]) or run(["javac", "-nowarn", "-d", BUILT, java])


LANGUAGES = {"c": c_jobs, "cpp": cpp_jobs, "rust": rust_jobs, "go": go_jobs, "programs": program_jobs}


def build(*languages):
    """The paths of what was built by name; raises when a compiler complains."""
    os.makedirs(BUILT, exist_ok=True)
    jobs = [job for language in languages or LANGUAGES for job in LANGUAGES[language]()]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda job: job[1](), jobs))
    return {name: path(name) for name, _ in jobs}


if __name__ == "__main__":
    print("\n".join(build(*sys.argv[1:])))
