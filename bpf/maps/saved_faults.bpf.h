/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The last fault each thread has a handler for: what is reported when the process dies of it. Key:
 * process id << 32 | thread id. Added at the fault, deleted with the thread or when another one
 * ends it. Full: the least recently used goes.
 */
#ifndef MAPS_SAVED_FAULTS_H
#define MAPS_SAVED_FAULTS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/record.h"

enum fault_handlers {
	FAULT_HANDLER_NESTS = 1, /* the signal is not blocked while it runs (SA_NODEFER) */
	FAULT_HANDLER_IS_GO = 2, /* it returns, and the program fails or recovers after it */
};

struct saved_fault {
	struct crash_thread_record record; /* as it went up, or will when the thread dies of it */
	__u32 is_sent;
	__u32 handler; /* enum fault_handlers */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, struct saved_fault);
	__uint(max_entries, 1024);
} saved_faults __weak SEC(".maps");

/* What a new entry starts as: too large for the programs' stack (probes/globals.bpf.c). */
extern const volatile __u8 no_fault[sizeof(struct saved_fault)];

#endif
