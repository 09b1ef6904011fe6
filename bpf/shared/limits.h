/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Every bound that the kernel side and the agent must agree on, with its reason. */
#ifndef SHARED_LIMITS_H
#define SHARED_LIMITS_H

/* Most payload one segment record can carry: the verifier needs a constant, the ring a bound. */
#define MAX_CAPTURE_BYTES 16384

/* Smallest useful cap: a start line and a few headers. */
#define MIN_CAPTURE_BYTES 64

/* iovec entries kept of a call; more would cost stack, and heads live in the first few. */
#define MAX_IOVECS 4

/* The same of what a program prints: it is not looked up later. */
#define MAX_OUTPUT_IOVECS 6

/* Behind these, entries that are looked up one by one when bytes are copied: gRPC's C core writes a
 * frame in several pieces, and up to 260 in one call; the verifier walks them all. */
#define MAX_MORE_IOVECS 254

/* Messages of one sendmmsg or recvmmsg whose length is added up; more are counted as
 * DROP_MMSG_TAIL. */
#define MAX_MMSGS 16

/* sun_path of sockaddr_un. */
#define MAX_UNIX_PATH 108

/*
 * The longest path told of a program, the longest name in it (NAME_MAX), and how many names and
 * mounts are gone up for it: the verifier walks them all. A name is written before it is known to
 * fit.
 */
#define MAX_PROGRAM_PATH 512
#define MAX_PATH_NAME    255
#define MAX_PATH_STEPS   32

/* TASK_COMM_LEN of the kernel. */
#define TASK_NAME_BYTES 16

/* The last bytes of a body segment that go up in heads mode, enough to see the end of a chunked
 * body. */
#define TAIL_BYTES       16
#define LAST_CHUNK_BYTES 5 /* "0\r\n\r\n" */

/* The last bytes of a longer segment that go up with its first ones, where every segment does. */
#define STREAM_TAIL_BYTES 256

/* How often undecided_bytes may begin anew because the agent has not seen the last ones. */
#define MAX_UNDECIDED_RENEWALS 16

/* Of a turn whose beginning may show what a connection speaks that was joined midway. */
#define TURN_BYTES 512

/* Segments of a connection with no protocol yet that wake the agent at once, so that it learns of
 * the mode before undecided_bytes are used up. */
#define EARLY_WAKES 2

/*
 * A send of at most this much counts as handed over when it began: its receiver may act on it
 * before the call returns. A larger one may block half-way and counts as handed over when it
 * returned.
 */
#define MAX_HANDOVER_BYTES 65536

/* A TLS call that moved more has a result we do not understand. */
#define MAX_TLS_CALL_BYTES 0x7fffffff

/* Buckets of the "is this task traced?" filter, a power of two (bpf/lib/process_filter.bpf.h). */
#define FILTER_BUCKETS 16384

/* What a stack is copied in: the smallest unit that is readable or not as a whole. */
#define STACK_PAGE_BYTES 4096

/* Attempts per thread: pages of large frames may never have been touched. */
#define MAX_STACK_ATTEMPTS 96

/* Unreadable pages in a row after which a stack counts as ended. */
#define MAX_STACK_GAP 16

/* Most pages of one thread (setting crash.stack_bytes). */
#define MAX_STACK_PAGES 64

/* Most pages of one sample of the profiler (setting profile.stack_bytes). */
#define MAX_SAMPLE_PAGES 16

/* Of Python's frames in a sample, those that stand for a call from C counted. */
#define MAX_PYTHON_SAMPLES 64

/* Of the kernel's own frames in a sample. */
#define MAX_KERNEL_FRAMES 24

/* Of glibc's abort message. */
#define ABORT_MESSAGE_BYTES 256

/* C libraries whose abort message the programs can find at once. */
#define MAX_ABORT_PLACES 8

/* The trail of a process: what it did last. */
#define TRAIL_CALLS        16
#define TRAIL_PIECES       8
#define STDERR_PIECE_BYTES 256

/* Output of a program is looked at in its first bytes, and goes up in chunks. */
#define OUTPUT_SCAN_BYTES      512
#define OUTPUT_CHUNK_BYTES     4096
#define MAX_OUTPUT_WRITE_BYTES 65536 /* of one write; what is beyond is not looked at */
/* A stream: a thread's output since a marker was seen in it. */
#define OUTPUT_STREAM_BYTES 65536
#define OUTPUT_STREAM_NS    2000000000ULL

/* Of a write that is longer and begins with too much source: its last bytes, which go up. */
#define OUTPUT_END_BYTES 16384
/* Of small writes before a stream, where they are kept: at least so much, and twice that at most.
 * A write that is larger than half of it has no business among them. */
#define OUTPUT_TAIL_BYTES    1024
#define MAX_TAIL_WRITE_BYTES (OUTPUT_TAIL_BYTES / 2)
#define OUTPUT_TAIL_NS       1000000000ULL /* of silence, after which they are old */

/* Lines of source before the line of a frame, and after it. */
#define MAX_CONTEXT_LINES 10

/* SHA-1 is 20; nobody uses more. */
#define MAX_BUILD_ID_BYTES 20

#endif
