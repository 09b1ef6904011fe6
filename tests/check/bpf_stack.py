#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The stack of every chain of calls in the kernel's programs, counted as the verifier counts it before 6.11
(check_max_stack_depth: frames rounded up to 32 bytes, 512 for all): what is too deep is refused by the kernel there, and
this machine's own may not say so.  usage: tests/check/bpf_stack.py OBJECT… [--all]"""
import collections
import struct
import sys

MAX_STACK_BYTES = 512
MAX_FRAMES = 8
FRAME_POINTER = 10
CALL, MOVE, ADD = 0x85, 0xbf, 0x07
PSEUDO_CALL = 1  # of BPF_CALL: a function of the program
LOAD, STORE_IMMEDIATE, STORE = 1, 2, 3  # instruction classes

Function = collections.namedtuple("Function", "name depth calls")


class Object:
    """An ELF file of clang's: little-endian, relocatable."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        offset, = struct.unpack_from("<Q", self.data, 0x28)
        size, count = struct.unpack_from("<HH", self.data, 0x3a)
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", self.data, offset + size * i) for i in range(count)]
        self.symbols = self.read_symbols()
        self.starts = {(section, value): name for name, kind, section, value, _ in self.symbols if kind == 2}

    def body(self, index):
        _, _, _, _, offset, size, *_ = self.sections[index]
        return self.data[offset:offset + size]

    def read_symbols(self):
        table = next(i for i, section in enumerate(self.sections) if section[1] == 2)
        names = self.body(self.sections[table][6])
        symbols = []
        for name, info, _, section, value, size in struct.iter_unpack("<IBBHQQ", self.body(table)):
            symbols.append((names[name:names.index(b"\0", name)].decode(), info & 15, section, value, size))
        return symbols

    def relocations(self, index):
        """{offset: symbol} of a section's calls."""
        found = {}
        for i, section in enumerate(self.sections):
            if section[1] == 9 and section[7] == index:
                for offset, info in struct.iter_unpack("<QQ", self.body(i)):
                    found[offset] = self.symbols[info >> 32]
        return found

    def functions(self):
        for name, kind, section, value, size in self.symbols:
            if kind == 2 and size:
                yield self.read_function(name, section, value, size)

    def callee(self, section, relocated, at, immediate):
        if at not in relocated:
            return self.starts.get((section, at + 8 * (immediate + 1)))
        name, kind, other, value, _ = relocated[at]
        return name if kind == 2 or not other else self.starts.get((other, value + 8 * (immediate + 1)))

    def read_function(self, name, section, value, size):
        relocated, code = self.relocations(section), self.body(section)
        depth, calls, pointers = 0, set(), set()
        for at in range(value, value + size, 8):
            operation, registers, offset, immediate = struct.unpack_from("<BBhi", code, at)
            to, source = registers & 15, registers >> 4
            if operation == CALL and source == PSEUDO_CALL:
                calls.add(self.callee(section, relocated, at, immediate))
            elif operation == MOVE and source == FRAME_POINTER:
                pointers.add(to)
            elif operation == ADD and to in pointers:
                depth = max(depth, -immediate)
                pointers.discard(to)
            elif operation & 7 == LOAD and source == FRAME_POINTER or \
                    operation & 7 in (STORE_IMMEDIATE, STORE) and to == FRAME_POINTER:
                depth = max(depth, -offset)
        return Function(name, depth, calls)


def deepest(functions, name):
    """(bytes, chain of names) of the deepest chain that begins here."""
    function = functions.get(name)
    if not function:
        return 0, ()
    below = max((deepest(functions, callee) for callee in function.calls), default=(0, ()))
    frame = (max(function.depth, 1) + 31) // 32 * 32
    return frame + below[0], ((name, frame), *below[1])


def check(path, says_all):
    """Each object has its own: functions of one name are not alike in all of them."""
    functions = {function.name: function for function in Object(path).functions()}
    called = {callee for function in functions.values() for callee in function.calls}
    is_right = True
    for name in sorted(set(functions) - called):
        size, chain = deepest(functions, name)
        is_fit = size <= MAX_STACK_BYTES and len(chain) <= MAX_FRAMES
        is_right = is_right and is_fit
        if says_all or not is_fit:
            print(f"{path}: {name}: {size} bytes of stack: {' > '.join(f'{part} {frame}' for part, frame in chain)}")
    return is_right


def main():
    says_all = "--all" in sys.argv
    sys.exit(not all([check(path, says_all) for path in sys.argv[1:] if path != "--all"]))


if __name__ == "__main__":
    main()
