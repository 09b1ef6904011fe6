/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Panics of Go programs, at the entry of functions of the runtime: no return probes, which Go's
 * moving stacks do not survive. Decoded by agent/tracebacks/go_panic.c.
 */
#ifndef LIB_GO_PANIC_H
#define LIB_GO_PANIC_H

#include "lib/execution_context.bpf.h"
#include "lib/go_value.bpf.h"
#include "lib/uprobe_guard.bpf.h"

static __always_inline struct go_panic_record *begin_record(struct pt_regs *regs, __u8 kind)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct go_panic_record *record =
		bpf_ringbuf_reserve(&exception_records, sizeof(*record), 0);

	if (!record) {
		drops_count(DROP_EXCEPTION_RING_FULL);
		return NULL;
	}
	__builtin_memset(record, 0, __builtin_offsetof(struct go_panic_record, name));
	emit_fill_header(&record->header, RECORD_GO_PANIC, sizeof(*record), bpf_ktime_get_ns());
	record->tgid = pid_tgid >> 32;
	record->tid = (__u32)pid_tgid;
	record->kind = kind;
	record->context_kind = CONTEXT_GOROUTINE;
	record->context = GO_GOROUTINE(regs);
	record->goroutine = go_value_goroutine(record->context);
	return record;
}

/* Return addresses by frame pointers, which Go keeps. */
static __always_inline void walk_frames(struct go_panic_record *record, struct pt_regs *regs)
{
	__u64 frame = GO_FRAME_POINTER(regs);
	__u32 count = 0;

#if defined(__TARGET_ARCH_x86)
	bpf_probe_read_user(&record->frames[0], sizeof(record->frames[0]), (void *)regs->sp);
#else
	record->frames[0] = regs->regs[30];
#endif
	for (__u32 i = 1; i < MAX_GO_PANIC_FRAMES; i++) {
		count = i;
		record->frames[i] = 0;
		if (!frame ||
		    bpf_probe_read_user(&record->frames[i], sizeof(record->frames[i]),
					(void *)(frame + 8)) ||
		    !record->frames[i] || bpf_probe_read_user(&frame, sizeof(frame), (void *)frame))
			break;
	}
	record->frames_count = count;
}

/* The type raised in this goroutine, where every panic is watched. */
static __always_inline void name_raised(struct go_panic_record *record)
{
	/* Keys lie on the stack: until 5.16 the verifier takes none from a ring's record. */
	struct raised_panic_key key = {record->context, record->tgid};
	__u32 tgid = record->tgid;
	__u64 *type = bpf_map_lookup_elem(&raised_panics, &key);
	__u64 *types = bpf_map_lookup_elem(&go_types, &tgid);

	if (type && types)
		go_value_read_name(record, *type, *types);
}

static __always_inline void go_panic_emit_fatal(struct pt_regs *regs)
{
	struct go_panic_record *record;

	if (!process_is_traced(bpf_get_current_pid_tgid() >> 32))
		return;
	record = begin_record(regs, GO_PANIC_FATAL);
	if (!record)
		return;
	go_value_read(record, go_value_of_panic(GO_ARGUMENT_1(regs), record->context));
	name_raised(record);
	walk_frames(record, regs);
	uprobe_guard_submit(record);
}

static __always_inline void go_panic_emit_throw(struct pt_regs *regs)
{
	struct go_panic_record *record;

	if (!process_is_traced(bpf_get_current_pid_tgid() >> 32))
		return;
	record = begin_record(regs, GO_PANIC_THROW);
	if (!record)
		return;
	go_value_read_string(record, GO_ARGUMENT_1(regs), GO_ARGUMENT_2(regs));
	walk_frames(record, regs);
	uprobe_guard_submit(record);
}

static __always_inline void go_panic_note_raised(struct pt_regs *regs)
{
	__u64 type = GO_ARGUMENT_1(regs);
	struct raised_panic_key key = {GO_GOROUTINE(regs), bpf_get_current_pid_tgid() >> 32};

	if (process_is_traced((__u32)key.tgid))
		bpf_map_update_elem(&raised_panics, &key, &type, BPF_ANY);
}

#endif
