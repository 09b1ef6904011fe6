#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The image index against /proc/PID/maps and readelf: what perf told while programs started is what they have mapped."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import tap

DRIVER = os.path.join(ROOT, ".build", "tests", "e2e", "show_images")
HELLO = "#include <iostream>\n#include <unistd.h>\nint main(int c, char **v) { std::cout << \"up\" << std::endl; if (c < 2) pause(); }\n"
OPENER = r"""
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	char line[8];
	puts("up"); fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		void *a = dlopen("libz.so.1", RTLD_NOW), *b = dlopen("libcrypto.so.3", RTLD_NOW);
		puts(a && b ? "up" : "no"); fflush(stdout);
	}
	return 0;
}
"""
FORKER = r"""
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	pid_t child = fork();
	if (child == 0)
		pause();
	printf("%d\n", child); fflush(stdout);
	wait(NULL);
	pause();
}
"""
FLOODER = r"""
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void)
{
	puts("up"); fflush(stdout);
	getchar();
	for (int i = 0; i < 30000; i++)
		munmap(mmap(0, 4096, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
	dlopen("libcrypto.so.3", RTLD_NOW);
	puts("up"); fflush(stdout);
	pause();
}
"""
JAVA = "public class Wait { public static void main(String[] a) throws Exception { System.out.println(\"up\"); Thread.sleep(600000); } }\n"


class Mapping:
    def __init__(self, line):
        fields = line.split(" ", 8)
        self.start, self.end, self.offset, self.base, self.size = (int(field, 16) for field in fields[:5])
        self.build_id, self.fd_build_id, self.key, self.path = fields[5:]

    def place(self):
        return (self.start, self.end, self.offset, self.path)


class Driver:
    def __init__(self):
        self.process = subprocess.Popen([DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.started = self.read()

    def read(self):
        lines = []
        for line in self.process.stdout:
            if line == "end\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise AssertionError("the driver ended: " + "\n".join(lines))

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.read()

    def dump(self, pid):
        return [Mapping(line) for line in self.ask("dump", pid)]

    def counts(self):
        return {key: value for key, value in (line.split(" ", 1) for line in self.ask("counts"))}

    def close(self):
        self.process.stdin.close()
        tap.equal(self.process.wait(20), 0, "the driver's exit code")


def read_maps(pid):
    """(executable file mappings, executable anonymous ranges, lowest mapping by path)"""
    files, anonymous, lowest = [], [], {}
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        for line in maps:
            fields = line.rstrip("\n").split(None, 5)
            start, end = (int(number, 16) for number in fields[0].split("-"))
            path = fields[5].removesuffix(" (deleted)") if len(fields) > 5 else ""
            lowest.setdefault(path, start)
            if fields[1][2] != "x" or path == "[vsyscall]":
                continue
            if path.startswith("/") or path == "[vdso]":
                files.append((start, end, int(fields[2], 16), path))
            else:
                anonymous.append((start, end))
    return files, anonymous, lowest


def read_build_id(path):
    notes = subprocess.run(["readelf", "-n", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    found = re.search(r"Build ID: ([0-9a-f]+)", notes.stdout)
    return found[1] if found else "-"


@contextlib.contextmanager
def running(*command, **options):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def wait_line(process, expected=None):
    line = process.stdout.readline().strip()
    assert line and expected in (None, line), f"got {line!r}"
    return line


def check_same(driver, pid):
    """JIT compilers map code all the time, so a difference counts when it stays."""
    for _ in range(20):
        files, anonymous, lowest = read_maps(pid)
        found = driver.dump(pid)
        known = [mapping for mapping in found if mapping.path != "//anon"]
        if [mapping.place() for mapping in known] == files:
            break
        time.sleep(0.1)
    tap.equal([mapping.place() for mapping in known], files, "mappings")
    for start, end in anonymous:
        covered = any(m.start <= start and end <= m.end for m in found if m.path == "//anon")
        assert covered, f"anonymous {start:x}-{end:x} is not known: {[hex(m.start) for m in found if m.path == '//anon']}"
    for mapping in known:
        if mapping.offset == min(other.offset for other in known if other.path == mapping.path):
            tap.equal(mapping.base, lowest[mapping.path], f"base of {mapping.path}")
        assert mapping.base <= mapping.start and mapping.base + mapping.size >= mapping.end, mapping.path
        tap.equal(mapping.fd_build_id, mapping.build_id, f"the file opened for {mapping.path}")
    return known


def check_build_ids(known):
    for mapping in known:
        if mapping.path != "[vdso]":
            tap.equal(mapping.build_id, read_build_id(mapping.path), f"build-id of {mapping.path}")


def wait_for(condition, what):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


class Programs:
    def __init__(self, folder):
        self.folder = folder
        for name, source, command in (("hello", HELLO, ["g++", "-x", "c++"]), ("opener", OPENER, ["gcc", "-x", "c"]),
                                      ("forker", FORKER, ["gcc", "-x", "c"]), ("flooder", FLOODER, ["gcc", "-x", "c"])):
            subprocess.run([*command, "-O1", "-o", f"{folder}/{name}", "-"], input=source, text=True, check=True)

    def path(self, name):
        return os.path.join(self.folder, name)


def starts(driver, programs):
    node_script = "console.log('up'); setInterval(() => {}, 100000); for (let i = 0; i < 1e6; i++) Math.sqrt(i)"
    commands = [("C++ hello", [programs.path("hello")]),
                ("Python with ssl", ["/usr/bin/python3", "-c", "import ssl, time; print('up', flush=True); time.sleep(600)"])]
    if shutil.which("node"):
        commands.append(("Node", ["node", "-e", node_script]))
    else:
        tap.skip("Node: as /proc says", "there is no node")
    if shutil.which("javac"):
        with open(programs.path("Wait.java"), "w", encoding="utf-8") as file:
            file.write(JAVA)
        subprocess.run(["javac", "-d", programs.folder, programs.path("Wait.java")], check=True)
        commands.append(("Java", ["java", "-Xmx64m", "-cp", programs.folder, "Wait"]))
    else:
        tap.skip("Java: as /proc says", "there is no JDK")
    for name, command in commands:
        with tap.case(f"{name}: mappings, files and build-ids as /proc and readelf say"), running(*command) as process:
            wait_line(process, "up")
            known = check_same(driver, process.pid)
            check_build_ids(known)
            print(f"# {name}: {len(known)} mappings of files", flush=True)


def changes(driver, programs):
    with tap.case("dlopen: the libraries are there at once"), running(programs.path("opener")) as process:
        wait_line(process, "up")
        before = len(check_same(driver, process.pid))
        process.stdin.write("go\n")
        process.stdin.flush()
        wait_line(process, "up")
        tap.equal(len(check_same(driver, process.pid)), before + 2, "mappings after two dlopens")
    with tap.case("fork: the child has what its parent had"), running(programs.path("forker")) as process:
        child = int(wait_line(process))
        check_same(driver, process.pid)
        check_same(driver, child)
        os.kill(child, signal.SIGKILL)
    with tap.case("exec: nothing is left of the program before"):
        with running("/bin/sh", "-c", f"exec {programs.path('hello')}") as process:
            wait_line(process, "up")
            paths = {mapping.path for mapping in check_same(driver, process.pid)}
            assert not any(path.endswith("/dash") for path in paths), paths
    with tap.case("attached later: read from /proc, the same table"), running(programs.path("hello")) as process:
        wait_line(process, "up")
        by_perf = [(m.place(), m.build_id, m.key) for m in driver.dump(process.pid)]
        driver.ask("scan", process.pid)
        tap.equal([(m.place(), m.build_id, m.key) for m in driver.dump(process.pid)], by_perf, "after the scan")


def files(driver, programs):
    deleted, replaced = programs.path("deleted"), programs.path("replaced")
    with tap.case("a deleted program: its file is still read"):
        shutil.copy(programs.path("hello"), deleted)
        build_id = read_build_id(deleted)
        with running(deleted) as process:
            wait_line(process, "up")
            os.unlink(deleted)
            own = [mapping for mapping in driver.dump(process.pid) if mapping.path == deleted]
            tap.equal([(m.build_id, m.fd_build_id) for m in own], [(build_id, build_id)], "kept open")
        with running("/bin/sh", "-c", f"cp {programs.path('hello')} {deleted}; exec {deleted}") as process:
            wait_line(process, "up")
            os.unlink(deleted)
            driver.ask("scan", process.pid)
            own = [mapping for mapping in driver.dump(process.pid) if mapping.path == deleted]
            tap.equal([(m.build_id, m.fd_build_id) for m in own], [(build_id, build_id)], "found by /proc")
    with tap.case("a replaced program: the old file, not the new one"):
        shutil.copy(programs.path("hello"), replaced)
        with running(replaced) as process:
            wait_line(process, "up")
            shutil.copy(programs.path("forker"), replaced + ".new")
            os.rename(replaced + ".new", replaced)
            driver.ask("scan", process.pid)
            old = [mapping for mapping in driver.dump(process.pid) if mapping.path == replaced]
            tap.equal([(m.build_id, m.fd_build_id) for m in old], [(build_id, build_id)], "the old one")
        with running(replaced) as process:
            os.kill(int(wait_line(process)), signal.SIGKILL)
            new = [mapping for mapping in driver.dump(process.pid) if mapping.path == replaced]
            tap.equal([m.fd_build_id for m in new], [read_build_id(replaced)], "the new one")
            assert new[0].key != old[0].key, "one key for two files"
    with tap.case("a process that lived some milliseconds: all its mappings and files"):
        expected = None
        with running(programs.path("hello")) as process:
            wait_line(process, "up")
            expected = sorted((m.path, m.offset, m.end - m.start, m.build_id) for m in driver.dump(process.pid))
        for _ in range(50):
            short = subprocess.Popen([programs.path("hello"), "end"], stdout=subprocess.DEVNULL)
            short.wait()
            driver.ask("exited", short.pid)
            found = driver.dump(short.pid)
            tap.equal(sorted((m.path, m.offset, m.end - m.start, m.build_id) for m in found), expected, "mappings")
            tap.equal([m.path for m in found if m.fd_build_id != m.build_id], [], "files that could not be opened")
    with tap.case("a mount namespace of its own: another file at the same path"):
        hello = programs.path("hello")
        with running(hello) as outside:
            wait_line(outside, "up")
            script = f"mount --bind {programs.path('opener')} {hello} && exec {hello}"
            with running("unshare", "-m", "/bin/sh", "-c", script) as inside:
                if not inside.stdout.readline():
                    raise tap.Skip("a mount namespace is not allowed here")
                for process, program in ((inside, "opener"), (outside, "hello")):
                    own = [m for m in driver.dump(process.pid) if m.path == hello]
                    expected = build_id if program == "hello" else read_build_id(programs.path(program))
                    tap.equal([(m.build_id, m.fd_build_id) for m in own], [(expected, expected)], program)
    with tap.case("JIT: the perf map of a process, found and its user's"):
        source = "import os, mmap, time; open(f'/tmp/perf-{os.getpid()}.map', 'w').write('1000 10 f\\n');" \
                 "code = mmap.mmap(-1, 4096, prot=7); print('up', flush=True); time.sleep(600)"
        with running("/usr/bin/python3", "-c", source) as process:
            wait_line(process, "up")
            path = f"/tmp/perf-{process.pid}.map"
            status = os.stat(path)
            tap.equal(driver.ask("jit", process.pid), [f"perf_map {status.st_dev}:{status.st_ino}"], "perf map")
            os.unlink(path)


def bookkeeping(driver):
    with tap.case("ten seconds after the end nothing is left, no descriptor either"):
        driver.ask("exited", os.getpid())
        wait_for(lambda: all_exited(driver), "ends were not noticed")
        driver.ask("later", 20)
        driver.ask("later", 0)
        counts = driver.counts()
        tap.equal({key: counts[key] for key in ("processes", "exited", "mappings", "images", "files")},
                  dict.fromkeys(("processes", "exited", "mappings", "images", "files"), "0"), "left")
        tap.equal((counts["lost"], counts["full"]), ("0", "0"), "lost")
        print(f"# {counts['records']} records, {int(counts['spent_ns']) / int(counts['records']):.0f} ns each", flush=True)
    with tap.case("1000 processes with 60 mappings each"):
        answers = dict(line.split(" ") for line in driver.ask("bench", 1000, 60))
        tap.equal(answers["mappings"], "60000", "mappings")
        print(f"# {answers['take_ns']} ns per mapping (with sanitizers)", flush=True)


def losses(driver, programs):
    with tap.case("events lost: counted, and made good from /proc"), running(programs.path("flooder")) as process:
        wait_line(process, "up")
        driver.process.stdin.write("stall 2\n")
        driver.process.stdin.flush()
        process.stdin.write("go\n")
        process.stdin.flush()
        wait_line(process, "up")
        driver.read()
        driver.ask("counts")  # what the kernel says it lost comes with the next event
        wait_for(lambda: counts_after_event(driver)["rescans"] != "0", "no loss was noticed")
        assert int(driver.counts()["lost"]) > 1000, driver.counts()
        check_same(driver, process.pid)
        print(f"# {driver.counts()['lost']} events lost", flush=True)


def counts_after_event(driver):
    subprocess.run(["/bin/true"], check=True)
    return driver.counts()


def all_exited(driver):
    counts = driver.counts()
    return counts["processes"] == counts["exited"]


def main():
    driver = Driver()
    if driver.started != ["started 0"]:
        tap.skip("the image index", f"perf_event_open is not allowed here: {driver.started}")
        tap.finish()
    with tempfile.TemporaryDirectory(prefix="limpet-images-") as folder:
        programs = Programs(os.path.realpath(folder))
        driver.ask("watch", os.getpid())
        starts(driver, programs)
        changes(driver, programs)
        files(driver, programs)
        bookkeeping(driver)
        losses(driver, programs)
    driver.close()
    tap.finish()


main()
