#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a fuzzer begins with beside tests/fuzz/corpus: the conversations of tests/replay/recordings in the shape its target
reads, the statements of the SQL cases, and as a dictionary the words that stand in the sources of its parser. Nothing is
kept in the repository: it is made anew from what is there.

usage: tests/fuzz/fuzz_seeds.py TARGET FOLDER     writes FOLDER/seeds/* and, if there are words, FOLDER/dictionary
"""
import glob
import os
import re
import struct
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAX_SEED_BYTES = 8192  # of tests/support/conversation_fuzz.h
MAX_WORD_BYTES = 64
RECORD_OPEN, RECORD_SEGMENT, RECORD_END, RECORD_DATAGRAM = 1, 2, 3, 24
ROLE_SERVER, FROM_START, IS_TAIL, RECEIVE = 2, 1, 2, 0
DATAGRAM_BYTES = 104  # of a datagram record, before what it carried
IS_RESPONSE, AFTER_LOSS, AT_SERVER = 1, 2, 8  # enum of conversation_fuzz.h
IS_IN_PIECES = 0x80  # of the first byte, where a target reads something else too

# Where the recordings are not called as the parser, and where its target does not read conversations in pieces.
HTTP = ("http_server", "go_server", "node_server", "flask_app", "nginx", "shapes", "chain", "epoll_server")
RECORDINGS = {"http1": HTTP, "http_refinements": HTTP, "http2": ("http2", "grpc")}


class Connection:
    """What moved over one: (is_response, what was captured, whether more followed) in order."""

    def __init__(self, role, flags):
        self.is_server = role == ROLE_SERVER
        self.is_from_start = bool(flags & FROM_START)
        self.pieces = []


def records_of(path):
    with open(path, "rb") as file:
        raw = file.read()
    at = 24
    while at + 16 <= len(raw):
        kind, _, size = struct.unpack_from("<HHI", raw, at)
        yield kind, raw[at:at + size]
        at += (size + 7) & ~7


def connections_of(path):
    """The connections of a recording (bpf/shared/record.h has the layout)."""
    known = {}
    for kind, record in records_of(path):
        connection = struct.unpack_from("<Q", record, 16)[0] if len(record) >= 24 else 0
        if kind == RECORD_OPEN:
            known[connection] = Connection(record[85], record[86])
        elif kind == RECORD_SEGMENT and connection in known:
            length, captured = struct.unpack_from("<II", record, 72)
            direction, flags = record[84], record[86]
            if not flags & IS_TAIL:
                is_response = (direction == RECEIVE) != known[connection].is_server
                known[connection].pieces.append((is_response, record[88:88 + captured], length > captured))
    return [connection for connection in known.values() if connection.pieces]


def pieces_seed(connection, pieces, is_from_start):
    """As conversation_fuzz reads it: of each piece what it is and its length; of odd inputs the start was seen."""
    seed, is_lost = b"", set()
    for is_response, piece, is_cut in pieces:
        what = (IS_RESPONSE if is_response else 0) | (AFTER_LOSS if is_response in is_lost else 0)
        if not seed:
            what |= IS_IN_PIECES | (AT_SERVER if connection.is_server else 0)
        is_lost.discard(is_response)
        if is_cut:
            is_lost.add(is_response)
        seed += struct.pack(">BH", what, len(piece)) + piece
    return seed + b"\0" * (1 if len(seed) % 2 != is_from_start else 2)


def conversation_seeds(connection):
    """Whole if it fits, otherwise stretch by stretch."""
    stretch, size, is_from_start = [], 0, connection.is_from_start
    for piece in connection.pieces:
        if stretch and size + len(piece[1]) + 3 > MAX_SEED_BYTES - 2:
            yield pieces_seed(connection, stretch, is_from_start)
            stretch, size, is_from_start = [], 0, False
        stretch.append(piece)
        size += len(piece[1]) + 3
    yield pieces_seed(connection, stretch, is_from_start)


def sql_seeds():
    """Statements of the cases, each with the byte that names its dialect."""
    dialects = {"generic": 0, "postgresql": 1, "mysql": 2, "cassandra": 3}  # enum sql_dialect
    for path in glob.glob(os.path.join(ROOT, "tests/unit/agent/protocols/sql/*_cases.tsv")):
        with open(path, encoding="utf-8") as file:
            for line in file:
                columns = line.rstrip("\n").split("\t")
                dialect = columns[0].partition("+")[0]
                if dialect in dialects and len(columns) > 1:
                    yield bytes([dialects[dialect] | (4 if "+cut" in columns[0] else 0)]) + columns[1].encode()


def stream_seeds(connection):
    """HTTP/1, FastCGI: a byte of choices and what one side sent at once."""
    for number, (_, piece, _) in enumerate(connection.pieces):
        yield bytes([number & 3]) + piece


def exchange_seeds(connection):
    """Refinements of HTTP: a byte of choices, the request and its answer, divided by a zero."""
    for one, two in zip(connection.pieces, connection.pieces[1:]):
        if not one[0] and two[0]:
            yield bytes([connection.is_server]) + one[1] + b"\0" + two[1]


def datagram_seeds(path):
    """DNS: what went in one datagram."""
    for kind, record in records_of(path):
        if kind == RECORD_DATAGRAM:
            yield record[DATAGRAM_BYTES:]


def record_seeds(path):
    """fuzz_event_decoder: records of one connection as they lay in the ring, each behind its size."""
    seeds = {}
    for kind, record in records_of(path):
        if kind in (RECORD_OPEN, RECORD_SEGMENT, RECORD_END):
            size = len(record)
            seed = seeds.setdefault(record[16:24], bytearray())
            if size < 1 << 14 and len(seed) + size < 2 * MAX_SEED_BYTES:
                seed += bytes([size & 0xff, size >> 8 & 1 | size >> 7 & 0x7c]) + record
    return [bytes(seed) for seed in seeds.values()]


SHAPES = {"http1": stream_seeds, "fastcgi": stream_seeds, "http_refinements": exchange_seeds}


def seeds_of(parser):
    recordings = os.path.join(ROOT, "tests/replay/recordings")
    if parser == "event_decoder":
        return [seed for path in sorted(glob.glob(recordings + "/*.rec")) for seed in record_seeds(path)]
    names = RECORDINGS.get(parser, (parser,))
    paths = [path for path in (os.path.join(recordings, name + ".rec") for name in names) if os.path.exists(path)]
    shape = SHAPES.get(parser, conversation_seeds)
    seeds = [seed for path in paths for connection in connections_of(path) for seed in shape(connection)]
    if parser == "dns":
        seeds += [seed for path in paths for seed in datagram_seeds(path)]
    return seeds + list(sql_seeds() if parser == "sql_text" else ())


def sources_of(parser):
    with open(os.path.join(ROOT, f"tests/fuzz/fuzz_{parser}.c"), encoding="utf-8") as file:
        patterns = " ".join(re.findall(r"^// fuzz-sources: (.*)", file.read(), re.M)).split()
    return [path for pattern in patterns if not pattern.startswith(("agent/base/", "agent/model/"))
            for path in sorted(glob.glob(os.path.join(ROOT, pattern)))]


def words_of(parser):
    """The words of string literals: what a parser compares with, and would take chance very long to hit upon."""
    words = set()
    for path in sources_of(parser):
        with open(path, encoding="utf-8") as file:
            code = re.sub(r"/\*.*?\*/|^#include.*?$", "", file.read(), flags=re.S | re.M)
        for literal in re.findall(r'"((?:[^"\\\n]|\\.)*)"', code):
            text = literal.encode().decode("unicode_escape").encode("latin-1")
            words.update(word for word in (text, *text.split()) if 1 < len(word) <= MAX_WORD_BYTES and b"%" not in word)
    return sorted(words)


def write_seeds(parser, folder):
    os.makedirs(folder + "/seeds", exist_ok=True)
    for number, seed in enumerate(seeds_of(parser)):
        with open(f"{folder}/seeds/{number:04}", "wb") as file:
            file.write(seed)
    words = words_of(parser)
    if not words:  # libFuzzer takes an empty one for a mistake
        return
    with open(folder + "/dictionary", "w", encoding="ascii") as file:
        for word in words:
            file.write('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n')


if __name__ == "__main__":
    write_seeds(sys.argv[1], sys.argv[2])
