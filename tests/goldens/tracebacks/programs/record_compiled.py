#!/usr/bin/python3
"""Builds the programs of go/, rust/ and cpp/ and keeps what they print as golden files: NAME.txt, and NAME.writes with the size of each write.

usage: record_compiled.py [LANGUAGE [NAME]]    needs go (which fetches go1.20 and modules), rustc with rustup's 1.70 and 1.75, cargo, g++, and
Debian's libc++-14-dev (LLVM: where it is, /usr/lib/llvm-14); what does not build is said and left as it is

A pipe in packet mode keeps writes apart. Paths become /srv/app and /usr/local/go. The .json files are made and read by people."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LLVM = os.environ.get("LLVM", "/usr/lib/llvm-14")
PIPE_PACKET = 4096
GO_MAIN = ("string error own_error own_string struct pointer number nil index segfault conversion nested repanic wrapped lines generic deadlock"
           " map_writes overflow http http_error logged printed same_line debug_alone log_panic non_ascii goexit_worker").split()
RUST_PLAIN = "message lines index unwrap expect thread unnamed drop cannot_unwind returned returned_own returned_text caught payload".split()
CPP = "out_of_range lines int template silent empty thread destructor no_exception non_ascii".split()
CARGO = '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nanyhow = "1"\nlog = "0.4"\nenv_logger = "0.11"\nlog-panics = "2"\n'


def run(command, folder, **environment):
    subprocess.run(command, cwd=folder, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)


def build_go(folder, toolchain=None):
    """Without cgo: with it the runtime does not look for deadlocks."""
    shutil.copy(os.path.join(HERE, "go/main.go"), folder)
    with open(os.path.join(folder, "go.mod"), "w") as file:
        file.write("module shop\n\ngo 1.19\n")
    run(["go", "build", "-o", "shop", "main.go"], folder, CGO_ENABLED="0", **({"GOTOOLCHAIN": toolchain} if toolchain else {}))
    return ["./shop"]


def build_frameworks(folder):
    shutil.copy(os.path.join(HERE, "go/frameworks/main.go"), folder)
    with open(os.path.join(folder, "go.mod"), "w") as file:
        file.write("module shop\n\ngo 1.25\n")
    run(["go", "mod", "tidy"], folder)
    run(["go", "build", "-o", "shop", "."], folder)
    return ["./shop"]


def build_rust(folder, toolchain):
    os.mkdir(os.path.join(folder, "src"))
    shutil.copy(os.path.join(HERE, "rust/main.rs"), os.path.join(folder, "src"))
    run(["rustc", "+" + toolchain, "--edition", "2021", "-g", "src/main.rs", "-o", "shop"], folder)
    return ["./shop"]


def build_anyhow(folder):
    os.mkdir(os.path.join(folder, "src"))
    shutil.copy(os.path.join(HERE, "rust/anyhow/main.rs"), os.path.join(folder, "src"))
    with open(os.path.join(folder, "Cargo.toml"), "w") as file:
        file.write(CARGO)
    run(["cargo", "build", "-q"], folder)
    return ["target/debug/shop"]


def build_cpp(folder):
    run(["g++", "-std=c++17", "-w", "-o", "shop", os.path.join(HERE, "cpp/main.cc"), "-pthread"], folder)
    return ["./shop"]


def build_libcxx(folder):
    run(["clang++", "-std=c++17", "-w", "-nostdinc++", "-nostdlib++", "-I" + LLVM + "/include/c++/v1", "-o", "shop",
         os.path.join(HERE, "cpp/main.cc"), LLVM + "/lib/libc++.a", LLVM + "/lib/libc++abi.a", "-pthread", "-ldl"], folder)
    return ["./shop"]


QUIET = {"RUST_BACKTRACE": "0"}
# language, builder with its arguments, suffix of the golden's name, ways, environment
RECORDINGS = [
    ("go", (build_go,), "", GO_MAIN, {}),
    ("go", (build_go,), "_all", ["workers"], {"GOTRACEBACK": "all"}),
    ("go", (build_go,), "_system", ["index", "map_writes"], {"GOTRACEBACK": "system"}),
    ("go", (build_go, "go1.20.14"), "_1_20", ["lines", "repanic", "wrapped", "nested", "segfault", "http", "deadlock", "logged"], {}),
    ("go", (build_frameworks,), "", ["gin", "gin_release", "chi", "echo"], {}),
    ("rust", (build_rust, "1.95.0"), "", RUST_PLAIN, QUIET),
    ("rust", (build_rust, "1.95.0"), "_backtrace", ["index", "thread", "drop", "lines"], {"RUST_BACKTRACE": "1"}),
    ("rust", (build_rust, "1.95.0"), "_full", ["index"], {"RUST_BACKTRACE": "full"}),
    ("rust", (build_rust, "1.75"), "_1_75", ["lines", "index", "unnamed", "expect"], QUIET),
    ("rust", (build_rust, "1.70"), "_1_70", ["message", "lines", "expect", "returned"], QUIET),
    ("rust", (build_rust, "1.70"), "_1_70_full", ["lines"], {"RUST_BACKTRACE": "full"}),
    ("rust", (build_anyhow,), "", ["anyhow", "anyhow_one", "anyhow_alone", "hook"], QUIET),
    ("rust", (build_anyhow,), "_backtrace", ["anyhow"], {"RUST_BACKTRACE": "1"}),
    ("cpp", (build_cpp,), "", CPP, {}),
    ("cpp", (build_libcxx,), "_libcxx", ["out_of_range", "lines", "int", "empty", "no_exception"], {}),
]


def read_writes(descriptor):
    """A write longer than a packet comes in packets that are full but for the last."""
    writes, is_open = [], False
    while packet := os.read(descriptor, 1 << 16):
        if is_open:
            writes[-1] += packet
        else:
            writes.append(packet)
        is_open = len(packet) == PIPE_PACKET
    return writes


def normalise(text, folder):
    text = text.replace(folder.encode(), b"/srv/app")
    text = re.sub(rb"/[^\s:]*/toolchain@[^/]*/", b"/usr/local/go/", text)
    text = re.sub(rb"/[^\s:]*/pkg/mod/", b"/go/pkg/mod/", text)
    return re.sub(rb"/[^\s:]*/registry/src/[^/]*/", b"/cargo/", text)


def record(command, folder, environment):
    reader, writer = os.pipe2(os.O_DIRECT | os.O_CLOEXEC)
    stdout = writer if command[-1] == "echo" else subprocess.DEVNULL
    process = subprocess.Popen(["timeout", "-s", "KILL", "20"] + command, cwd=folder, stdout=stdout, stderr=writer, env={**os.environ, **environment})
    os.close(writer)
    writes = read_writes(reader)
    os.close(reader)
    process.wait()
    return [normalise(write, folder) for write in writes]


def keep(language, name, writes):
    base = os.path.join(HERE, "..", language, name)
    os.makedirs(os.path.dirname(base), exist_ok=True)
    with open(base + ".txt", "wb") as file:
        file.write(b"".join(writes))
    with open(base + ".writes", "w") as file:
        file.write("".join(f"{len(write)}\n" for write in writes))


def main():
    wanted = sys.argv[1:]
    for language, (builder, *arguments), suffix, ways, environment in RECORDINGS:
        names = [(way, way + suffix) for way in ways if wanted in ([], [language], [language, way + suffix])]
        with tempfile.TemporaryDirectory() as folder:
            try:
                command = builder(folder, *arguments) if names else []
            except (subprocess.CalledProcessError, FileNotFoundError) as error:
                print(f"{language}{suffix}: not built: {error}")
                continue
            for way, name in names:
                keep(language, name, record(command + [way], folder, environment))


if __name__ == "__main__":
    main()
