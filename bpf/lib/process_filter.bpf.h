/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* "Is this task traced?": asked first by every program. A few instructions for everybody who is
 * not. */
#ifndef LIB_PROCESS_FILTER_H
#define LIB_PROCESS_FILTER_H

#include "lib/program_settings.bpf.h"
#include "maps/drops.bpf.h"
#include "maps/traced_processes.bpf.h"

static __always_inline bool process_is_traced(__u32 tgid)
{
	if (settings.trace_all)
		return tgid != settings.agent_tgid;
	if (!filter_buckets[tgid & (FILTER_BUCKETS - 1)])
		return false;
	return bpf_map_lookup_elem(&traced_processes, &tgid) != NULL;
}

static __always_inline __u32 process_flags(__u32 tgid)
{
	__u32 *flags = bpf_map_lookup_elem(&traced_processes, &tgid);

	return flags ? *flags : 0;
}

static __always_inline void process_add(__u32 tgid, __u32 flags)
{
	if (bpf_map_update_elem(&traced_processes, &tgid, &flags, BPF_NOEXIST) == 0)
		__sync_fetch_and_add(&filter_buckets[tgid & (FILTER_BUCKETS - 1)], 1);
	else if (!bpf_map_lookup_elem(&traced_processes, &tgid))
		drops_count(DROP_PROCESSES_FULL);
}

static __always_inline void process_remove(__u32 tgid)
{
	if (bpf_map_delete_elem(&traced_processes, &tgid) == 0)
		__sync_fetch_and_add(&filter_buckets[tgid & (FILTER_BUCKETS - 1)], -1);
}

#endif
