#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Names and versions of runtimes as read from their files, against what each runtime says of itself. Speaks TAP."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.dont_write_bytecode = True
import tap

ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
OURS = os.path.join(ROOT, ".build/tests/conformance/print_runtime_version")
PYTHONS = ("python2.7", *(f"python3.{minor}" for minor in range(6, 15)))
# Each prints a line when it is ready, then waits for its input to end. The line is its name, a blank, its version.
PYTHON = ("import sys,platform; sys.stdout.write('%s %s\\n' % (platform.python_implementation(), '%s.%s.%s' % sys.version_info[:3])); "
          "sys.stdout.flush(); sys.stdin.read()")
NODE = "console.log('node ' + process.version); process.stdin.resume()"
RUBY = "puts \"ruby #{RUBY_VERSION}\"; $stdout.flush; $stdin.read"
PERL = "$| = 1; printf \"perl v%vd\\n\", $^V; <STDIN>"
PHP = "echo 'php ', PHP_VERSION, \"\\n\"; fgets(STDIN);"
JAVA = ("class Wait { public static void main(String[] a) throws Exception { System.out.println(System.getProperty(\"java.vendor\") + \" \" + "
        "System.getProperty(\"java.version\")); System.in.read(); } }")
GO = "package main\nimport (\"fmt\"; \"os\"; \"runtime\")\nfunc main() { fmt.Println(\"go\", runtime.Version()); os.Stdin.Read(make([]byte, 1)) }\n"


def pythons():
    """Every one that can be found: of the system, and of pyenv where there is one."""
    found = {os.path.realpath(path) for name in PYTHONS for path in ("/usr/bin/" + name, "/usr/local/bin/" + name) if os.path.exists(path)}
    root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False).stdout.strip() if shutil.which("pyenv") else ""
    for path in glob.glob(os.path.join(root, "versions/*/bin/python?.*")) if root else ():
        if os.path.basename(path) in PYTHONS:
            found.add(os.path.realpath(path))
    return sorted(found)


def commands(folder):
    """(name, command) of all that are here."""
    for python in pythons():
        yield python, [python, "-c", PYTHON]
    for name, options in (("node", ["-e", NODE]), ("ruby", ["-e", RUBY]), ("perl", ["-e", PERL]), ("php", ["-r", PHP])):
        yield name, [shutil.which(name), *options] if shutil.which(name) else None
    with open(os.path.join(folder, "Wait.java"), "w", encoding="utf-8") as file:
        file.write(JAVA)
    javas = sorted({os.path.realpath(path) for path in glob.glob("/usr/lib/jvm/*/bin/java")})
    for java in javas or [None]:
        yield java or "java", [java, "-Xshare:auto", os.path.join(folder, "Wait.java")] if java else None
    yield "go", go_program(folder, [])
    yield "go, stripped", go_program(folder, ["-ldflags=-s -w"])


def go_program(folder, options):
    if not shutil.which("go"):
        return None
    source, program = os.path.join(folder, "wait.go"), os.path.join(folder, ".wait" + str(len(options)))
    with open(source, "w", encoding="utf-8") as file:
        file.write(GO)
    subprocess.run(["go", "build", *options, "-o", program, source], check=True, cwd=folder)
    return [program]


def compare(command):
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            wanted = process.stdout.readline().strip()
            executable = os.path.basename(os.readlink(f"/proc/{process.pid}/exe"))
            name, version, microseconds, _ = subprocess.run([OURS, str(process.pid), executable], check=True, capture_output=True,
                                                            text=True).stdout.split("\n")[:4]
        finally:
            process.kill()
    print(f"# {name} {version}: {microseconds} us")
    assert f"{name} {version}" == wanted, f"it says {wanted!r}, its files say {name!r} {version!r}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name, command in commands(folder):
            with tap.case(f"{os.path.basename(name)}: its files say what it says"):
                if not command:
                    raise tap.Skip("it is not installed")
                compare(command)
    tap.finish()


if __name__ == "__main__":
    main()
