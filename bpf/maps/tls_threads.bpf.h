/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Threads that use a TLS library. Key: process id << 32 | thread id. Value: the call the thread is
 * in, the last socket it received TLS on, and room to put a segment together: a program on a
 * function of a program has no stack for it, and a thread's own entry nobody else writes.
 * Programs add at the first call or TLS record received, the end of the thread deletes. Full: the
 * oldest goes.
 */
#ifndef MAPS_TLS_THREADS_H
#define MAPS_TLS_THREADS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/record.h"

#define TLS_WORK_WORDS 44

struct tls_thread {
	__u64 session; /* the library's object, while a call on it is under way; else 0 */
	__u64 buffer;  /* of the call; 0: it moves no plaintext */
	__u64 size_at; /* where the call leaves the size; 0: it returns it */
	__u64 start_ns;
	__u64 socket;        /* of the session; 0: not known yet */
	__u64 received;      /* socket of a TLS record that no session has claimed; 0: none */
	__u64 last_received; /* socket received on last, if it carries TLS */
	__u64 mark;          /* first bytes of the plaintext that waits, and where they are */
	__u64 mark_at;
	__u32 waiting; /* size of plaintext that was given to the library and is not sent yet */
	__u8 direction;
	__u8 received_type;  /* of that record */
	__u8 is_from_start;  /* the session's plaintext is known from its first byte */
	__u8 is_doubtful;    /* the session may be something else than TLS */
	__u8 is_own_session; /* it claims no record by being used */
	__u8 has_vectors;    /* where the bytes lie is in `work` already */
	__u8 reserved[6];
	__u64 work[TLS_WORK_WORDS]; /* struct tls_work of lib/tls_capture.bpf.h */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct tls_thread);
} tls_threads __weak SEC(".maps");

/* What a new entry is made of: too large for a stack. Defined in probes/globals.bpf.c. */
extern const volatile __u8 no_tls[sizeof(struct tls_thread)];

#endif
