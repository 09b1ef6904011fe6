#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Our unwind tables judged by binutils: for every row that `readelf --debug-dump=frames-interp` prints of real files, ours at the
row's first and last address must say the same."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
import tap  # noqa: E402

PRINTER = os.path.join(ROOT, ".build/tests/conformance/print_unwind_rows")
X86_64 = ["rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp"] + [f"r{i}" for i in range(8, 16)] + ["rip"]
LIBRARIES = "/lib/x86_64-linux-gnu"
CAPTURED = 34

PROGRAM = r"""
#include <stdexcept>
#include <string>
#include <vector>
#include <alloca.h>
struct shape { virtual ~shape() {} virtual int area(int n) = 0; };
struct square : shape { int area(int n) override { if (n > 40) throw std::runtime_error("large"); return n * n; } };
__attribute__((noinline)) static int with_alloca(int n) { char *room = (char *)alloca(n * 16); room[0] = (char)n; return room[n]; }
__attribute__((noinline)) static int nested(int n, std::vector<std::string> &all)
{
	std::string text(n, 'x');
	all.push_back(text + std::to_string(with_alloca(n)));
	return n ? nested(n - 1, all) + (int)all.size() : 0;
}
int main(int argc, char **)
{
	std::vector<std::string> all;
	square s;
	shape *p = &s;
	try { return nested(argc * 10, all) + p->area(argc * 50); } catch (std::exception &e) { return (int)std::string(e.what()).size(); }
}
"""


def number(name, is_arm64):
    if name == "ra":
        return 30 if is_arm64 else 16
    if is_arm64:
        match = re.fullmatch(r"x(\d+)", name)
        return 31 if name == "sp" else int(match.group(1)) if match else None
    return X86_64.index(name) if name in X86_64 else None


def rule(text):
    """As our printer writes it; None where readelf cannot tell "undefined" from "nothing said"."""
    return None if text == "u" else text


def cfa(text, is_arm64):
    match = re.fullmatch(r"([a-z0-9]+)([+-]\d+)", text)
    return f"r{number(match.group(1), is_arm64)}{match.group(2)}" if match else text


def row(columns, words, is_arm64):
    rules = {}
    for name, text in zip(columns[1:], words[1:]):
        which = number(name, is_arm64)
        if which is not None and which < CAPTURED and rule(text) is not None:
            rules[which] = rule(text)
    return cfa(words[0], is_arm64), rules


def read_rows(path, section):
    """(first address, last address, CFA, rules) of every row."""
    text = subprocess.run(["readelf", "--debug-dump=frames-interp", path], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False).stdout
    with open(path, "rb") as file:
        is_arm64 = file.read(20)[18:20] == b"\xb7\0"
    rows, columns, end, own, is_wanted, commons, current = [], [], 0, [], False, {}, None

    def flush():
        for at, (begin, cfa_text, rules) in enumerate(own):
            last = own[at + 1][0] - 1 if at + 1 < len(own) else end - 1
            if last >= begin:
                rows.append((begin, last, cfa_text, rules))
        own.clear()

    for line in text.splitlines():
        if line.startswith("Contents of the ."):
            flush()
            is_wanted = f"the {section} section" in line
            continue
        header = re.match(r"([0-9a-f]+) [0-9a-f]+ [0-9a-f]+ (CIE|FDE)(?:.* cie=([0-9a-f]+) pc=([0-9a-f]+)\.\.([0-9a-f]+))?", line)
        if header:
            flush()
            current = None
            if header.group(2) == "CIE":
                current = header.group(1)
                end = 0
            elif is_wanted:
                end = int(header.group(5), 16)
                # An entry without rows of its own is as its CIE says.
                if header.group(3) in commons and int(header.group(4), 16) != 0:
                    own.append((int(header.group(4), 16),) + commons[header.group(3)])
            continue
        words = re.sub(r" \([a-z0-9]+\)", "", line).split()  # a register that holds another: "r9 (r9)"
        if words[:2] == ["LOC", "CFA"]:
            columns = words[1:]
        elif re.match(r"[0-9a-f]{16} ", line) and is_wanted:
            found = row(columns, words[1:], is_arm64)
            if current is not None:
                commons[current] = found
            elif end:
                own.append((int(words[0], 16),) + found)
    flush()
    return rows


def ask(path, kind, addresses):
    answer = subprocess.run([PRINTER, kind, path], input="".join(f"{a:x}\n" for a in addresses), stdout=subprocess.PIPE,
                            text=True, check=True).stdout.splitlines()
    assert len(answer) == len(addresses), f"{len(answer)} answers to {len(addresses)} addresses"
    return answer


def parse(line):
    words = line.split()
    rules = {}
    for word in words[1:]:
        which, text = word[1:].split("=")
        if text != "u":
            rules[int(which)] = text
    return words[0], rules


def compare(name, path, section=".eh_frame", least=1):
    if not os.path.exists(path):
        tap.skip(name, f"{path} is not there")
        return
    with tap.case(name):
        rows = [r for r in read_rows(path, section) if r[0] != 0]
        assert len(rows) >= least, f"readelf shows only {len(rows)} rows"
        addresses = [a for begin, last, _, _ in rows for a in (begin, last)]
        answers = ask(path, "debug" if section == ".debug_frame" else "eh", addresses)
        wrong = []
        for at, (begin, last, cfa_text, rules) in enumerate(rows):
            for address, answer in ((begin, answers[2 * at]), (last, answers[2 * at + 1])):
                if parse(answer) != (cfa_text, rules):
                    wrong.append(f"{address:x}: readelf {cfa_text} {rules}, ours {answer}")
        assert not wrong, f"{len(wrong)} of {len(addresses)} differ:\n" + "\n".join(wrong[:10])
        print(f"# {name}: {len(rows)} rows, {len(addresses)} addresses", file=sys.stderr)


def compile_program(folder, name, *flags):
    source = os.path.join(folder, "program.cc")
    with open(source, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    path = os.path.join(folder, name)
    subprocess.run(["g++", source, "-o", path, *flags], check=True)
    return path


def main():
    if not shutil.which("readelf") or not os.path.exists(PRINTER):
        tap.skip("rows", "readelf or .build/tests/conformance/print_unwind_rows is missing: make test-programs")
        tap.finish()
    compare("libc", f"{LIBRARIES}/libc.so.6", least=20000)
    compare("the dynamic loader", f"{LIBRARIES}/ld-linux-x86-64.so.2", least=1000)
    compare("libstdc++", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6", least=20000)
    compare("python3", os.path.realpath("/usr/bin/python3"), least=20000)
    compare("libcrypto", "/usr/lib/x86_64-linux-gnu/libcrypto.so.3", least=20000)
    compare("libm", f"{LIBRARIES}/libm.so.6", least=100)
    # The other machine, by the libraries for its cross compiler.
    compare("arm64 libc", "/usr/aarch64-linux-gnu/lib/libc.so.6", least=10000)
    compare("arm64 libstdc++", "/usr/aarch64-linux-gnu/lib/libstdc++.so.6", least=10000)
    with tempfile.TemporaryDirectory() as folder:
        compare("C++ -O0", compile_program(folder, "o0", "-O0"), least=50)
        compare("C++ -O2 static", compile_program(folder, "static", "-O2", "-static"), least=5000)
        compare("C++ -O2 without .eh_frame_hdr",
                compile_program(folder, "no_hdr", "-O2", "-Wl,--no-eh-frame-hdr", "-static"), least=5000)
        compare(".debug_frame only, compressed", debug_frame_program(folder), ".debug_frame", least=5)
    tap.finish()


def debug_frame_program(folder):
    source = os.path.join(folder, "plain.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write("int g(int n) { char b[n + 1]; b[n] = (char)n; return n ? g(n - 1) + b[n] : 1; }\nint main(int c, char **v) { (void)v; return g(c); }\n")
    path = os.path.join(folder, "plain")
    subprocess.run(["gcc", source, "-o", path, "-O1", "-g", "-gz", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables"], check=True)
    return path


if __name__ == "__main__":
    main()
