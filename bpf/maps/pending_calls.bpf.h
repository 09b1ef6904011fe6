/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Sends in progress. Key: process id << 32 | thread id. Value: when the call began and, for the
 * fentry source, where its bytes are. Programs add at the call's begin and delete at its end or the
 * thread's. Full: the send is timed at its end instead, counted (DROP_PENDING_FULL).
 */
#ifndef MAPS_PENDING_CALLS_H
#define MAPS_PENDING_CALLS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct pending_call {
	__u64 start_ns;
	const void *from; /* user buffer, or iovec array with vectors_count > 0 */
	__u32 vectors_count;
	__u32 first_offset;     /* bytes of the first vector already used */
	__u32 peek;             /* receive only looked (MSG_PEEK): nothing moved */
	__u32 is_kernel_memory; /* the iovec array lies in kernel memory (fentry) */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, struct pending_call);
	__uint(max_entries, 8192);
} pending_calls __weak SEC(".maps");

#endif
