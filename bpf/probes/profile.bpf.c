// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * The CPU profiler: a tick per CPU says what runs there, the scheduler what waits. The agent opens
 * the perf events and attaches on_profile_tick to each (agent/capture/profile_source.c); all of it
 * is loaded only with --profile.
 */
#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_tracing.h>
#include "lib/off_cpu.bpf.h"
#include "lib/process_filter.bpf.h"
#include "lib/profile_sample.bpf.h"

/* Whether the tick hit user space. */
static __always_inline bool is_user_mode(const struct bpf_perf_event_data *tick)
{
#if defined(__TARGET_ARCH_x86)
	return tick->regs[PERF_REGISTER_MODE] & 3;
#else
	return (tick->regs[PERF_REGISTER_MODE] & 15) == 0;
#endif
}

SEC("perf_event")
int on_profile_tick(struct bpf_perf_event_data *ctx)
{
	struct sample_reason reason = {.system_call = -1};
	struct profile_sample_record *record;
	long size;

	if (!process_is_traced(bpf_get_current_pid_tgid() >> 32))
		return 0;
	record = profile_sample_begin(&reason);
	if (!record)
		return 0;
	if (!is_user_mode(ctx)) {
		record->flags |= SAMPLE_IN_KERNEL;
		size = bpf_get_stack(ctx, record->kernel_frames, sizeof(record->kernel_frames), 0);
		if (size > 0)
			record->kernel_frames_count = size / sizeof(record->kernel_frames[0]);
	}
	profile_sample_end(record);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_profile_switch, bool is_preempted, struct task_struct *from, struct task_struct *to)
{
	bool is_from_traced = process_is_traced(from->tgid);
	bool is_to_traced = process_is_traced(to->tgid);
	__u64 now_ns;

	if (!is_from_traced && !is_to_traced)
		return 0;
	now_ns = bpf_ktime_get_ns();
	if (is_from_traced && !is_preempted && !task_can_run(from))
		off_cpu_leave(from, now_ns);
	if (is_to_traced)
		off_cpu_enter(to, now_ns);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_profile_return, struct pt_regs *regs, long ret)
{
	if (process_is_traced(bpf_get_current_pid_tgid() >> 32))
		off_cpu_return();
	return 0;
}
