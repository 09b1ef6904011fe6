# SPDX-License-Identifier: Apache-2.0
"""What binutils and the kernel say of an ELF file, to compare with what limpet says: build-ids as `readelf -n` prints
them, symbols at one address, the files mapped executable in a core."""
import functools
import os
import re
import struct
import subprocess

PT_LOAD, PT_NOTE, NT_FILE = 1, 4, 0x46494C45
EXECUTABLE = 1


def _run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace",
                          check=False).stdout


@functools.lru_cache(maxsize=None)
def build_id(path):
    """Lower-case hex, or None."""
    found = re.search(r"Build ID: ([0-9a-f]+)", _run("readelf", "-nW", path))
    return found.group(1) if found else None


def swap_guid(sixteen):
    """Sentry's debug_id of sixteen bytes: a GUID, its first three fields little-endian."""
    first, second, third = struct.unpack_from("<IHH", sixteen)
    rest = sixteen[8:].hex()
    return f"{first:08x}-{second:04x}-{third:04x}-{rest[:4]}-{rest[4:]}"


def debug_id(path):
    known = build_id(path)
    if known:
        return swap_guid(bytes.fromhex(known)[:16].ljust(16, b"\0"))
    found = re.search(r"\s\.text\s+PROGBITS\s+[0-9a-f]+\s+([0-9a-f]+)\s+([0-9a-f]+)", _run("readelf", "-SW", path))
    if not found:
        return None
    with open(path, "rb") as file:
        file.seek(int(found.group(1), 16))
        text = file.read(min(4096, int(found.group(2), 16)))
    folded = bytearray(16)
    for place in range(0, len(text) - len(text) % 16, 16):
        for number in range(16):
            folded[number] ^= text[place + number]
    return swap_guid(bytes(folded))


def debug_file(path):
    known = build_id(path)
    found = f"/usr/lib/debug/.build-id/{known[:2]}/{known[2:]}.debug" if known else ""
    return found if os.path.exists(found) else None


@functools.lru_cache(maxsize=None)
def symbols(path):
    """Addresses by name, of the file and of its separate debug file."""
    values = {}
    for file, options in ((debug_file(path), ()), (path, ()), (path, ("-D",))):
        for line in _run("nm", *options, file).splitlines() if file else ():
            parts = line.split()
            if len(parts) >= 3:
                values.setdefault(parts[2].split("@")[0], int(parts[0], 16))
    return values


def are_aliases(path, one, other):
    table = symbols(path)
    return one in table and table[one] == table.get(other)


@functools.lru_cache(maxsize=None)
def demangle(name):
    return subprocess.run(["c++filt", "--", name], stdout=subprocess.PIPE, text=True, check=True).stdout.strip() \
        if name.startswith("_") else name


def _notes(data):
    at = 0
    while at + 12 <= len(data):
        name_size, size, kind = struct.unpack_from("<III", data, at)
        body = at + 12 + (name_size + 3 & ~3)
        yield kind, data[body:body + size]
        at = body + (size + 3 & ~3)


def _segments(file):
    header = file.read(64)
    offset, = struct.unpack_from("<Q", header, 32)
    size, count = struct.unpack_from("<HH", header, 54)
    for number in range(count):
        file.seek(offset + number * size)
        kind, flags, place, address, _, in_file, in_memory = struct.unpack("<IIQQQQQ", file.read(48))
        yield kind, flags, place, address, in_file, in_memory


@functools.lru_cache(maxsize=None)
def memory_size(path):
    """From the first page of the first segment to the last byte of the last, what is zeroed (.bss) included."""
    with open(path, "rb") as file:
        loads = [(address, size) for kind, _, _, address, _, size in _segments(file) if kind == PT_LOAD]
    return max(address + size for address, size in loads) - (min(address for address, _ in loads) & ~4095)


def mapped_files(core):
    """Of a core of a 64-bit little-endian process: {path: (lowest address, end)} of every file with an executable
    mapping, all of its mappings counted. A deleted file's path ends in " (deleted)"."""
    with open(core, "rb") as file:
        segments = list(_segments(file))
        executable = [(address, address + size) for kind, flags, _, address, _, size in segments
                      if kind == PT_LOAD and flags & EXECUTABLE]
        rows = []
        for kind, _, place, _, in_file, _ in segments:
            if kind == PT_NOTE:
                file.seek(place)
                rows += [row for note, body in _notes(file.read(in_file)) if note == NT_FILE
                         for row in _file_rows(body)]
    files = {}
    for start, end, path in rows:
        low, high = files.get(path, (start, end))
        files[path] = min(low, start), max(high, end)
    return {path: files[path] for start, end, path in rows
            if any(start < high and low < end for low, high in executable)}


def _file_rows(body):
    count, _ = struct.unpack_from("<QQ", body)
    names = body[16 + 24 * count:].split(b"\0")
    for number in range(count):
        start, end, _ = struct.unpack_from("<QQQ", body, 16 + 24 * number)
        yield start, end, os.fsdecode(names[number])
