#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fails on files and functions longer than the house allows: .c 500 lines, .h 200, of bpf/ 300, a function 60.

Functions are found by layout, which clang-format guarantees: a body opens with "{" and closes with "}" in column 0.
"""
import re
import subprocess
import sys

LIMITS = ((".bpf.c", 300), (".bpf.h", 300), (".c", 500), (".h", 200), (".py", 500), (".sh", 500))
FUNCTION_LINES = 60
PARAMETERS = 6

# Tables that grow by a row per entry; the reason stands beside each.
EXEMPT = {
    "bpf/lib/kernel_types.bpf.h": "the fields of kernel structures that we use",
}


def tracked(*patterns):
    return subprocess.run(["git", "ls-files", "-z", "--", *patterns], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.split("\0")[:-1]


def functions(lines):
    """(first line number, signature, length) of every function of a C file."""
    for number, line in enumerate(lines):
        if line != "{":
            continue
        start = number - 1
        while start > 0 and lines[start - 1] and not re.match(r"[#}/* ]|.*[;{}]$", lines[start - 1]):
            start -= 1
        end = number
        while end < len(lines) and lines[end] != "}":
            end += 1
        yield start + 1, " ".join(lines[start:number]), end - start + 1


def main():
    complaints = []
    for path in tracked("*.c", "*.h", "*.py", "*.sh"):
        try:
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            continue  # deleted, not yet committed
        limit = next(limit for suffix, limit in LIMITS if path.endswith(suffix))
        if len(lines) > limit and path not in EXEMPT:
            complaints.append(f"{path}: {len(lines)} lines, {limit} allowed: split it")
        if not path.endswith((".c", ".h")):
            continue
        for start, signature, length in functions(lines):
            if length > FUNCTION_LINES:
                complaints.append(f"{path}:{start}: a function of {length} lines, {FUNCTION_LINES} allowed: {signature[:60]}")
            parameters = re.sub(r"\([^()]*\)\s*$", "", signature)
            parameters = signature[len(parameters):].count(",") + 1
            # A BPF program has the parameters the kernel gives it, a callback of libmicrohttpd those of the library.
            if parameters > PARAMETERS and "BPF_PROG" not in signature and "MHD_Result" not in signature:
                complaints.append(f"{path}:{start}: {parameters} parameters, {PARAMETERS} allowed: {signature[:60]}")
    print("\n".join(complaints))
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
