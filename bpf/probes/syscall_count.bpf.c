// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * All system calls of traced processes, counted. Loaded only where that is wanted. Numbers of
 * 32-bit programs mean other calls, and are left out.
 */
#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_tracing.h>
#include "lib/syscall_count.bpf.h"

SEC("tp_btf/sys_enter")
int BPF_PROG(on_count_begin, struct pt_regs *regs, long number)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	if (process_is_traced(pid_tgid >> 32) &&
	    !task_is_compat((struct task_struct *)bpf_get_current_task()))
		syscall_count_begin((__u32)pid_tgid, number);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_count_end, struct pt_regs *regs, long ret)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	if (process_is_traced(pid_tgid >> 32) &&
	    !task_is_compat((struct task_struct *)bpf_get_current_task()))
		syscall_count_end((__u32)pid_tgid, syscall_number(regs), ret);
	return 0;
}
