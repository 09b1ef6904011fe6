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

#endif
