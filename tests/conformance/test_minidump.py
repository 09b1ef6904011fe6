#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Our minidumps opened by a reader we did not write: the `minidump` package from PyPI, installed under .build once."""
import logging
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
import tap  # noqa: E402

PRINTER = os.path.join(ROOT, ".build/tests/conformance/print_minidump")
PACKAGES = os.path.join(ROOT, ".build/pypi")
BUILD_ID = bytes(range(0xA0, 0xB4))
STACK_POINTER = 0x7FFD00002F00 + 0x100000
BREAKPADS_ARM64 = b"\x03\x80"


def install_reader():
    if not os.path.isdir(os.path.join(PACKAGES, "minidump")):
        pip = shutil.which("pip3") or shutil.which("pip")
        if not pip:
            raise tap.Skip("pip is not installed")
        installed = subprocess.run([pip, "install", "--quiet", "--target", PACKAGES, "minidump==0.0.24"],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        if installed.returncode != 0:
            raise tap.Skip("pip cannot install minidump: " + installed.stdout.strip().splitlines()[-1])
    sys.path.insert(0, PACKAGES)
    from minidump.minidumpfile import MinidumpFile
    logging.disable(logging.CRITICAL)  # it looks for Windows' process block first, and says so
    return MinidumpFile


def make_dump(machine):
    return subprocess.run([PRINTER, machine], stdout=subprocess.PIPE, check=True, timeout=60).stdout


def parse(reader, dump):
    """The reader keeps the file open for the memory it hands out."""
    file = tempfile.NamedTemporaryFile(suffix=".dmp", delete=False)
    file.write(dump)
    file.close()
    try:
        return reader.parse(file.name)
    finally:
        os.unlink(file.name)


def equal(wanted, got):
    assert wanted == got, f"wanted {wanted!r}, got {got!r}"


def check_everything_but_registers(parsed, dump):
    equal([4712, 4711], [thread.ThreadId for thread in parsed.threads.threads])
    stack = parsed.threads.threads[0].Stack
    equal((0x7FFD00102000, 0x2000), (stack.StartOfMemoryRange, stack.MemoryLocation.DataSize))
    modules = [(module.baseaddress, module.size, module.name) for module in parsed.modules.modules]
    equal([(0x400000, 0x5000, "/usr/bin/l\u00e4den"), (0x7F0000000000, 0xFFFFFFFF, "/opt/\U0001f30a\ufffd.so")], modules)
    ranges = [(segment.start_virtual_address, segment.size) for segment in parsed.memory_segments.memory_segments]
    equal([(0x7FFD00102000, 0x2000), (0x7FFD00106000, 0x1000), (0x7FFD00004000, 0x1000)], ranges)
    memory = parsed.get_reader()
    equal(b"\xc2\xc2", memory.read(0x7FFD00102FFE, 2))
    equal(b"\xc3", memory.read(0x7FFD00103000, 1))
    equal(b"\x44\x44", memory.read(0x7FFD00004000, 2))
    exception = parsed.exception.exception_records[0]
    equal(4712, exception.ThreadId)
    equal((11, 1, 0x18), (exception.ExceptionRecord.ExceptionCode_raw, exception.ExceptionRecord.ExceptionFlags,
                          exception.ExceptionRecord.ExceptionAddress))
    equal(4711, parsed.misc_info.ProcessId)
    assert b"LEpB" + BUILD_ID in dump, "the build-id's record is not there"


def main():
    with tap.session("the reader"):
        if not os.path.exists(PRINTER):
            raise tap.Skip(f"{PRINTER} is not built")
        reader = install_reader()
        with tap.case("an x86-64 minidump, opened by PyPI's minidump"):
            dump = make_dump("amd64")
            parsed = parse(reader, dump)
            check_everything_but_registers(parsed, dump)
            equal("AMD64", parsed.sysinfo.ProcessorArchitecture.name)
            registers = parsed.threads.threads[0].ContextObject
            equal((4712 * 0x1000 + 16, STACK_POINTER, 4712 * 0x1000 + 6, 4712 * 0x1000 + 3),
                  (registers.Rip, registers.Rsp, registers.Rbp, registers.Rbx))
        with tap.case("an arm64 minidump, opened by PyPI's minidump"):
            # It knows arm64 by Breakpad's old number only, and no registers of it; the rest must be the same.
            dump = make_dump("arm64")
            at = dump.index(b"\x0c\x00\x00\x00\x00\x00")
            dump = dump[:at] + BREAKPADS_ARM64 + dump[at + 2:]
            check_everything_but_registers(parse(reader, dump), dump)
    tap.finish()


if __name__ == "__main__":
    main()
