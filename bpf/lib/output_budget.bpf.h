/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* How much output a process sends up per second: bounded, whatever it prints. */
#ifndef LIB_OUTPUT_BUDGET_H
#define LIB_OUTPUT_BUDGET_H

#include "lib/program_settings.bpf.h"
#include "maps/output_streams.bpf.h"

#define BUDGET_SECOND_NS 1000000000ull

/* What a process may still send in this second: takes a chunk from it. Threads race for its last
 * bytes, which may become a few more. */
static __always_inline bool output_budget_take(__u32 tgid, __u64 now_ns, __u64 size)
{
	struct output_budget *budget = bpf_map_lookup_elem(&output_budgets, &tgid);

	if (!budget) {
		struct output_budget first = {.second_ns = now_ns, .bytes = size};

		bpf_map_update_elem(&output_budgets, &tgid, &first, BPF_ANY);
		return size <= settings.output_bytes;
	}
	if (now_ns - budget->second_ns >= BUDGET_SECOND_NS && now_ns > budget->second_ns) {
		budget->second_ns = now_ns;
		budget->bytes = 0;
	}
	if (budget->bytes + size > settings.output_bytes)
		return false;
	__sync_fetch_and_add(&budget->bytes, size);
	return true;
}

#endif
