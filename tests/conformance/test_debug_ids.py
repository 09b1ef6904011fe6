#!/usr/bin/python3
"""The ids that Sentry finds debug files by, ours against `sentry-cli debug-files check`: for programs and libraries of
this machine, and for files built here with short, long, odd and no build-ids. Speaks TAP."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
sys.dont_write_bytecode = True
import tap

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
OURS = os.path.join(ROOT, ".build/tests/conformance/print_debug_ids")
PACKAGE = "@sentry/cli-linux-x64@3.8.0"
MODULES = os.path.join(ROOT, ".build/npm/sentry-cli")
CLI = os.path.join(MODULES, "node_modules/@sentry/cli-linux-x64/bin/sentry-cli")

PATTERNS = (
    "/bin/bash", "/bin/ls", "/usr/bin/python3", "/usr/bin/gdb", "/usr/bin/git", "/usr/bin/node", "/usr/sbin/nginx", "/usr/bin/redis-server",
    "/usr/bin/perl", "/usr/bin/openssl", "/usr/lib/postgresql/*/bin/postgres", "/usr/lib/jvm/java-17-*/lib/server/libjvm.so",
    "/usr/lib/*/libc.so.6", "/usr/lib/*/libstdc++.so.6", "/usr/lib/*/ld-linux-*.so.*", "/usr/lib/*/libcrypto.so.3", "/usr/lib/*/libelf.so.1",
    "/usr/lib/*/libgcc_s.so.1", "/usr/lib/*/libcurl.so.4", "/usr/lib/*/libz.so.1",
)
SOURCE = "int twice(int number) { return 2 * number; }\nint main(void) { return twice(0); }\n"
BUILDS = {
    "plain": [], "static": ["-static"], "no_pie": ["-no-pie"], "stripped": ["-s"],
    "md5": ["-Wl,--build-id=md5"], "uuid": ["-Wl,--build-id=uuid"],
    "short": ["-Wl,--build-id=0x0123456789abcdef"], "one_byte": ["-Wl,--build-id=0xfe"],
    "none": ["-Wl,--build-id=none"], "none_static": ["-Wl,--build-id=none", "-static"],
    "none_stripped": ["-Wl,--build-id=none", "-s"], "library": ["-shared", "-fPIC"],
    "none_library": ["-Wl,--build-id=none", "-shared", "-fPIC"], "none_no_pie": ["-Wl,--build-id=none", "-no-pie", "-O2"],
}


def find_cli():
    """None and the reason when there is no sentry-cli."""
    if os.uname().machine != "x86_64":
        return None, "the sentry-cli package is for x86-64"
    if os.access(CLI, os.X_OK):
        return CLI, ""
    if not shutil.which("npm"):
        return None, "no npm"
    try:
        run = subprocess.run(["npm", "install", "--prefix", MODULES, "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1",
                              "--fetch-retry-mintimeout=1000", "--loglevel=error", PACKAGE],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=240)
        reason = next((line for line in run.stderr.splitlines() if "rror" in line), f"npm ended with {run.returncode}")
    except subprocess.TimeoutExpired:
        reason = "npm took more than 240 s"
    return (CLI, "") if os.access(CLI, os.X_OK) else (None, f"npm cannot install {PACKAGE}: {reason}")


def build(directory):
    paths = []
    for name, options in BUILDS.items():
        path = os.path.join(directory, name)
        run = subprocess.run(["gcc", "-x", "c", "-g", "-o", path, "-", *options], input=SOURCE, text=True, stderr=subprocess.PIPE)
        if run.returncode == 0:
            paths.append(path)
    # Go writes a note of its own instead of a build-id.
    path = os.path.join(directory, "go_program")
    if shutil.which("go"):
        with open(path + ".go", "w") as file:
            file.write("package main\nfunc main() { println(1) }\n")
        environment = {**os.environ, "CGO_ENABLED": "0", "GOPROXY": "off", "GO111MODULE": "off", "GOFLAGS": ""}
        if subprocess.run(["go", "build", "-o", path, path + ".go"], env=environment, stderr=subprocess.DEVNULL).returncode == 0:
            paths.append(path)
    # Cut off its section headers: only the program headers lead to the note.
    path = os.path.join(directory, "no_sections")
    if subprocess.run(["objcopy", "--strip-section-headers", paths[0], path], stderr=subprocess.DEVNULL).returncode == 0:
        paths.append(path)
    return paths


def ids_of_cli(cli, path):
    run = subprocess.run([cli, "debug-files", "check", "--json", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                         env={**os.environ, "SENTRY_LOAD_DOTENV": "0", "SENTRY_DISABLE_UPDATE_CHECK": "1"})
    variant = json.loads(run.stdout)["variants"][0]
    return variant.get("code_id") or "-", variant["debug_id"]


def ids_of_ours(paths):
    run = subprocess.run([OURS, *paths], stdout=subprocess.PIPE, text=True, timeout=120, check=True)
    lines = (line.split(" ", 2) for line in run.stdout.splitlines())
    return {path: (code_id, debug_id) for code_id, debug_id, path in lines}


def main():
    cli, reason = find_cli()
    if not cli:
        tap.skip("debug ids: code_id and debug_id agree with sentry-cli", reason)
        tap.finish()
    with tempfile.TemporaryDirectory() as directory:
        built = build(directory)
        installed = sorted({os.path.realpath(path) for pattern in PATTERNS for path in glob.glob(pattern)})
        installed = [path for path in installed if open(path, "rb").read(4) == b"\x7fELF"]
        ours = ids_of_ours(built + installed)
        for path in built + installed:
            with tap.case(f"debug ids: {os.path.basename(path)} has those of sentry-cli"):
                tap.equal(ours.get(path), ids_of_cli(cli, path), "code_id and debug_id")
    with tap.case("debug ids: there was enough to compare"):
        assert len(built) > 10 and len(installed) > 10, f"{len(built)} built, {len(installed)} installed"
    tap.finish()


main()
