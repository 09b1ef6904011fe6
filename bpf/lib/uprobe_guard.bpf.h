/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Programs on functions of user programs are preemptible since 6.0, and from 6.13 on a program that
 * uses 64 bytes of stack or more has that stack on a page of its CPU, which whoever preempts it
 * uses too: the kernel panics. So such a program stays below 64 bytes, and
 * cannot be preempted where the kernel has a way to say so (6.11: bpf_preempt_disable). Included
 * by probes/uprobes.bpf.c only, which says why.
 */
#ifndef LIB_UPROBE_GUARD_H
#define LIB_UPROBE_GUARD_H

#include "lib/emit.bpf.h"
#include "maps/exception_records.bpf.h"

/*
 * For a kernel without these functions there is an object that does not name them: libbpf 1.1 looks
 * for what it does not find in every module's BTF, which takes CAP_SYS_ADMIN, and fails without
 * (agent/capture/probe_object.h).
 */
#ifndef WITHOUT_PREEMPT_GUARD
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
#endif

static __always_inline void uprobe_guard_begin(void)
{
#ifndef WITHOUT_PREEMPT_GUARD
	if (bpf_preempt_disable)
		bpf_preempt_disable();
#endif
}

static __always_inline void uprobe_guard_end(void)
{
#ifndef WITHOUT_PREEMPT_GUARD
	if (bpf_preempt_disable)
		bpf_preempt_enable();
#endif
}

/* Rare, and somebody waits for it. */
static __always_inline void uprobe_guard_submit(void *record)
{
	agent_sleeps = 0;
	bpf_ringbuf_submit(record, BPF_RB_FORCE_WAKEUP);
}

#endif
