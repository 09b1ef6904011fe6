/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Every bound that the kernel side and the agent must agree on, with its reason. */
#ifndef SHARED_LIMITS_H
#define SHARED_LIMITS_H

/* Most payload one segment record can carry: the verifier needs a constant, the ring a bound. */
#define MAX_CAPTURE_BYTES 16384

/* Smallest useful cap: a start line and a few headers. */
#define MIN_CAPTURE_BYTES 64

/* iovec entries looked at per call; more would cost verifier steps, and heads live in the first
 * few. */
#define MAX_IOVECS 6

/* Messages of one sendmmsg or recvmmsg whose length is added up; more are counted as
 * DROP_MMSG_TAIL. */
#define MAX_MMSGS 16

/* sun_path of sockaddr_un. */
#define MAX_UNIX_PATH 108

/* TASK_COMM_LEN of the kernel. */
#define TASK_NAME_BYTES 16

/* The last bytes of a body segment that go up in heads mode, enough to see the end of a chunked
 * body. */
#define TAIL_BYTES       16
#define LAST_CHUNK_BYTES 5 /* "0\r\n\r\n" */

/*
 * A send of at most this much counts as handed over when it began: its receiver may act on it
 * before the call returns. A larger one may block half-way and counts as handed over when it
 * returned.
 */
#define MAX_HANDOVER_BYTES 65536

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

/* Of glibc's abort message. */
#define ABORT_MESSAGE_BYTES 256

/* C libraries whose abort message the programs can find at once. */
#define MAX_ABORT_PLACES 8

/* The trail of a process: what it did last. */
#define TRAIL_CALLS        16
#define TRAIL_PIECES       8
#define STDERR_PIECE_BYTES 256

/* SHA-1 is 20; nobody uses more. */
#define MAX_BUILD_ID_BYTES 20

#endif
