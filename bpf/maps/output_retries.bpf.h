/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Threads in a write whose bytes could not be read when it began: they are looked at again when it
 * returns. Key: process id << 32 | thread id. Added at the call's entry, deleted at its return;
 * full: the write counts as unreadable at once. Created only where output is looked at.
 */
#ifndef MAPS_OUTPUT_RETRIES_H
#define MAPS_OUTPUT_RETRIES_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, __u32);
	__uint(max_entries, 1024);
} output_retries __weak SEC(".maps");

/* Entries there are; 0, as nearly always: nobody need be looked for. Defined in
 * probes/globals.bpf.c. */
extern __u32 output_retries_count;

#endif
