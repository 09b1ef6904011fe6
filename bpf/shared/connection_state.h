/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Value of the kernel's connection table, read by the agent to learn how far a body has come. */
#ifndef SHARED_CONNECTION_STATE_H
#define SHARED_CONNECTION_STATE_H

struct connection_state {
	__u64 connection;
	__u64 inode;       /* of the socket: tells a reused kernel address from the same socket */
	__u64 position[2]; /* records tell of less while another's is to come: */
	__u64 told_position[2];
	__u64 told_ns[2];
	__u32 undecided_left;
	__u32 undecided_end;  /* where the ring was when that was used up first; 0: it never was */
	__u16 turn_captured;  /* bytes of the present turn that went up */
	__u8 early_wakes : 3; /* that are left */
	__u8 renewals : 5;    /* of undecided_left */
	__u8 has_tls;         /* a session of a TLS library reads and writes it */
	__u8 mode;
	__u8 last_direction; /* 2: none yet */
	__u8 role;
	__u8 is_head_complete; /* HEAD_... of lib/capture_plan.bpf.h */
};

_Static_assert(sizeof(struct connection_state) == 80, "map layout");

#endif
