#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints line tables of real code objects of the CPython that runs it (3.8 to 3.13), and what line it says each instruction has.

A line per code object: first line, table, then offset:line wherever the line changes (0: none).
usage: for each python: python3.N make_vectors.py > 3.N.txt
"""
import ctypes
import json.decoder
import sys
import textwrap
import types

MOST_CODE_BYTES = 1200
address_to_line = ctypes.pythonapi.PyCode_Addr2Line
address_to_line.argtypes = [ctypes.py_object, ctypes.c_int]

MADE = """
def far(a):
    x = [a,

         a +
         a
    ]
    for i in x:
        try:
            with open(a) as f:
                yield (i
                       if f else
                       a.b.c.d.e(1,
                                 2,
                                 *x))
        except (ValueError,
                TypeError) as e:
            raise KeyError(
                e) from e
        finally:
            del i
    while True:
        lambda q: (
            q,
            x)
        if a: break
""" + "\n" * 300 + """
    return a
async def late(a):
    async for i in a:
        await i
    return [j
            for j in a
            if j]
class Shop:
    value = 1
    def total(self): return self.value
"""


def codes_of(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes_of(constant)


def print_code(code):
    table = code.co_linetable if sys.version_info >= (3, 10) else code.co_lnotab
    changes, before = [], None
    for offset in range(0, len(code.co_code), 2):
        line = max(address_to_line(code, offset), 0)
        if line != before:
            changes.append("%d:%d" % (offset, line))
        before = line
    print(code.co_firstlineno, table.hex(), *changes, "%d:end" % len(code.co_code))


made = compile(MADE + "\n".join("a%d = (%d,\n\n b%d)" % (i, i, i) for i in range(20)), "made.py", "exec")
modules = [compile(open(module.__file__, encoding="utf-8").read(), module.__file__, "exec") for module in (json.decoder, textwrap)]
for whole in (made, *modules):
    for one in codes_of(whole):
        if len(one.co_code) <= MOST_CODE_BYTES:
            print_code(one)
