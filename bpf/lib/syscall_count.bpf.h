/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Counting system calls: how many, how long, with which errors. Atomic, though per CPU: newer
 * kernels run these programs preemptible. */
#ifndef LIB_SYSCALL_COUNT_H
#define LIB_SYSCALL_COUNT_H

#include "lib/process_filter.bpf.h"
#include "lib/syscall_arguments.bpf.h"
#include "maps/syscall_counts.bpf.h"

#define LAST_ERROR                                                                                 \
	511 /* beyond lie the kernel's own: the call is made again, nobody sees it fail */

static __always_inline void syscall_count_begin(__u32 tid, long number)
{
	struct syscall_begin begin = {bpf_ktime_get_ns(), number};

	bpf_map_update_elem(&syscall_begins, &tid, &begin, BPF_ANY);
}

static __always_inline struct syscall_totals *find_totals(__u32 number)
{
	struct syscall_totals *totals = bpf_map_lookup_elem(&syscall_counts, &number);
	struct syscall_totals nothing = {};

	if (totals)
		return totals;
	bpf_map_update_elem(&syscall_counts, &number, &nothing, BPF_NOEXIST);
	return bpf_map_lookup_elem(&syscall_counts, &number);
}

static __always_inline void count_error(__u32 number, __u32 error)
{
	struct syscall_error_key key = {number, error};
	__u64 *count = bpf_map_lookup_elem(&syscall_errors, &key), one = 1;

	if (count)
		__sync_fetch_and_add(count, 1);
	else if (bpf_map_update_elem(&syscall_errors, &key, &one, BPF_NOEXIST) < 0)
		drops_count(DROP_SYSCALLS_FULL);
}

/* number: as the registers have it; what the begin said counts more. */
static __always_inline void syscall_count_end(__u32 tid, long number, long ret)
{
	struct syscall_begin *begin = bpf_map_lookup_elem(&syscall_begins, &tid);
	struct syscall_totals *totals;
	__u64 duration_ns;

	if (begin)
		number = begin->number;
	totals = find_totals(number);
	if (!totals) {
		drops_count(DROP_SYSCALLS_FULL);
		return;
	}
	__sync_fetch_and_add(&totals->count, 1);
	if (begin) {
		duration_ns = bpf_ktime_get_ns() - begin->time_ns;
		__sync_fetch_and_add(&totals->total_ns, duration_ns);
		if (duration_ns > totals->max_ns)
			totals->max_ns = duration_ns;
		bpf_map_delete_elem(&syscall_begins, &tid);
	}
	if (ret < 0 && ret >= -LAST_ERROR) {
		__sync_fetch_and_add(&totals->errors, 1);
		count_error(number, -ret);
	}
}

#endif
