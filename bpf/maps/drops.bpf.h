/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Drop counters: one per kernel reason and CPU. Programs add, the agent sums. Never full. */
#ifndef MAPS_DROPS_H
#define MAPS_DROPS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/drop_reason.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, DROP_REASONS_KERNEL_COUNT);
} drops __weak SEC(".maps");

static __always_inline void drops_count(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&drops, &reason);

	if (count)
		__sync_fetch_and_add(count, 1);
}

#endif
