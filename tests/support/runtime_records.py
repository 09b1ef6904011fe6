# SPDX-License-Identifier: Apache-2.0
"""Reads what uprobes on runtimes tell (kinds 15, 16 and 18 of bpf/shared/record_header.h) from a recording."""
import collections
import struct

from crash_records import read_records

OUTPUT, MARK, GO_PANIC = 15, 16, 18
NODE_UNCAUGHT, JAVA_THREAD_EXIT, JAVA_VM_ERROR, PYTHON_FINISHING = 1, 2, 3, 4
FATAL, THROW = 1, 2
KIND_STRING, KIND_INT = 24, 2

Mark = collections.namedtuple("Mark", "kind tid context")
Panic = collections.namedtuple("Panic", "kind tid goroutine value_kind word name value frames")


def _panic(body):
    (_, _, tid, goroutine, kind, _, value_kind, skip, name_size, frames, value_size, word) = struct.unpack_from(
        "<QIIQBBBBHHQQ", body)
    value = body[176:176 + min(value_size, 512)]
    name = body[48 + skip:48 + name_size].decode()
    return Panic(kind, tid, goroutine, value_kind, word, name, value.decode(), struct.unpack_from("<64Q", body, 688)[:frames])


class RuntimeRecords:
    def __init__(self, path):
        self._marks, self._panics, self._output = (collections.defaultdict(list) for _ in range(3))
        for record in read_records(path):
            if record.kind == MARK:
                context, tgid, tid, kind = struct.unpack_from("<QIIB", record.body)
                self._marks[tgid].append(Mark(kind, tid, context))
            elif record.kind == GO_PANIC:
                self._panics[struct.unpack_from("<I", record.body, 8)[0]].append(_panic(record.body))
            elif record.kind == OUTPUT:
                tgid, = struct.unpack_from("<I", record.body, 8)
                captured, = struct.unpack_from("<I", record.body, 28)
                self._output[tgid].append(record.body[40:40 + captured])

    def marks(self, tgid):
        return self._marks.get(tgid, [])

    def all_marks(self):
        return [mark for marks in self._marks.values() for mark in marks]

    def panics(self, tgid):
        return self._panics.get(tgid, [])

    def output(self, tgid):
        return b"".join(self._output.get(tgid, []))
