/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* One transfer, as every source of bytes describes it, and what of it goes up. */
#ifndef LIB_TRANSFER_H
#define LIB_TRANSFER_H

#include "lib/user_buffer.bpf.h"

struct transfer {
	struct sock *sk;
	__u64 inode; /* of the socket, 0 when the source cannot tell */
	__u64 start_ns;
	__u64 now_ns;
	__u64 pid_tgid;
	__u32 length;
	__u32 direction;
	struct user_buffer buffer;
};

/* What of a segment goes up, decided before anything is reserved. */
struct segment_plan {
	__u64 other_position;
	__u64 other_last_ns;
	__u64 position;
	__u64 end_position;
	__u64 end_ns;
	__u64 connection;
	__u64 context;
	__u32 wanted; /* bytes to capture */
	__u32 sequence;
	__u8 flags;
	__u8 mode;
	__u8 context_kind;
	__u8 skip;      /* nothing goes up */
	__u8 is_urgent; /* the agent is woken */
	__u8 has_tail;  /* the last STREAM_TAIL_BYTES follow in a record of their own */
	__u8 reserved[2];
};

#endif
