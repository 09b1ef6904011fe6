/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * One sample of the profiler: the current thread's user registers and a copy of its stack. Pages
 * first, then the sample that says how many there are. A stack ends at the first page that cannot
 * be read: at this rate the lost tail of a sparse one is not worth many failed reads.
 */
#ifndef LIB_PROFILE_SAMPLE_H
#define LIB_PROFILE_SAMPLE_H

#include "lib/execution_context.bpf.h"
#include "lib/python_sample.bpf.h"
#include "lib/stack_page.bpf.h"
#include "lib/user_registers.bpf.h"
#include "maps/profile_rings.bpf.h"
#include "shared/profile_record.h"

/* What the sample is of. */
struct sample_reason {
	__u64 blocked_ns; /* 0: it ran */
	__s32 system_call;
	__u32 reserved;
};

static __always_inline void profile_sample_registers(struct profile_sample_record *record,
						     struct task_struct *task)
{
	struct pt_regs *regs = current_user_registers();

	__builtin_memset(record->registers, 0, sizeof(record->registers));
	if (user_registers_are_compat(regs))
		record->flags |= SAMPLE_IS_COMPAT;
	record->registers[REGISTER_PC] = user_registers_pc(regs);
	if (!BPF_CORE_READ(task, mm)) { /* it is ending, in the kernel */
		record->flags |= SAMPLE_HAS_NO_STACK;
	} else if (task_is_dumpable(task)) {
		user_registers_read(record->registers, regs);
	} else {
		record->flags |= SAMPLE_IS_NOT_DUMPABLE;
	}
}

static __always_inline void profile_sample_fill(struct profile_sample_record *record,
						const struct sample_reason *reason)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 thread = bpf_get_current_pid_tgid();
	__u64 now_ns = bpf_ktime_get_ns();

	emit_fill_header(&record->header, RECORD_PROFILE_SAMPLE, sizeof(*record), now_ns);
	record->flags = reason->blocked_ns ? SAMPLE_IS_OFF_CPU : 0;
	profile_sample_registers(record, task);
	record->process_start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record->context_kind = execution_context_of(thread, &record->context);
	record->blocked_ns = reason->blocked_ns;
	record->system_call = reason->system_call;
	record->tgid = thread >> 32;
	record->tid = (__u32)thread;
	record->serial = (__u32)now_ns;
	record->kernel_frames_count = 0;
	record->python_frames_count = 0;
	record->pages_copied = 0;
	record->pages_lost = 0;
	__builtin_memset(record->kernel_frames, 0, sizeof(record->kernel_frames));
	__builtin_memset(record->python_frames, 0, sizeof(record->python_frames));
	bpf_get_current_comm(record->name, sizeof(record->name));
}

/* Counters live in the record, where the verifier does not follow them. */
static __always_inline void profile_sample_copy_stack(struct profile_sample_record *record)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct page_owner owner = {record->header.time_ns, record->tgid, record->tid,
				   record->serial, RECORD_PROFILE_PAGE};
	__u64 sp = record->registers[REGISTER_SP], address = sp & PAGE_MASK;
	__u64 end = stack_page_end(sp, BPF_CORE_READ(task, mm, start_stack));
	enum page_result result = PAGE_COPIED;

	for (__u32 i = 0; i < MAX_SAMPLE_PAGES; i++) {
		if (address >= end || i >= settings.sample_pages)
			break;
		result = stack_page_copy(&profile_pages, &owner, address);
		if (result != PAGE_COPIED)
			break;
		counter(record->pages_copied)++;
		address += STACK_PAGE_BYTES;
	}
	if (result == PAGE_HAS_NO_ROOM) {
		drops_count(DROP_PROFILE_PAGES_FULL);
		record->pages_lost = 1;
	} else if (counter(record->pages_copied) == 0 &&
		   registers_are_executing(current_user_registers())) {
		record->flags |= SAMPLE_HAS_NO_STACK;
	} else if (counter(record->pages_copied) == 0) {
		drops_count(DROP_PROFILE_STACK_UNREADABLE);
	} else if (result == PAGE_COPIED && address < end && stack_page_is_readable(address)) {
		record->flags |= SAMPLE_IS_TRUNCATED;
	}
}

/* NULL: nothing to sample (kernel threads that work for the process have no user side), or no room,
 * which is counted. */
static __always_inline struct profile_sample_record *profile_sample_begin(
	const struct sample_reason *reason)
{
	struct profile_sample_record *record;

	if (!user_registers_pc(current_user_registers()))
		return NULL;
	record = bpf_ringbuf_reserve(&profile_samples, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_PROFILE_RING_FULL);
		return NULL;
	}
	profile_sample_fill(record, reason);
	return record;
}

static __always_inline void profile_sample_end(struct profile_sample_record *record)
{
	__u64 waiting;

	if (!(record->flags & (SAMPLE_IS_NOT_DUMPABLE | SAMPLE_IS_COMPAT | SAMPLE_HAS_NO_STACK))) {
		profile_sample_copy_stack(record);
		python_sample_frames(record);
	}
	waiting = bpf_ringbuf_query(&profile_samples, BPF_RB_AVAIL_DATA);
	bpf_ringbuf_submit(record, waiting >= settings.profile_wakeup_bytes ? BPF_RB_FORCE_WAKEUP
									    : BPF_RB_NO_WAKEUP);
}

#endif
