/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* "Is this task traced?": asked first by every program. A few instructions for everybody who is
 * not. */
#ifndef LIB_PROCESS_FILTER_H
#define LIB_PROCESS_FILTER_H

#include "lib/program_settings.bpf.h"
#include "maps/drops.bpf.h"
#include "maps/ignored_processes.bpf.h"
#include "maps/traced_processes.bpf.h"

/* In whole-host mode the buckets count who is ignored, else who is traced. */
static __always_inline bool process_is_traced(__u32 tgid)
{
	bool has_entry = filter_buckets[tgid & (FILTER_BUCKETS - 1)];

	if (settings.trace_all)
		return tgid != settings.agent_tgid &&
		       (!has_entry || !bpf_map_lookup_elem(&ignored_processes, &tgid));
	return has_entry && bpf_map_lookup_elem(&traced_processes, &tgid);
}

static __always_inline __u32 process_ignored_for(__u32 tgid)
{
	__u32 *reason;

	if (tgid == settings.agent_tgid)
		return IGNORED_AS_OURS;
	reason = bpf_map_lookup_elem(&ignored_processes, &tgid);
	return reason ? *reason : 0;
}

static __always_inline __u32 process_flags(__u32 tgid)
{
	__u32 *flags = bpf_map_lookup_elem(&traced_processes, &tgid);

	return flags ? *flags : 0;
}

static __always_inline void filter_add(void *map, __u32 tgid, __u32 value)
{
	if (bpf_map_update_elem(map, &tgid, &value, BPF_NOEXIST) == 0)
		__sync_fetch_and_add(&filter_buckets[tgid & (FILTER_BUCKETS - 1)], 1);
	else if (!bpf_map_lookup_elem(map, &tgid))
		drops_count(DROP_PROCESSES_FULL);
}

static __always_inline void filter_remove(void *map, __u32 tgid)
{
	if (bpf_map_delete_elem(map, &tgid) == 0)
		__sync_fetch_and_add(&filter_buckets[tgid & (FILTER_BUCKETS - 1)], -1);
}

/* A process that is traced has a child. In whole-host mode the table holds flags alone. */
static __always_inline void process_add(__u32 tgid, __u32 flags)
{
	if (!settings.trace_all)
		filter_add(&traced_processes, tgid, flags);
	else if (flags)
		bpf_map_update_elem(&traced_processes, &tgid, &flags, BPF_ANY);
}

static __always_inline void process_remove(__u32 tgid)
{
	if (!settings.trace_all)
		filter_remove(&traced_processes, tgid);
	else if (flags_in_use)
		bpf_map_delete_elem(&traced_processes, &tgid);
}

static __always_inline void process_ignore(__u32 tgid, __u32 reason)
{
	filter_add(&ignored_processes, tgid, reason);
}

static __always_inline void process_heed(__u32 tgid)
{
	filter_remove(&ignored_processes, tgid);
}

#endif
