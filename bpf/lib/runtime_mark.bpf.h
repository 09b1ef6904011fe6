/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Something happened in a runtime: nobody caught an exception, a thread ends. What it was the
 * output says; these records say that it was, and when.
 */
#ifndef LIB_RUNTIME_MARK_H
#define LIB_RUNTIME_MARK_H

#include "lib/output_stream.bpf.h"
#include "lib/uprobe_guard.bpf.h"
#include "shared/exception_record.h"

static __always_inline void emit_mark(__u8 kind)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct runtime_mark_record *record;

	if (!process_is_traced(pid_tgid >> 32))
		return;
	record = bpf_ringbuf_reserve(&exception_records, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_EXCEPTION_RING_FULL);
		return;
	}
	emit_fill_header(&record->header, RECORD_RUNTIME_MARK, sizeof(*record), bpf_ktime_get_ns());
	record->tgid = pid_tgid >> 32;
	record->tid = (__u32)pid_tgid;
	record->context = pid_tgid;
	record->context_kind = CONTEXT_THREAD;
	record->kind = kind;
	__builtin_memset(record->reserved, 0, sizeof(record->reserved));
	uprobe_guard_submit(record);
}

/* What the thread writes next goes up, marker or not. Without output to look at there is no map. */
static __always_inline void follow_output(void)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	if (settings.has_output && process_is_traced(pid_tgid >> 32))
		(void)output_stream_mark(bpf_map_lookup_elem(&output_streams, &pid_tgid), pid_tgid,
					 bpf_ktime_get_ns());
}

static __always_inline void runtime_mark_emit(__u8 kind)
{
	emit_mark(kind);
	if (kind == MARK_NODE_UNCAUGHT)
		follow_output();
}

#endif
