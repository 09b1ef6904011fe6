/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* In which context does the current task run: its thread, or the goroutine on it. The same for
 * bytes that move and for crashes, so that a crash finds the request it broke. */
#ifndef LIB_EXECUTION_CONTEXT_H
#define LIB_EXECUTION_CONTEXT_H

#include "lib/kernel_compat.bpf.h"
#include "lib/process_filter.bpf.h"
#include "shared/record.h"

/* Returns the enum context_kind. */
static __always_inline __u8 execution_context_of(__u64 pid_tgid, __u64 *ret_context)
{
	__u8 kind = CONTEXT_THREAD;

	*ret_context = pid_tgid;
#if defined(__TARGET_ARCH_x86)
	if (go_is_traced && (process_flags(pid_tgid >> 32) & PROCESS_IS_GO)) {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();
		__u64 goroutine = 0;

		/* The Go ABI keeps g at fs:-8 (cmd/link, runtime/tls_amd64.s). */
		if (!bpf_probe_read_user(&goroutine, sizeof(goroutine),
					 (void *)(BPF_CORE_READ(task, thread.fsbase) - 8)) &&
		    goroutine)
			*ret_context = goroutine;
		kind = CONTEXT_GOROUTINE;
	}
#endif
	return kind;
}

#endif
