/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* A fork and a program, told to who decides about processes (agent/discovery); a program once more
 * when it crashes, for an agent that came later and finds it gone. Nobody is woken: the agent reads
 * this ring before it decides. The times are those of the records in `events`. */
#ifndef LIB_BEGINNINGS_H
#define LIB_BEGINNINGS_H

#include "lib/emit.bpf.h"
#include "lib/executable_path.bpf.h"
#include "maps/beginnings.bpf.h"

static __always_inline bool beginnings_are_wanted(void)
{
	return settings.trace_all && executables_matter;
}

static __always_inline void begin_record(struct process_began_record *record, __u32 size,
					 __u64 now_ns, __u32 tgid, __u32 parent_tgid)
{
	emit_fill_header(&record->header, RECORD_PROCESS_BEGAN, size, now_ns);
	record->tgid = tgid;
	record->parent_tgid = parent_tgid;
	record->path_offset = 0;
	record->path_size = 0;
	record->is_dying = 0;
}

/* The last quarter is for who falls: while no agent reads, nobody else can say who that was. */
static __always_inline struct process_began_record *reserve_beginning(__u32 size, bool is_dying)
{
	struct process_began_record *record = NULL;

	if (is_dying || bpf_ringbuf_query(&beginnings, BPF_RB_AVAIL_DATA) <=
				bpf_ringbuf_query(&beginnings, BPF_RB_RING_SIZE) / 4 * 3)
		record = bpf_ringbuf_reserve(&beginnings, size, 0);
	if (!record)
		drops_count(DROP_RING_FULL);
	return record;
}

static __always_inline void beginnings_tell_fork(__u32 parent_tgid, __u32 tgid, __u64 now_ns)
{
	struct process_began_record *record;

	if (!beginnings_are_wanted())
		return;
	record = reserve_beginning(sizeof(*record), false);
	if (!record)
		return;
	begin_record(record, sizeof(*record), now_ns, tgid, parent_tgid);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

static __always_inline void beginnings_tell_program(struct task_struct *task, __u32 tgid,
						    __u64 now_ns, bool is_dying)
{
	struct process_began_record *record;

	if (!beginnings_are_wanted())
		return;
	record = reserve_beginning(MAX_PROCESS_BEGAN_BYTES, is_dying);
	if (!record)
		return;
	begin_record(record, MAX_PROCESS_BEGAN_BYTES, now_ns, tgid, 0);
	record->is_dying = is_dying;
	if (executable_path_read(record, task))
		bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	else
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
}

#endif
