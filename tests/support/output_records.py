# SPDX-License-Identifier: Apache-2.0
"""Reads the records of output (bpf/shared/exception_record.h, kind 15) of a recording, and what the kernel side should have sent."""
import collections
import struct

from crash_records import read_records

OUTPUT = 15
FIRST, MISSING, LAST, FASTCGI = 1, 2, 4, 8
CHUNK_BYTES, SCAN_BYTES, WRITE_BYTES, STREAM_BYTES, VECTORS = 4096, 512, 65536, 65536, 6

Output = collections.namedtuple("Output", "time_ns context tgid tid serial size offset descriptor flags context_kind bytes")


def read_output(path):
    """The records of output in a recording, in order."""
    outputs = []
    for record in read_records(path):
        if record.kind != OUTPUT:
            continue
        context, tgid, tid, serial, size, offset, captured, descriptor, flags, kind, _ = struct.unpack_from("<Q6IHBBI", record.body)
        assert len(record.body) == 40 + captured, f"{len(record.body)} bytes of a record that has {captured}"
        outputs.append(Output(record.time_ns, context, tgid, tid, serial, size, offset, descriptor, flags, kind, record.body[40:]))
    return outputs


def by_thread(outputs):
    """Lists of records, one per thread, in the order of their first."""
    threads = {}
    for output in outputs:
        threads.setdefault(output.tid, []).append(output)
    return list(threads.values())


class Stream:
    """What a thread's writes become when nothing is lost."""

    def __init__(self, markers, openings, descriptors=(1, 2)):
        self.markers, self.openings, self.descriptors = markers, openings, descriptors
        self.left = self.flags = 0
        self.chunks = []  # (descriptor, size, offset, flags, bytes)

    def has_marker(self, buffers):
        looked_at = [buffer for buffer in buffers[:VECTORS] if buffer][:2]
        return (looked_at and any(looked_at[0].startswith(opening) for opening in self.openings)) or any(
            marker in buffer[:SCAN_BYTES] for marker in self.markers for buffer in looked_at)

    def write(self, descriptor, *buffers):
        is_fastcgi = descriptor not in self.descriptors and buffers[0].startswith(b"\x01\x07")
        if not (descriptor in self.descriptors or is_fastcgi) or not any(buffers):
            return
        if self.has_marker(buffers):
            if not self.left or is_fastcgi:
                self.flags = FIRST
            self.left = STREAM_BYTES
        elif not self.left or is_fastcgi:
            return
        size, offset = min(sum(map(len, buffers[:VECTORS])), WRITE_BYTES), 0
        for buffer in buffers[:VECTORS]:
            while buffer and offset < size and self.left:
                chunk = buffer[:min(CHUNK_BYTES, size - offset, self.left)]
                is_last = len(chunk) == self.left or (is_fastcgi and offset + len(chunk) == size)
                self.chunks.append((descriptor, size, offset, self.flags | (LAST if is_last else 0) | (FASTCGI if is_fastcgi else 0),
                                    chunk))
                self.flags, self.left = 0, self.left - len(chunk)
                offset, buffer = offset + len(chunk), buffer[len(chunk):]
        if len(buffers) > VECTORS:
            self.flags |= MISSING
        if is_fastcgi:
            self.left = self.flags = 0


def chunks_of(outputs):
    """As in Stream.chunks."""
    return [(output.descriptor, output.size, output.offset, output.flags, output.bytes) for output in outputs]
