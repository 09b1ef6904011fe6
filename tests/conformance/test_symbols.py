#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Names, files and lines of functions, judged by gdb, nm, addr2line and Go: for several hundred functions of real and of freshly
built programs, at their first, middle and last byte.

gdb is asked for the symbol as it stands in the table (its way to print std::string differs from that of everybody else), nm -C
for the name as people read it.
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import tap  # noqa: E402

FINDER = os.path.join(ROOT, ".build", "tests", "conformance", "find_symbols")
SOURCES = os.path.join(ROOT, "tests", "conformance", "symbols")
SYSTEM_DEBUG = "/usr/lib/debug"
FUNCTIONS = 300
GO = shutil.which("go") or "/usr/local/go/bin/go"
random.seed(20)


def run(*command, **options):
    options.setdefault("text", True)
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    assert result.returncode == 0, f"{' '.join(command[:6])}: {result.stderr[-2000:]}"
    return result.stdout


def need(program, why):
    if not (os.path.exists(program) if "/" in program else shutil.which(program)):
        raise tap.Skip(why)


def nm(path, *options):
    """Function symbols as {address: {(size, name)}}; none when the file has no such table."""
    found = {}
    for line in run("nm", "-S", "--defined-only", *options, path).splitlines():
        parts = line.split(None, 3)
        if len(parts) == 4 and re.fullmatch("[0-9a-f]{16}", parts[1]) and parts[2] in "tTwWiI":
            found.setdefault(int(parts[0], 16), set()).add((int(parts[1], 16), re.sub("@.*", "", parts[3])))
    return found


def places(functions):
    """First, middle and last byte of a sample of functions."""
    sample = random.sample(sorted(functions), min(FUNCTIONS, len(functions)))
    chosen = set()
    for address in sample:
        size = max(size for size, _ in functions[address])
        chosen.update((address, address + size // 2, address + size - 1))
    return sorted(chosen)


def ours(path, addresses, debug_root="-"):
    """{address: (symbol, name, start, file, line)} from module_find_symbol."""
    text = run(FINDER, path, debug_root, input="".join(f"{address:x}\n" for address in addresses))
    found = {}
    for line in text.splitlines():
        address, symbol, name, start, file, number = line.split("\t")
        found[int(address, 16)] = (symbol, name, start, file, int(number))
    assert len(found) == len(addresses), f"{len(found)} answers to {len(addresses)} questions"
    return found


def gdb_symbols(path, addresses, directory, debug_root="/nonexistent"):
    """{address: set of symbols}: several where the file and its debug file say different names."""
    script = os.path.join(directory, "questions.gdb")
    with open(script, "w", encoding="utf-8") as file:
        file.write(f"set debug-file-directory {debug_root}\nset demangle-style none\nset width 0\nfile {path}\n")
        for address in addresses:
            file.write(f"echo @{address:x}\\n\ninfo symbol {address:#x}\n")
    found, current = {}, None
    for line in run("gdb", "-nx", "-batch", "-x", script).splitlines():
        answer = re.fullmatch(r"(\S+?)(?:@\S+)?(?: \+ \d+)? in section .*", line)
        if line.startswith("@"):
            current = int(line[1:], 16)
            found[current] = set()
        elif current is not None and answer:
            found[current].add(answer[1])
    return found


def no_differences(differences, count, what):
    shown = "\n".join(f"{address:x}: ours {mine}, theirs {theirs}" for address, mine, theirs in differences[:10])
    assert not differences, f"{what}: {len(differences)} of {count} differ:\n{shown}"
    print(f"# {what}: {count} addresses, the same")


def same_symbols_as_gdb(path, functions, directory, debug_root="-"):
    need("gdb", "gdb is not installed")
    addresses = places(functions)
    mine = ours(path, addresses, debug_root)
    theirs = gdb_symbols(path, addresses, directory, *([] if debug_root == "-" else [debug_root]))
    wrong = [(at, mine[at][0], theirs[at]) for at in addresses
             if mine[at][0] not in (theirs[at] or {"-"})]
    no_differences(wrong, len(addresses), f"gdb of {os.path.basename(path)}")


def same_names_as_nm(path, functions, debug_root="-"):
    """The name as people read it is one that nm -C knows for the start of that function."""
    addresses = places(functions)
    wrong = []
    for at, (_, name, start, _, _) in ours(path, addresses, debug_root).items():
        theirs = {text for _, text in functions.get(int(start, 16) if start != "-" else 0, ())}
        if name not in theirs:
            wrong.append((at, name, theirs))
    no_differences(wrong, len(addresses), f"nm -C of {os.path.basename(path)}")


def same_lines_as_addr2line(path, functions, debug_root="/nonexistent", symbols_from=None):
    addresses = places(functions)
    mine = ours(path, addresses, debug_root)
    text = run("addr2line", "-e", symbols_from or path, input="".join(f"{at:x}\n" for at in addresses))
    wrong, known = [], 0
    for at, line in zip(addresses, text.splitlines()):
        file, _, number = line.split(" (")[0].rpartition(":")
        if number in ("?", "0"):
            continue
        known += 1
        if (os.path.normpath(mine[at][3]), mine[at][4]) != (os.path.normpath(file), int(number)):
            wrong.append((at, mine[at][3:], line))
    assert known > 0, "addr2line knows no line at all"
    no_differences(wrong, known, f"addr2line of {os.path.basename(symbols_from or path)}")


def system_files(directory):
    for path, needs_debug in (("/lib/x86_64-linux-gnu/libc.so.6", True), ("/usr/lib/x86_64-linux-gnu/libstdc++.so.6", False),
                              ("/usr/bin/python3.11", False), ("/usr/bin/node", False)):
        name = os.path.basename(path)
        with tap.case(f"{name}: the symbols gdb tells"):
            need(path, f"there is no {path}")
            same_symbols_as_gdb(path, {**nm(path, "-D"), **nm(path)}, directory)
        with tap.case(f"{name}: the names nm -C tells"):
            need(path, f"there is no {path}")
            same_names_as_nm(path, {**nm(path, "-D", "-C"), **nm(path, "-C")})
        if not needs_debug:
            continue
        with tap.case(f"{name}: with its debug file from {SYSTEM_DEBUG}"):
            debug = system_debug_file(path)
            need(debug, f"there is no {debug}")
            same_symbols_as_gdb(path, nm(debug), directory, SYSTEM_DEBUG)


def system_debug_file(path):
    found = re.search(r"Build ID: ([0-9a-f]+)", run("readelf", "-n", path))
    return f"{SYSTEM_DEBUG}/.build-id/{found[1][:2]}/{found[1][2:]}.debug" if found else "/nonexistent"


def build_cpp(directory, name, *options):
    path = os.path.join(directory, name)
    run("g++", "-O2", "-o", path, *options, os.path.join(SOURCES, "shapes.cpp"))
    return path


def cpp_program(directory):
    need("g++", "g++ is not installed")
    with tap.case("C++ at -O2: symbols and names"):
        path = build_cpp(directory, "shapes")
        same_symbols_as_gdb(path, nm(path), directory)
        same_names_as_nm(path, nm(path, "-C"))
    for dwarf in ("-gdwarf-4", "-gdwarf-5"):
        with tap.case(f"C++ at -O2 {dwarf}: lines"):
            path = build_cpp(directory, "shapes" + dwarf, "-g", dwarf)
            same_lines_as_addr2line(path, own_functions(path))


def own_functions(path):
    """Without what the C runtime brings along, which has no lines."""
    return {at: names for at, names in nm(path).items() if any("shapes" in name or name == "main" for _, name in names)}


def separate_files(directory):
    need("objcopy", "objcopy is not installed")
    with tap.case("a debug file under .build-id: symbols and lines"):
        path = build_cpp(directory, "by_id", "-g", "-Wl,--build-id=sha1")
        full, root = split_debug(path, os.path.join(directory, "root_id"))
        same_names_as_nm(path, nm(full, "-C"), root)
        same_lines_as_addr2line(path, own_functions(full), root, full)
    with tap.case("a debug file by .gnu_debuglink, without a build-id"):
        path = build_cpp(directory, "by_link", "-g", "-Wl,--build-id=none")
        full, root = split_debug(path, os.path.join(directory, "root_link"))
        same_names_as_nm(path, nm(full, "-C"), root)
        same_lines_as_addr2line(path, own_functions(full), root, full)
        debug = os.path.join(root, "by_link.debug")
        with open(debug, "r+b") as file:  # the checksum is wrong now: it must not be believed
            file.seek(-1, os.SEEK_END)
            file.write(b"\xff")
        address = next(iter(own_functions(full)))
        tap.equal(ours(path, [address], root)[address][0], "-", "a debug file with another checksum")
    with tap.case(".gnu_debugdata, packed by xz"):
        need("xz", "xz is not installed")
        path = build_cpp(directory, "mini")
        full = path + ".full"
        shutil.copy(path, full)
        mini_debug(path, directory)
        same_names_as_nm(path, nm(full, "-C"))


def split_debug(path, root):
    """Strips the program, its debug file under root; what it was before is kept beside it."""
    full = path + ".full"
    shutil.copy(path, full)
    found = re.search(r"Build ID: ([0-9a-f]+)", run("readelf", "-n", path))
    debug = os.path.join(root, ".build-id", found[1][:2], found[1][2:] + ".debug") if found else \
        os.path.join(root, os.path.basename(path) + ".debug")
    os.makedirs(os.path.dirname(debug))
    run("objcopy", "--only-keep-debug", path, debug)
    run("strip", path)
    if not found:
        run("objcopy", f"--add-gnu-debuglink={debug}", path)
    return full, root


def mini_debug(path, directory):
    """As Fedora's find-debuginfo makes it."""
    mini = os.path.join(directory, "minidebug")
    run("objcopy", "--only-keep-debug", path, mini)
    run("objcopy", "-S", "--remove-section=.gdb_index", "--remove-section=.comment",
        *(f"--keep-symbol={name}" for names in nm(path).values() for _, name in names), mini)
    run("strip", path)
    run("xz", "-f", mini)
    run("objcopy", f"--add-section=.gnu_debugdata={mini}.xz", path)


def rust_program(directory):
    for mangling in ("legacy", "v0"):
        with tap.case(f"Rust at -O2, {mangling} mangling: symbols, names and lines"):
            need("rustc", "rustc is not installed")
            path = os.path.join(directory, "rust_" + mangling)
            flags = [] if mangling == "v0" else ["-Zunstable-options"]
            run("rustc", "-O", "-g", "-C", f"symbol-mangling-version={mangling}", *flags, "-o", path,
                os.path.join(SOURCES, "shapes.rs"), env={**os.environ, "RUSTC_BOOTSTRAP": "1"})
            same_symbols_as_gdb(path, nm(path), directory)
            same_names_as_nm(path, nm(path, "-C"))
            same_lines_as_addr2line(path, own_functions(path))


def rust_names(directory):
    """The crate that Rust itself demangles with, from crates.io, built under .build once."""
    with tap.case("the names rustc-demangle tells, v0 and legacy"):
        need("cargo", "cargo is not installed")
        project = os.path.join(directory, "rust_names")
        shutil.copytree(os.path.join(ROOT, "tests", "conformance", "rust_names"), project)
        target = os.path.join(ROOT, ".build", "cargo")
        built = subprocess.run(["cargo", "build", "--quiet", "--release", "--target-dir", target], cwd=project, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        if built.returncode != 0:
            raise tap.Skip("cargo cannot build it: " + built.stderr.strip().splitlines()[-1].replace("#", ""))
        for mangling in ("legacy", "v0"):
            path = os.path.join(directory, "rust_" + mangling)
            mine = sorted({(found[0], found[1]) for found in ours(path, sorted(nm(path))).values() if found[0][:2] in ("_R", "_Z")})
            text = run(os.path.join(target, "release", "rust_names"), input="".join(symbol + "\n" for symbol, _ in mine))
            # What stands behind a "." is left away by us, as gdb does.
            wrong = [(index, pair, name) for index, (pair, name) in enumerate(zip(mine, text.splitlines()))
                     if pair[1] != name and "." not in pair[0]]
            no_differences(wrong, len(mine), f"rustc-demangle of {os.path.basename(path)}")


def go_tool(path, addresses):
    """{address: (name, file, line)} as Go's own addr2line tells."""
    lines = run(GO, "tool", "addr2line", path, input="".join(f"{at:x}\n" for at in addresses)).splitlines()
    found = {}
    for at, name, place in zip(addresses, lines[::2], lines[1::2]):
        file, _, number = place.rpartition(":")
        found[at] = (name, file, int(number))
    return found


def go_functions(path):
    """Of Go itself: what C brings along and marks without code are others' work."""
    skip = re.compile(r"^(_cgo_|x_cgo|_|crosscall|runtime\.(text|etext)$|go:)")
    return {at: names for at, names in nm(path).items()
            if any(size > 0 and "." in name and not skip.match(name) for size, name in names)}


def go_program(directory):
    for name, options, strip_options in (("static", [], []), ("pie", ["-buildmode=pie"], []),
                                         ("external", ["-ldflags=-linkmode=external"], []),
                                         ("external_pie", ["-buildmode=pie", "-ldflags=-linkmode=external"], []),
                                         ("no_sections", [], ["--strip-section-headers"])):
        with tap.case(f"Go, stripped, {name}: functions, files and lines"):
            need(GO, "Go is not installed")
            full = os.path.join(directory, "go_" + name)
            run(GO, "build", *options, "-o", full, os.path.join(SOURCES, "shapes.go"),
                env={**os.environ, "CGO_ENABLED": "1", "GOFLAGS": "-mod=mod", "HOME": os.environ.get("HOME", directory)})
            stripped = full + ".stripped"
            strip_go(full, stripped, strip_options)
            addresses = places(go_functions(full))
            mine, theirs = ours(stripped, addresses), go_tool(full, addresses)
            wrong = [(at, mine[at], theirs[at]) for at in addresses if "." in theirs[at][0]  # cgo's own are C
                     and (mine[at][1], mine[at][3], mine[at][4]) != theirs[at]]
            no_differences(wrong, len(addresses), f"go tool addr2line of {os.path.basename(full)}")


def strip_go(full, stripped, options):
    if not options:
        run("strip", "-o", stripped, full)
        return
    with open(full, "rb") as file:  # without a section table: e_shoff, e_shnum and e_shstrndx are zero
        content = bytearray(file.read())
    content[0x28:0x30] = bytes(8)
    content[0x3c:0x40] = bytes(4)
    with open(stripped, "wb") as file:
        file.write(content)


def main():
    if not os.path.exists(FINDER):
        print("not ok 1 - find_symbols is not built: make test-programs")
        sys.exit(1)
    with tempfile.TemporaryDirectory(prefix="limpet-symbols-") as directory:
        for part in (system_files, cpp_program, separate_files, rust_program, rust_names, go_program):
            with tap.session(part.__name__):
                part(directory)
    tap.finish()


if __name__ == "__main__":
    main()
