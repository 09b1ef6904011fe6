// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * fork, exec and exit of traced processes. A child of a traced process is traced from its first
 * instruction: it is in the table before it ever runs. On a whole host the same goes for the
 * ignored, and a program that begins is not ignored until the agent has decided about it.
 */
#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_tracing.h>
#include "lib/beginnings.bpf.h"
#include "lib/emit.bpf.h"
#include "lib/process_death.bpf.h"
#include "lib/process_filter.bpf.h"
#include "maps/pending_calls.bpf.h"
#include "maps/tls_threads.bpf.h"
#include "shared/record.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_process_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 parent_tgid = parent->tgid, tgid = child->tgid, flags;
	struct process_fork_record *record;
	__u64 now_ns;

	if (tgid == parent_tgid)
		return 0;
	if (!process_is_traced(parent_tgid)) {
		if (settings.trace_all)
			process_ignore(tgid, process_ignored_for(parent_tgid));
		return 0;
	}
	flags = process_flags(parent_tgid);
	process_add(tgid, flags);
	if (settings.trace_all && filter_buckets[tgid & (FILTER_BUCKETS - 1)])
		process_heed(tgid); /* of an earlier life of that id whose end was skipped */
	now_ns = bpf_ktime_get_ns();
	beginnings_tell_fork(parent_tgid, tgid, now_ns);
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_RING_FULL);
		return 0;
	}
	emit_fill_header(&record->header, RECORD_PROCESS_FORK, sizeof(*record), now_ns);
	record->parent_tgid = parent_tgid;
	record->tgid = tgid;
	record->start_boottime_ns = child->start_boottime;
	__builtin_memcpy(record->name, child->comm, TASK_NAME_BYTES);
	emit_submit(record);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_process_exec, struct task_struct *task)
{
	__u32 tgid = task->tgid;
	__u64 thread = (__u64)tgid << 32 | (__u32)task->pid;
	struct process_exec_record *record;
	__u64 now_ns;

	/* What was decided was decided about the program before. */
	if (settings.trace_all && process_ignored_for(tgid) == IGNORED_BY_RULE)
		process_heed(tgid);
	if (!process_is_traced(tgid))
		return 0;
	/* What the program before did, and the faults it had, are not this one's. */
	if (settings.has_crashes)
		bpf_map_delete_elem(&saved_faults, &thread);
	if (settings.has_trail)
		bpf_map_delete_elem(&trails, &tgid);
	now_ns = bpf_ktime_get_ns();
	beginnings_tell_program(task, tgid, now_ns, false);
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_RING_FULL);
		return 0;
	}
	emit_fill_header(&record->header, RECORD_PROCESS_EXEC, sizeof(*record), now_ns);
	record->tgid = tgid;
	record->uid = task->cred->uid.val;
	record->start_boottime_ns = task->start_boottime;
	__builtin_memcpy(record->name, task->comm, TASK_NAME_BYTES);
	emit_submit_urgent(record);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_process_exit, struct task_struct *task)
{
	__u32 tgid = task->tgid;
	__u64 thread = (__u64)tgid << 32 | (__u32)task->pid;
	struct process_exit_record *record;

	if (!process_is_traced(tgid)) {
		if (settings.trace_all && task->signal->live.counter == 0)
			process_heed(tgid);
		return 0;
	}
	bpf_map_delete_elem(&pending_calls, &thread);
	if (settings.has_tls && tls_is_traced)
		bpf_map_delete_elem(&tls_threads, &thread);
	if (settings.has_crashes)
		process_death_end_thread(task);
	/* Already decremented for this thread: 0 means it was the last one (kernel/exit.c,
	 * do_exit). */
	if (task->signal->live.counter != 0 || !process_death_is_first(task))
		return 0;
	process_remove(tgid);
	process_death_end_process(task);
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_RING_FULL);
		return 0;
	}
	emit_fill_header(&record->header, RECORD_PROCESS_EXIT, sizeof(*record), bpf_ktime_get_ns());
	record->tgid = tgid;
	record->exit_code = task->exit_code;
	__builtin_memcpy(record->name, task->comm, TASK_NAME_BYTES);
	emit_submit_urgent(record);
	return 0;
}
