/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Reads of Go's crypto/tls under way. Key: goroutine (the address of its g) and process: it may go
 * on in another thread. Value: the call; over when conn is 0. Programs add at a goroutine's first
 * call; its entry is used again by whoever gets the g. Full: the oldest goes, and what its call
 * moves counts as unbound.
 */
#ifndef MAPS_TLS_CALLS_H
#define MAPS_TLS_CALLS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct tls_call_key {
	__u64 goroutine;
	__u64 tgid;
};

struct tls_call {
	__u64 conn;        /* *tls.Conn */
	__u64 depth;       /* of the call's frame below the top of the stack, which may move */
	__u64 buffer;      /* an address, or how far below the top of the stack */
	__u64 socket;      /* 0: not known */
	__u64 is_on_stack; /* the buffer */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct tls_call_key);
	__type(value, struct tls_call);
} tls_calls __weak SEC(".maps");

/* What a new entry is made of. Defined in probes/globals.bpf.c. */
extern const volatile __u8 no_tls_call[sizeof(struct tls_call)];

#endif
