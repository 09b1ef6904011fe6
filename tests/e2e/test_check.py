#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`limpet check` and the TLS of running processes: the exact table.

As a program with a folder it is process 1 of a PID namespace of its own, with a /proc of its own: what runs there is
what it started, and nothing else. It prints what check said, and who was who.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import tap
from limpet_runner import SANITIZER_WORDS, binary_path, environment_for

PYTHON = "/usr/bin/python3"
NOBODY = 65534
WAIT_S = 60
REGISTRY = os.path.join(HERE, "..", "..", "agent", "capture", "tls_libraries.c")
STATIC = """
#include <openssl/ssl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
    SSL *ssl = SSL_new(SSL_CTX_new(TLS_method()));
    char byte;
    puts(OpenSSL_version(OPENSSL_VERSION));
    if (read(0, &byte, 1) == 1)
        return SSL_connect(ssl) + SSL_read(ssl, &byte, 1) + SSL_write(ssl, &byte, 1);
    return 0;
}
"""
JAVA = "class Wait { public static void main(String[] a) throws Exception { System.in.read(); } }"


def make_static(folder):
    """True: an executable with OpenSSL inside, and the same without its symbols."""
    source, program = os.path.join(folder, "static.c"), os.path.join(folder, "static")
    with open(source, "w", encoding="utf-8") as file:
        file.write(STATIC)
    done = subprocess.run(["gcc", "-static", "-w", source, "-o", program, "-lssl", "-lcrypto", "-ldl", "-pthread"],
                          stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0 and subprocess.run(["strip", program, "-o", f"{program}-stripped"], check=False).returncode == 0


def commands(folder):
    """name → (command, environment, what its mappings hold when it is there)"""
    go = shutil.which("go", path=os.environ.get("PATH", "") + ":/usr/local/go/bin")
    found = {
        "cat": (["cat"], {}, "/cat"),
        "python": ([PYTHON, "-c", "import ssl, sys; sys.stdin.read()"], {}, "libssl.so"),
        "python again": ([PYTHON, "-c", "import ssl, sys; sys.stdin.read()"], {}, "libssl.so"),
    }
    if shutil.which("certtool"):
        found["gnutls"] = (["certtool", "--certificate-info"], {}, "libgnutls.so")
    if shutil.which("node"):
        found["node"] = (["node", "-e", "process.stdin.resume()"], {}, "/node")
    if shutil.which("java") and shutil.which("javac"):
        with open(os.path.join(folder, "Wait.java"), "w", encoding="utf-8") as file:
            file.write(JAVA)
        found["java"] = (["java", "-Xint", os.path.join(folder, "Wait.java")], {}, "libjvm.so")
    if go:  # waits for the one who would write its settings
        os.mkfifo(os.path.join(folder, "settings"))
        found["go"] = ([go, "env"], {"GOENV": os.path.join(folder, "settings"), "GOTOOLCHAIN": "local"}, "/go")
    if make_static(folder):
        found["static"] = ([os.path.join(folder, "static")], {}, "/static")
        found["stripped"] = ([os.path.join(folder, "static-stripped")], {}, "/static-stripped")
    return found


def read_maps(pid):
    try:
        with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def check(binary, prefix=()):
    done = subprocess.run([*prefix, binary, "check"], stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=environment_for(), timeout=WAIT_S, check=False)
    return {"code": done.returncode, "text": done.stdout, "errors": done.stderr}


def inside(folder):
    started = {}
    for name, (command, environment, mapped) in commands(folder).items():
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={**os.environ, **environment})
        started[name] = process
        deadline = time.monotonic() + WAIT_S
        while mapped not in read_maps(process.pid):
            assert process.poll() is None and time.monotonic() < deadline, f"{name} is not there"
            time.sleep(0.05)
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    answer = {"pids": {name: process.pid for name, process in started.items()}, "root": check(binary_path()),
              "nobody": check(shutil.copy(binary_path(), folder), as_nobody)}
    json.dump(answer, sys.stdout)


def observe():
    with tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        os.chmod(folder, 0o755)
        done = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", PYTHON, os.path.abspath(__file__), folder],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if "unshare:" in done.stderr:
            raise tap.Skip("no PID namespace can be made here: " + done.stderr.strip())
        tap.equal(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)


def row_of(said, program, pids):
    """LIBRARY and PLAINTEXT of the row; every row fits 80 columns."""
    for line in said["text"].splitlines():
        match = re.fullmatch(r"  ([\d +]+?) {2,}(\S+) {2,}(\S.*?) {2,}(\S.*)", line)
        if match and match[1] == pids and match[2] == program:
            assert len(line) <= 80, line
            return match[3], match[4]
    raise AssertionError(f"no row of {program} {pids} in:\n{said['text']}")


def has_row(library):
    with open(REGISTRY, encoding="utf-8") as file:
        return f'{{"{library}' in file.read()


def check_rows(told):
    said, pids = told["root"], told["pids"]

    def row(title, name, program, library, plaintext, *others):
        with tap.case(title):
            if name not in pids:
                raise tap.Skip(f"nothing to make {name} with")
            found = row_of(said, program, " ".join(str(pids[each]) for each in (name, *others)))
            assert re.fullmatch(library, found[0]), f"library {found[0]!r}"
            tap.equal(found[1], plaintext, "plaintext")

    python = os.path.basename(os.path.realpath(PYTHON))
    number = r"\d+\.\d+\.\d+[a-z]?"
    row("two Pythons, one row", "python", python, f"OpenSSL {number}", "seen", "python again")
    row("GnuTLS", "gnutls", "certtool", f"GnuTLS {number}", "seen")
    row("Java", "java", "java", rf"Java {number}", "not seen: Java")
    row("Go", "go", "go", r"Go crypto/tls \d+\.\d+(\.\d+)?", "seen" if has_row("Go") else "not seen: not known")
    row("OpenSSL inside an executable", "static", "static", f"OpenSSL {number}", "seen")
    row("the same, stripped", "stripped", "static-stripped", f"OpenSSL {number}", "not seen: stripped")
    with tap.case("Node: OpenSSL inside, or beside it"):
        if "node" not in pids:
            raise tap.Skip("node is not installed")
        tap.equal(row_of(said, "node", str(pids["node"]))[1], "seen", "plaintext")


def check_sums(told):
    said = told["root"]
    with tap.case("what is not listed is counted, every reason is told once, nothing is complained of"):
        assert re.search(r"^  2 processes have no TLS library$", said["text"], re.M), said["text"]  # cat, and who started it
        for reason in ("Java", "stripped"):
            if f"not seen: {reason}\n" in said["text"]:
                tap.equal(len(re.findall(rf"^  {reason}: .*\n +-> ", said["text"], re.M)), 1, reason)
        tap.equal(said["code"], 0, "exit code")
        for word in SANITIZER_WORDS:
            assert word not in said["errors"], said["errors"]
        tap.equal(said["errors"], "", "standard error")
    with tap.case("without privileges: what may not be looked into"):
        said = told["nobody"]
        tap.equal(said["code"], 3, said["errors"])
        count = len(told["pids"]) + 1
        assert f"  {count} processes may not be looked into: run as root" in said["text"], said["text"]
        assert "PLAINTEXT" not in said["text"], said["text"]


def main():
    if len(sys.argv) > 1:
        inside(sys.argv[1])
        return
    with tap.session("check in a namespace"):
        told = observe()
        check_rows(told)
        check_sums(told)
    tap.finish()


if __name__ == "__main__":
    main()
