/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * How long threads wait. The stack of a waiting thread can be read neither by who waits (it is not
 * known yet whether it will be long) nor by who wakes it (another address space): it is copied when
 * the system call returns, where it is what it was.
 */
#ifndef LIB_OFF_CPU_H
#define LIB_OFF_CPU_H

#include "lib/profile_sample.bpf.h"
#include "maps/off_cpu_threads.bpf.h"

/* The current thread is about to wait. One that was only pushed aside does not. */
static __always_inline void off_cpu_leave(struct task_struct *task, __u64 now_ns)
{
	__u32 tid = task->pid;
	struct off_cpu_thread *thread = bpf_map_lookup_elem(&off_cpu_threads, &tid);
	__s32 system_call = registers_system_call(current_user_registers());
	struct off_cpu_thread fresh = {.since_ns = now_ns, .system_call = system_call};

	if (!thread) {
		if (bpf_map_update_elem(&off_cpu_threads, &tid, &fresh, BPF_ANY))
			drops_count(DROP_OFF_CPU_UNNOTED);
		return;
	}
	/* Of one that waits outside of a call no stack will be copied: what it waited is not
	 * another call's. */
	if (thread->system_call != system_call && thread->blocked_ns) {
		drops_count(DROP_OFF_CPU_UNNOTED);
		thread->blocked_ns = 0;
	}
	thread->since_ns = now_ns;
	thread->system_call = system_call;
}

/* The thread goes on. */
static __always_inline void off_cpu_enter(struct task_struct *task, __u64 now_ns)
{
	__u32 tid = task->pid;
	struct off_cpu_thread *thread = bpf_map_lookup_elem(&off_cpu_threads, &tid);
	__u64 waited_ns;

	if (!thread || !thread->since_ns)
		return;
	waited_ns = now_ns - thread->since_ns;
	thread->since_ns = 0;
	if (waited_ns >= settings.off_cpu_ns)
		thread->blocked_ns += waited_ns;
}

/* The current thread is back in user space in a moment. */
static __always_inline void off_cpu_return(void)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	struct off_cpu_thread *thread = bpf_map_lookup_elem(&off_cpu_threads, &tid);
	struct profile_sample_record *record;
	struct sample_reason reason = {};

	if (!thread || !thread->blocked_ns)
		return;
	reason.blocked_ns = thread->blocked_ns;
	reason.system_call = thread->system_call;
	thread->blocked_ns = 0;
	record = profile_sample_begin(&reason);
	if (!record)
		return;
	if (reason.system_call < 0)
		record->flags |= SAMPLE_HAS_NO_STACK;
	profile_sample_end(record);
}

#endif
