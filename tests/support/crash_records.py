# SPDX-License-Identifier: Apache-2.0
"""Reads the crash records (bpf/shared/record.h, kinds 9 to 13) of a recording, as the kernel side wrote them."""
import collections
import struct

THREAD, PAGE, SENT, DEATH, TRAIL = 9, 10, 11, 12, 13
FATAL, HANDLED, SIBLING = 1, 2, 3
TRUNCATED, NOT_DUMPABLE, COMPAT = 1, 2, 4
PAGE_BYTES = 4096
SP, PC = 7, 16  # x86-64

Record = collections.namedtuple("Record", "kind time_ns body")
Thread = collections.namedtuple("Thread", """time_ns registers process_start_ns context fault_address disposition stack_start
    tgid tid signal code sender_pid sender_uid uid live_threads serial pages_copied pages_unreadable pages_lost message kind flags
    context_kind name""")
Page = collections.namedtuple("Page", "time_ns address tgid tid serial bytes")
Sent = collections.namedtuple("Sent", "time_ns target_tgid sender_tgid sender_tid sender_uid signal code sender_name is_oom")
Death = collections.namedtuple("Death", "time_ns process_start_ns tgid tid exit_code uid fault_tid is_oom name")
Call = collections.namedtuple("Call", "time_ns argument tid number error")
Piece = collections.namedtuple("Piece", "time_ns tid size bytes")
Trail = collections.namedtuple("Trail", "time_ns process_start_ns tgid calls pieces")


def _text(raw):
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace")


def read_records(path):
    """Every record of the file, in order."""
    with open(path, "rb") as file:
        raw = file.read()
    assert raw[:7] == b"LIMPETR", f"{path} is no recording"
    at, records = 24, []
    while at < len(raw):
        kind, _, size, time_ns = struct.unpack_from("<HHIQ", raw, at)
        records.append(Record(kind, time_ns, raw[at + 16:at + size]))
        at += (size + 7) & ~7
    return records


def _thread(record):
    body = record.body
    registers = struct.unpack_from("<34Q", body)
    start, context, address, disposition, stack = struct.unpack_from("<5Q", body, 272)
    (tgid, tid, signal, code, pid, sender_uid, uid, live, serial, copied, unreadable, lost, size, kind, flags, context_kind,
     _) = struct.unpack_from("<3Ii5I4H4B", body, 312)
    return Thread(record.time_ns, registers, start, context, address, disposition, stack, tgid, tid, signal, code, pid, sender_uid,
                  uid, live, serial, copied, unreadable, lost, body[376:376 + size].decode("utf-8", "replace"), kind, flags,
                  context_kind, _text(body[360:376]))


def _page(record):
    address, tgid, tid, serial, _ = struct.unpack_from("<Q4I", record.body)
    return Page(record.time_ns, address, tgid, tid, serial, record.body[24:])


def _sent(record):
    target, sender, tid, uid, signal, code, name, is_oom = struct.unpack_from("<5Ii16sB", record.body)
    return Sent(record.time_ns, target, sender, tid, uid, signal, code, _text(name), bool(is_oom))


def _death(record):
    start, tgid, tid, code, uid, fault_tid, is_oom, name = struct.unpack_from("<Q5IB3x16s", record.body)
    return Death(record.time_ns, start, tgid, tid, code, uid, fault_tid, bool(is_oom), _text(name))


def _last(items, count):
    """The oldest first, of a ring of len(items) that was written `count` times."""
    kept = min(count, len(items))
    return [items[index % len(items)] for index in range(count - kept, count)]


def _trail(record):
    start, tgid, _, calls_count, pieces_count = struct.unpack_from("<Q4I", record.body)
    calls = [Call(*struct.unpack_from("<2QI2H", record.body, 24 + 24 * i)) for i in range(16)]
    pieces = []
    for i in range(8):
        time_ns, tid, size, captured = struct.unpack_from("<QI2H", record.body, 24 + 384 + 272 * i)
        begin = 24 + 384 + 272 * i + 16
        pieces.append(Piece(time_ns, tid, size, record.body[begin:begin + captured]))
    return Trail(record.time_ns, start, tgid, _last(calls, calls_count), _last(pieces, pieces_count))


class CrashRecords:
    """Those of one recording, by kind; of one process when tgid is given."""

    def __init__(self, path, tgid=None):
        records = read_records(path)
        self.threads = [_thread(record) for record in records if record.kind == THREAD]
        self.pages = [_page(record) for record in records if record.kind == PAGE]
        self.sent = [_sent(record) for record in records if record.kind == SENT]
        self.deaths = [_death(record) for record in records if record.kind == DEATH]
        self.trails = [_trail(record) for record in records if record.kind == TRAIL]
        if tgid is not None:
            self.threads = [thread for thread in self.threads if thread.tgid == tgid]
            self.pages = [page for page in self.pages if page.tgid == tgid]
            self.sent = [sent for sent in self.sent if sent.target_tgid == tgid]
            self.deaths = [death for death in self.deaths if death.tgid == tgid]
            self.trails = [trail for trail in self.trails if trail.tgid == tgid]

    def of_kind(self, kind):
        return [thread for thread in self.threads if thread.kind == kind]

    def pages_of(self, thread):
        """{address: bytes}."""
        return {page.address: page.bytes for page in self.pages if (page.tid, page.serial) == (thread.tid, thread.serial)}
