/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Threads whose output goes up, since they wrote a marker; and how much each process has sent in
 * the present second. Keys: process id << 32 | thread id (| 1 << 31 for one write of FastCGI);
 * process id. Added by the first write with
 * a marker, over by their own time and bytes; full: the least recently used goes. Created only
 * where output is looked at.
 */
#ifndef MAPS_OUTPUT_STREAMS_H
#define MAPS_OUTPUT_STREAMS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct output_stream {
	__u64 expires_ns;
	__u32 serial;
	__u32 bytes_left;
	__u32 flags; /* enum output_flags of the next chunk that goes up */
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, struct output_stream);
	__uint(max_entries, 4096);
} output_streams __weak SEC(".maps");

struct output_budget {
	__u64 second_ns; /* when the present one began */
	__u64 bytes;     /* sent in it */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, struct output_budget);
	__uint(max_entries, 1024);
} output_budgets __weak SEC(".maps");

#endif
