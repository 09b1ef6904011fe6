#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""limpet for arm64, made on x86-64 and run in QEMU's user mode: the program, its package, its image, its parsers and its unwinder.

What an arm64 kernel would have to do is not tried here: no eBPF program is loaded. The judge of what is parsed and exported
is the x86-64 program, byte for byte; of what is unwound, glibc's backtrace() on arm64.
"""
import contextlib
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import replay_runner  # noqa: E402
from limpet_runner import environment_for  # noqa: E402
from tap import Skip, case, equal, finish, session  # noqa: E402

OUT = os.path.join(TOP, ".build", "cross", "arm64")
PROGRAM, SYSROOT = OUT + "/limpet", OUT + "/sysroot"
COMPILER, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"
# Their rows, frames and bytes are of arm64, or come from its compiler. Others ask of a kernel what the emulator has not got: seccomp,
# libraries where a system has them, its own place in /proc.
UNIT_TESTS = ("agent/symbols/test_*", "agent/capture/test_probe_object", "agent/capture/test_event_decoder", "agent/process/test_go_*",
              "agent/model/test_*", "exporters/otlp/test_*", "exporters/sentry/test_*", "agent/unwinding/test_unwind_[aj]*")
# One after the other; with exceptions in it the order of what is told is that of two threads.
ORDERED = [name for name in replay_runner.recorded_names() if not name.startswith("failing_")]


def run(*command, code=0, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd=TOP, stdin=subprocess.DEVNULL,
                          timeout=options.pop("timeout", 120), env=options.pop("env", environment_for()), **options)
    assert code is None or done.returncode == code, f"{' '.join(command)}: exit code {done.returncode}: {done.stdout[-3000:]}"
    return done.stdout


def emulated(*command, root=SYSROOT, **options):
    return run(EMULATOR, "-L", root, *command, **options)


def machine_of(path):
    """Of an ELF file, by its header; None for another one."""
    with open(path, "rb") as file:
        head = file.read(20)
    return {62: "x86-64", 183: "arm64"}.get(head[18] + 256 * head[19]) if head[:4] == b"\x7fELF" else None


def needed(path):
    return set(re.findall(r"\(NEEDED\).*\[([^]]+)\]", run("readelf", "-dW", path)))


def content_of(path):
    with open(path, "rb") as file:
        return file.read()


def make():
    if os.uname().machine != "x86_64":
        raise Skip("this machine is not x86-64")
    for program in (COMPILER, EMULATOR):
        if not shutil.which(program):
            raise Skip(f"{program} is not installed: make deps-test")
    said = run("make", "-s", "-j2", "ARCH=arm64", "image", code=None, timeout=800)
    if "cannot fetch" in said:
        raise Skip(said[said.index("limpet: cannot fetch"):].splitlines()[0].replace("#", ""))
    found = re.search(r"^(\S+)\.oci\.tar ", said, re.M)
    assert found, said[-3000:]
    run("make", "-s", "-j2", ".build/limpet", timeout=600)
    return os.path.join(TOP, found[1])


def check_program():
    with case("the program is for arm64, and needs the libraries that it needs on x86-64"):
        equal(machine_of(PROGRAM), "arm64", "machine")
        loaders = {"ld-linux-aarch64.so.1", "libm.so.6"}
        equal(needed(PROGRAM) - loaders, needed(TOP + "/.build/limpet") - loaders, "libraries")
    with case("the eBPF programs in it are those for arm64"):
        content = content_of(PROGRAM)
        for name in ("probes.bpf.o", "probes_plain.bpf.o"):
            assert content_of(f"{OUT}/{name}") in content, f"{name} for arm64 is not in it"
            assert content_of(f"{TOP}/.build/{name}") not in content, f"{name} for x86-64 is in it"
    with case("--version, --help and config say what they say on x86-64"):
        for words in (["--version"], ["--help"], ["config"], ["config", "agent", "--sentry-dsn=https://key@localhost/1"]):
            equal(emulated(PROGRAM, *words), run(".build/limpet", *words), " ".join(words))
    with case("check says what the emulation cannot do"):
        said = emulated(PROGRAM, "check", code=None)
        assert re.search(r"^Linux \S+, aarch64$", said, re.M) and re.search(r"^  missing +bpf system call", said, re.M), said


def check_package():
    with case("the Debian package is for arm64 and depends on the package of every library"):
        deb, = glob.glob(OUT + "/deb/limpet_*_arm64.deb")
        equal(run("dpkg-deb", "-f", deb, "Architecture").strip(), "arm64", "architecture")
        depends = re.split(r"[ ,()]+", run("dpkg-deb", "-f", deb, "Depends"))
        said = run("dpkg-query", "--admindir", SYSROOT + "/var/lib/dpkg", "-S", *("*/" + name for name in needed(PROGRAM)))
        owners = {line.split(":")[0] for line in said.splitlines() if not line.startswith("libc6-dev")}
        equal({"libc6", "libbpf1", "liblzma5"} - owners, set(), "packages known")
        equal(owners - set(depends), set(), "packages it does not depend on")


def check_image(path, folder):
    with case("the image says arm64, in its index, its settings and its bill of materials"):
        run("tar", "-xf", path + ".oci.tar", "-C", folder)
        manifest, = json.loads(content_of(folder + "/index.json"))["manifests"]
        equal(manifest["platform"], {"architecture": "arm64", "os": "linux"}, "platform")
        blob = lambda descriptor: f"{folder}/blobs/{descriptor['digest'].replace(':', '/')}"  # noqa: E731
        manifest = json.loads(content_of(blob(manifest)))
        equal(json.loads(content_of(blob(manifest["config"])))["architecture"], "arm64", "architecture")
        bill = json.loads(content_of(path + ".spdx.json"))
        places = [package["externalRefs"][0]["referenceLocator"] for package in bill["packages"] if "externalRefs" in package]
        equal({re.search("arch=([a-z0-9]+)", place)[1] for place in places}, {"arm64", "all"}, "architectures of packages")
        root = folder + "/root"
        os.mkdir(root)
        for layer in manifest["layers"]:
            run("tar", "--no-same-owner", "-xzf", blob(layer), "-C", root)
    with case("every program and library in the image is for arm64, and every one that is needed is found in it"):
        files = [f"{where}/{name}" for where, _, names in os.walk(root) for name in names if not os.path.islink(f"{where}/{name}")]
        machines = [machine_of(file) for file in files]
        equal(set(machines), {None, "arm64"}, "machines")
        assert machines.count("arm64") > 30, "too few libraries"
        loader = root + "/lib/ld-linux-aarch64.so.1"
        for start in ("/usr/bin/limpet", "/usr/lib/aarch64-linux-gnu/libdw.so.1", "/usr/lib/aarch64-linux-gnu/libstdc++.so.6"):
            said = emulated(loader, "--list", root + start, root=root)
            found = re.findall(r"=> (\S+)", said)
            assert len(found) >= len(needed(root + start)) - 1 and "not found" not in said, said
            equal([name for name in found if not os.path.exists(root + name.removeprefix(root))], [], "libraries from elsewhere")
    with case("limpet runs from the image"):
        equal(emulated(root + "/usr/bin/limpet", "--version", root=root), run(".build/limpet", "--version"), "version")


def normal_envelopes(path):
    """Without what tells the machine: its name for itself, the length of that, when it booted."""
    content = re.sub(rb'"arch":"(x86_64|aarch64)"', b'"arch":""', content_of(path))
    return re.sub(rb'"(length|boot_time)":("[^"]*"|\d+)', rb'"\1":0', content).split(b"\n")


def check_bytes(folder):
    for machine, compiler in (("x86-64", ["gcc"]), ("arm64", [COMPILER, "--sysroot=" + SYSROOT])):
        run(*compiler, "-shared", "-fPIC", "-o", f"{folder}/{machine}.so", HERE + "/counted_ids.c")
    natively = ["env", f"LD_PRELOAD={folder}/x86-64.so", TOP + "/.build/limpet"]
    emulation = [EMULATOR, "-L", SYSROOT, "-E", f"LD_PRELOAD={folder}/arm64.so", PROGRAM]
    for name in ORDERED:
        with case(f"replay of {name}: OTLP JSON and envelopes are those of x86-64, byte for byte"):
            for machine, command in (("x86-64", natively), ("arm64", emulation)):
                run(*command, "replay", "--terminal=off", f"--json={folder}/{name}.{machine}.json",
                    f"--sentry-file={folder}/{name}.{machine}.envelopes", f"{replay_runner.RECORDINGS}/{name}.rec")
            path = f"{folder}/{name}"
            assert os.path.getsize(path + ".x86-64.json") > 1000, "nothing was told"
            equal(content_of(path + ".arm64.json"), content_of(path + ".x86-64.json"), "OTLP JSON")
            equal(normal_envelopes(path + ".arm64.envelopes"), normal_envelopes(path + ".x86-64.envelopes"), "envelopes")


def check_expected(folder):
    """Exceptions, too: what is told of them is sorted."""
    wrapper = folder + "/limpet"
    with open(wrapper, "w", encoding="ascii") as file:
        file.write(f'#!/bin/sh\nexec {EMULATOR} -L {SYSROOT} {PROGRAM} "$@"\n')
    os.chmod(wrapper, 0o755)
    os.environ["LIMPET"] = wrapper
    for name in replay_runner.recorded_names():
        if name in ORDERED:
            continue
        with case(f"replay of {name} tells what is expected of it"):
            with open(f"{replay_runner.EXPECTED}/{name}.jsonl", encoding="utf-8") as file:
                equal(replay_runner.replay(name), file.read().splitlines(), "spans and exceptions")


def check_units():
    names = sorted({path[len(TOP) + 1:-2] for pattern in UNIT_TESTS for path in glob.glob(f"{TOP}/tests/unit/{pattern}.c")})
    with session("unit tests for arm64"):
        assert len(names) > 40, names
        said = run("make", "-s", "-k", "-j2", "ARCH=arm64", *(f".build/cross/arm64/{name}" for name in names), code=None, timeout=600)
    for name in names:
        with case(f"{name} on arm64"):
            path = f"{TOP}/.build/cross/arm64/{name}"
            assert os.path.exists(path), "it does not compile: " + said[-3000:]
            said_here = emulated(path, env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP"})
            assert re.search(r"^ok 1 ", said_here, re.M), said_here


def main():
    path = None
    with session("limpet for arm64"):
        path = make()
    if not path:
        return
    check_program()
    check_package()
    with contextlib.ExitStack() as stack:
        folders = [stack.enter_context(tempfile.TemporaryDirectory(prefix="limpet-arm64-", dir=TOP + "/.build")) for _ in range(2)]
        check_image(path, folders[0])
        check_bytes(folders[1])
        check_expected(folders[1])
    check_units()


main()
finish()
