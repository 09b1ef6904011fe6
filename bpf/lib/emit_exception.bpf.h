/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Submitting records to the ring of exceptions: who waits for them is woken as in lib/emit.bpf.h.
 */
#ifndef LIB_EMIT_EXCEPTION_H
#define LIB_EMIT_EXCEPTION_H

#include "lib/emit.bpf.h"
#include "maps/exception_records.bpf.h"

static __always_inline void emit_exception_submit(void *record)
{
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (agent_sleeps) {
		agent_sleeps = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	} else if (bpf_ringbuf_query(&exception_records, BPF_RB_AVAIL_DATA) >=
		   settings.exception_wakeup_bytes) {
		flags = BPF_RB_FORCE_WAKEUP;
	}
	bpf_ringbuf_submit(record, flags);
}

#endif
