# SPDX-License-Identifier: Apache-2.0
"""Compares stacks with gdb's, taken from the core of the very same crash, frame by frame.

A frame agrees when its address is gdb's and its function is too. Names are compared as symbols where the event has
them, else demangled, without arguments and templates; two names of one address are the same function. Where gdb
knows no name, the address decides.
"""
import concurrent.futures
import dataclasses
import json
import os
import re
import shutil
import subprocess

import elf_facts
from tap import Skip

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gdb_script.py")
DEPTH = 10
WORKERS = 2
READ_DEPTH = 20  # more than is compared: a signal's frames are left out of some


@dataclasses.dataclass
class Verdict:
    agreed: int = 0
    total: int = 0
    disagreements: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.agreed += other.agreed
        self.total += other.total
        self.disagreements += other.disagreements

    @property
    def percent(self):
        return 100.0 * self.agreed / self.total if self.total else 0.0


def require_gdb():
    if not shutil.which("gdb"):
        raise Skip("gdb is not installed")


def _ask(requests):
    environment = {**os.environ, "GDB_CORES": json.dumps(requests)}
    done = subprocess.run(["gdb", "-batch", "-nx", "-q", "-x", SCRIPT], stdin=subprocess.DEVNULL, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    answers = [json.loads(line[7:]) for line in done.stdout.splitlines() if line.startswith("JUDGED ")]
    assert len(answers) == len(requests), f"gdb judged {len(answers)} of {len(requests)} cores: {done.stderr[-2000:]}"
    return answers


def read_cores(requests):
    """{core: {"crashed": tid, "threads": {"tid": [frame, …]}}}; a few gdbs work at once. See gdb_script.py."""
    parts = [requests[number::WORKERS] for number in range(WORKERS)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        answers = [answer for part in pool.map(_ask, [part for part in parts if part]) for answer in part]
    for answer in answers:
        assert "error" not in answer, f"gdb: {answer['core']}: {answer['error']}"
    return {answer["core"]: answer for answer in answers}


def _without_brackets(name, opening, closing):
    kept, level = [], 0
    for letter in name:
        level += letter == opening
        if level == 0:
            kept.append(letter)
        level -= letter == closing and level > 0
    return "".join(kept)


def plain_name(name):
    """shop::Register<int>::look_up(int const&) const [clone .cold] is shop::Register::look_up."""
    name = name.split("@")[0]
    name = re.sub(r" \[clone [^]]*\]|\.(cold|part|isra|constprop|lto_priv|llvm)(\.\d+)*", "", name)
    name = name.replace("(anonymous namespace)", "{anonymous}").replace("operator()", "{call}")
    name = re.sub(r"\{\{closure\}\}|\{closure#\d+\}", "{closure}", re.sub(r"\[[0-9a-f]{16}\]", "", name))
    name = name.replace("operator<", "{less}").replace("->", "")
    # Rust writes the type of a method in brackets of its own: <shop::Shelf<T>>::article.
    while name.startswith("<"):
        inner = re.match(r"<(?:impl )?([^<>]*(?:<(?:[^<>]|<[^<>]*>)*>[^<>]*?)?)(?: as .*?)?>(::.*)$", name)
        if not inner:
            break
        name = inner.group(1) + inner.group(2)
    name = _without_brackets(name, "<", ">")
    name = _without_brackets(name, "(", ")").replace(" const", "")
    name = re.sub(r"::h[0-9a-f]{16}$", "", name)
    name = re.sub(r"^.* (?=[\w:{~]+$)", "", name.strip()) # a template's return type
    return re.sub(r"(::)+$", "", name.replace("::::", "::"))


def is_same_function(reference, frame, module):
    if not reference["name"]:
        return True
    symbol = reference["name"].split("@")[0]
    names = [name.split("@")[0] for name in (frame.symbol, frame.function) if name]
    if symbol in names:
        return True
    if any(plain_name(elf_facts.demangle(symbol)) == plain_name(name) for name in names):
        return True
    # A function in a function (a lambda) is named without its place when DWARF has no symbol for it.
    if "::" not in symbol and not symbol.startswith("_Z") and \
            any(plain_name(name).endswith("::" + plain_name(symbol)) for name in names):
        return True
    return any(elf_facts.are_aliases(module, symbol, name) for name in names)


def expected_pc(reference, number):
    """As events have it: an exact address that is not the first has one added, because the server subtracts one from all
    but the first."""
    is_exact = reference[number]["is_signal"] or number > 0 and reference[number - 1]["is_signal"]
    return reference[number]["pc"] + (number > 0 and is_exact)


def compare(title, program, reference, frames, depth=DEPTH):
    """reference: gdb's frames, frames: the event's; both innermost first."""
    verdict = Verdict()
    for number in range(min(depth, max(len(reference), len(frames)))):
        verdict.total += 1
        wanted = reference[number] if number < len(reference) else None
        found = frames[number] if number < len(frames) else None
        if wanted and found and expected_pc(reference, number) == found.pc and \
                (wanted["is_signal"] or is_same_function(wanted, found, wanted["module"] or program)):
            verdict.agreed += 1
            continue
        gdb_text = f"{wanted['name']} {wanted['pc']:#x}" if wanted else "nothing"
        our_text = f"{found.function or found.symbol} {found.pc:#x} ({found.trust})" if found else "nothing"
        verdict.disagreements.append(f"{title} #{number}: gdb {gdb_text}, limpet {our_text}")
    return verdict
