/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * What each traced process did last: failed calls, writes to standard error. Key: process id
 * (tgid). Added with the first of them, written in place by all threads without a lock (a torn
 * entry costs one breadcrumb), deleted at exec and with the last thread. Full: the least recently
 * used goes. Created only where trails are wanted.
 */
#ifndef MAPS_TRAILS_H
#define MAPS_TRAILS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/record.h"

struct trail_entry {
	struct crash_trail trail;
	__u8 slack[STDERR_PIECE_BYTES]; /* the verifier adds up the largest offset and size */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, struct trail_entry);
	__uint(max_entries, 1024);
} trails __weak SEC(".maps");

/* What a new entry starts as: too large for the programs' stack (probes/globals.bpf.c). */
extern const volatile __u8 no_trail[sizeof(struct trail_entry)];

#endif
