/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The end of threads and processes: how it ended, and what it did last when that was bad. */
#ifndef LIB_PROCESS_DEATH_H
#define LIB_PROCESS_DEATH_H

#include "lib/crash_capture.bpf.h"
#include "maps/crashing_processes.bpf.h"
#include "maps/dead_processes.bpf.h"
#include "maps/trails.bpf.h"

#define SIGNAL_GROUP_EXIT 4 /* include/linux/sched/signal.h */

/* As wait(2) will say it. */
static __always_inline __u32 exit_code_of(struct task_struct *task)
{
	if (BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT)
		return BPF_CORE_READ(task, signal, group_exit_code);
	return task->exit_code;
}

/* Before 5.17 the only thread of a process ends it without the flag. */
static __always_inline bool ends_process(struct task_struct *task)
{
	return (BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT) ||
	       BPF_CORE_READ(task, signal, live.counter) == 0;
}

#define SIGNAL_BITS    0x7f
#define GO_STATUS      2          /* runtime.fatalpanic */
#define NEAREST_BYTES  900        /* less than any signal's frame takes */
#define FARTHEST_BYTES (1u << 20) /* a handler and all it calls */

/*
 * Is the fault's handler still running? While it does the signal is blocked, unless the handler
 * wished otherwise: then it is below the fault on the same stack. A handler that returned, or
 * jumped out, has survived the fault. Go's always returns and panics then, maybe on another thread;
 * uncaught, that has a status of its own.
 */
static __always_inline bool is_in_handling(const struct saved_fault *fault,
					   struct task_struct *task, __u32 exit_code)
{
	__u64 fault_sp = fault->record.registers[REGISTER_SP];
	__u64 sp, below;

	/* Killed by a signal: whether the fault led to it is for the agent to say. */
	if (exit_code & SIGNAL_BITS)
		return true;
	if (fault->handler & FAULT_HANDLER_IS_GO)
		return exit_code == GO_STATUS << 8;
	if (BPF_CORE_READ(task, blocked.sig[0]) & 1ull << ((fault->record.signal - 1) & 63))
		return true;
	if (!(fault->handler & FAULT_HANDLER_NESTS))
		return false;
	sp = user_registers_sp(current_user_registers());
	below = fault_sp - sp;
	return (below > NEAREST_BYTES && below < FARTHEST_BYTES) ||
	       sp - BPF_CORE_READ(task, sas_ss_sp) < BPF_CORE_READ(task, sas_ss_size);
}

/* A thread that ends the process while a fault of its own is in handling: it died of that. One that
 * was killed has no saved fault any more. */
static __always_inline void process_death_end_thread(struct task_struct *task)
{
	__u32 tgid = task->tgid;
	__u64 thread = (__u64)tgid << 32 | (__u32)task->pid;
	struct crashing_process *process = bpf_map_lookup_elem(&crashing_processes, &tgid);
	struct saved_fault *fault;

	/* Without an entry it never had a fault. */
	if (!process)
		return;
	fault = recent_fault(bpf_ktime_get_ns());
	if (fault && ends_process(task) && is_in_handling(fault, task, exit_code_of(task))) {
		if (!process->fault_tid)
			process->fault_tid = task->pid;
		if (!fault->is_sent)
			send_saved_fault(fault);
	}
	if (!fault && !process->fault_tid && ends_process(task) &&
	    exit_code_of(task) == GO_STATUS << 8 &&
	    bpf_ktime_get_ns() - process->go_fault_ns < FAULT_LIFE_NS)
		process->fault_tid = process->go_fault_tid;
	bpf_map_delete_elem(&saved_faults, &thread);
}

#define ALREADY_THERE (-17) /* -EEXIST */

/* Before 6.16 two last threads may each find that none is left; the one that comes later may find
 * the other reaped already, so that how many are left says nothing. No room: told twice is better
 * than never. */
static __always_inline bool process_death_is_first(struct task_struct *task)
{
	struct dead_process dead = {
		.start_ns = task->group_leader->start_boottime,
		.tgid = task->tgid,
	};
	__u8 told = 1;

	/* Before 6.4 maps answer with an int: the upper half of the register is not its sign. */
	return (int)bpf_map_update_elem(&dead_processes, &dead, &told, BPF_NOEXIST) !=
	       ALREADY_THERE;
}

static __always_inline void tell_trail(struct task_struct *task)
{
	__u32 tgid = task->tgid;
	struct trail_entry *trail = bpf_map_lookup_elem(&trails, &tgid);
	struct crash_trail_record *record;

	if (!trail)
		return;
	record = bpf_ringbuf_reserve(&crash_records, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_CRASH_RING_FULL);
		return;
	}
	emit_fill_header(&record->header, RECORD_CRASH_TRAIL, sizeof(*record), bpf_ktime_get_ns());
	record->process_start_ns = task->group_leader->start_boottime;
	record->tgid = tgid;
	record->reserved = 0;
	bpf_probe_read_kernel(&record->trail, sizeof(record->trail), &trail->trail);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

static __always_inline __u32 take_fault_tid(__u32 tgid)
{
	struct crashing_process *process = bpf_map_lookup_elem(&crashing_processes, &tgid);
	__u32 fault_tid = process ? process->fault_tid : 0;

	if (process)
		bpf_map_delete_elem(&crashing_processes, &tgid);
	return fault_tid;
}

/* While no agent reads, ends like any other must not take the last room of those that are crashes.
 */
static __always_inline bool has_room(__u32 exit_code, __u32 fault_tid)
{
	return (exit_code & SIGNAL_BITS) || fault_tid ||
	       bpf_ringbuf_query(&crash_records, BPF_RB_AVAIL_DATA) <=
		       bpf_ringbuf_query(&crash_records, BPF_RB_RING_SIZE) / 2;
}

static __always_inline void tell_death(struct task_struct *task, __u32 exit_code, __u32 fault_tid)
{
	struct process_death_record *record = NULL;

	if (has_room(exit_code, fault_tid))
		record = bpf_ringbuf_reserve(&crash_records, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_CRASH_RING_FULL);
		return;
	}
	emit_fill_header(&record->header, RECORD_PROCESS_DEATH, sizeof(*record),
			 bpf_ktime_get_ns());
	record->process_start_ns = task->group_leader->start_boottime;
	record->tgid = task->tgid;
	record->tid = task->pid;
	record->exit_code = exit_code;
	record->uid = task->cred->uid.val;
	record->fault_tid = fault_tid;
	record->is_oom = BPF_CORE_READ(task, signal, oom_mm) != NULL;
	__builtin_memset(record->reserved, 0, sizeof(record->reserved));
	__builtin_memcpy(record->name, task->group_leader->comm, TASK_NAME_BYTES);
	bpf_ringbuf_submit(record, BPF_RB_FORCE_WAKEUP);
}

/* The last thread is gone. */
static __always_inline void process_death_end_process(struct task_struct *task)
{
	__u32 tgid = task->tgid, fault_tid = 0;
	__u32 exit_code = exit_code_of(task);

	if (settings.has_crashes)
		fault_tid = take_fault_tid(tgid);
	if (settings.has_trail) {
		if (exit_code)
			tell_trail(task);
		bpf_map_delete_elem(&trails, &tgid);
	}
	tell_death(task, exit_code, fault_tid);
}

#endif
