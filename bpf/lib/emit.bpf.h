/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Reserving and submitting records. Wake-ups are adaptive: the agent polls on a short timer while
 * there is traffic and is woken early only when much has gathered; while it sleeps without a timer,
 * the first record wakes it.
 */
#ifndef LIB_EMIT_H
#define LIB_EMIT_H

#include "lib/program_settings.bpf.h"
#include "maps/drops.bpf.h"
#include "maps/events.bpf.h"
#include "shared/limits.h"
#include "shared/record.h"

static __always_inline void emit_fill_header(struct record_header *header, __u16 kind, __u32 size,
					     __u64 now_ns)
{
	header->kind = kind;
	header->reserved = 0;
	header->size = size;
	header->time_ns = now_ns;
}

static __always_inline __u64 emit_wakeup_flags(bool is_urgent)
{
	if (agent_sleeps) {
		agent_sleeps = 0;
		return BPF_RB_FORCE_WAKEUP;
	}
	if (is_urgent || bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= settings.wakeup_bytes)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

static __always_inline void emit_submit(void *record)
{
	bpf_ringbuf_submit(record, emit_wakeup_flags(false));
}

/* For records somebody waits for: the end of a process, an exec. */
static __always_inline void emit_submit_urgent(void *record)
{
	bpf_ringbuf_submit(record, emit_wakeup_flags(true));
}

#endif
