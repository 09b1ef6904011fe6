// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * The trail of failed calls beside the fentry source, which sees no system calls. Loaded only where
 * a trail is wanted; the tracepoint source keeps it by itself.
 */
#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_tracing.h>
#include "lib/call_trail.bpf.h"

SEC("tp_btf/sys_exit")
int BPF_PROG(on_trail_call, struct pt_regs *regs, long ret)
{
	if (process_is_traced(bpf_get_current_pid_tgid() >> 32) &&
	    !task_is_compat((struct task_struct *)bpf_get_current_task()))
		call_trail_note(regs, ret);
	return 0;
}
