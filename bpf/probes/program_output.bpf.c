// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * What programs write to their standard output and error, seen at the entry of the call: whether it
 * succeeds does not matter. What cannot be read there is looked at again at its return. Only what
 * looks like the report of an exception goes up, and what its thread writes for a while after.
 * Workers of PHP-FPM write errors as FastCGI records to their connection: the one write goes up.
 * Loaded beside either capture source, where exceptions are wanted.
 */
#include "lib/kernel_compat.bpf.h"
#include "shared/limits.h"
#define USER_BUFFER_VECTORS MAX_OUTPUT_IOVECS /* lib/user_buffer.bpf.h */
#include <bpf/bpf_tracing.h>
#include "lib/output_scan.bpf.h"
#include "lib/output_stream.bpf.h"
#include "lib/output_call.bpf.h"

SEC("tp_btf/sys_enter")
int BPF_PROG(on_output_call, struct pt_regs *regs, long number)
{
	__u64 pid_tgid;

	/* Every system call of the machine comes by, and most are no writes: asked before whose. */
	if (!output_buffer_is_written(number))
		return 0;
	pid_tgid = bpf_get_current_pid_tgid();
	if (!process_is_traced(pid_tgid >> 32))
		return 0;
	output_call_look(regs, pid_tgid, number, false);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_output_return, struct pt_regs *regs, long ret)
{
	__u64 pid_tgid;

	/* Nearly always nobody waits for this, of all the machine's threads. */
	if (!output_retries_count)
		return 0;
	pid_tgid = bpf_get_current_pid_tgid();
	if (!process_is_traced(pid_tgid >> 32))
		return 0;
	if (output_call_take_retry(pid_tgid, ret) && output_buffer_is_written(syscall_number(regs)))
		output_call_look(regs, pid_tgid, syscall_number(regs), true);
	return 0;
}
