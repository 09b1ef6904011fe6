/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Frames of a CPython traceback, part by part. Functions that are not static are verified once,
 * whoever calls them and however often: as part of the loops they would be too much for 5.10. They
 * take and give numbers only, and cannot be called where preemption is off (6.11), so each that
 * emits sees to that itself; the rest has a stack of a few words and nothing that another thread
 * could change.
 */
#ifndef LIB_PYTHON_FRAMES_H
#define LIB_PYTHON_FRAMES_H

#include "lib/process_filter.bpf.h"
#include "lib/python_object.bpf.h"
#include "lib/uprobe_guard.bpf.h"

#define HALF_OF_FRAMES (MAX_PYTHON_FRAMES / 2)
#define STRIDE         64               /* a loop in a loop is two short ones to the verifier */
#define PART_FLAGS     BPF_RB_NO_WAKEUP /* the report, submitted last, wakes */

static __always_inline void python_fill_part(struct python_part *part, __u8 kind, __u32 size,
					     const struct python_layout *layout)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	emit_fill_header(&part->header, RECORD_PYTHON_EXCEPTION, size, bpf_ktime_get_ns());
	part->tgid = pid_tgid >> 32;
	part->tid = (__u32)pid_tgid;
	part->minor = layout->minor;
	part->kind = kind;
	part->flags = 0;
	part->reserved = 0;
}

static __always_inline int emit_table(__u64 from, __u64 size)
{
	const struct python_layout *layout = python_layout_of_current();
	struct python_table_record *record;

	if (!layout)
		return 0;
	record = bpf_ringbuf_reserve(&exception_records, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_EXCEPTION_RING_FULL);
		return 0;
	}
	python_fill_part(&record->part, PYTHON_TABLE, sizeof(*record), layout);
	record->reserved = 0;
	record->captured = python_read_bytes(record->bytes, PYTHON_TABLE_PART_BYTES, from, size);
	bpf_ringbuf_submit(record, PART_FLAGS);
	return 1;
}

/* As all that follow: how many parts went up. */
__noinline int python_emit_table(__u64 from, __u64 size)
{
	int count;

	uprobe_guard_begin();
	count = emit_table(from, size);
	uprobe_guard_end();
	return count;
}

static __always_inline void read_place(struct python_frame_record *record,
				       const struct python_layout *layout, __u64 traceback,
				       __u64 code)
{
	record->instruction = (__u32)python_word(traceback, TRACEBACK_INSTRUCTION);
	record->line = python_word(traceback, TRACEBACK_INSTRUCTION) >> 32;
	record->first_line = (__u32)python_word(code, layout->code_first_line);
	record->table_captured = 0;
	record->table_size = 0;
	record->file = (struct python_text){};
	record->name = (struct python_text){};
}

static __always_inline int emit_same_frame(__u64 traceback, __u64 code)
{
	const __u32 size = __builtin_offsetof(struct python_frame_record, file_bytes);
	const struct python_layout *layout = python_layout_of_current();
	struct python_frame_record *record;

	if (!layout)
		return 0;
	record = bpf_ringbuf_reserve(&exception_records, size, 0);
	if (!record) {
		drops_count(DROP_EXCEPTION_RING_FULL);
		return 0;
	}
	python_fill_part(&record->part, PYTHON_FRAME, size, layout);
	record->part.flags = PYTHON_IS_SAME;
	read_place(record, layout, traceback, code);
	bpf_ringbuf_submit(record, PART_FLAGS);
	return 1;
}

__noinline int python_emit_same_frame(__u64 traceback, __u64 code)
{
	int count;

	uprobe_guard_begin();
	count = emit_same_frame(traceback, code);
	uprobe_guard_end();
	return count;
}

static __always_inline int emit_code(__u64 traceback, __u64 code)
{
	const struct python_layout *layout = python_layout_of_current();
	struct python_frame_record *record;
	__u64 table;

	if (!layout)
		return 0;
	record = bpf_ringbuf_reserve(&exception_records, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_EXCEPTION_RING_FULL);
		return 0;
	}
	python_fill_part(&record->part, PYTHON_FRAME, sizeof(*record), layout);
	read_place(record, layout, traceback, code);
	python_read_text(layout, &record->file, record->file_bytes, PYTHON_FILE_BYTES,
			 python_word(code, layout->code_file));
	python_read_text(layout, &record->name, record->name_bytes, PYTHON_NAME_BYTES,
			 python_word(code, layout->code_name));
	table = python_word(code, layout->code_table);
	record->table_size = python_word(table, BYTES_SIZE);
	record->table_captured = python_read_bytes(record->table, PYTHON_TABLE_BYTES,
						   table + BYTES_DATA, record->table_size);
	bpf_ringbuf_submit(record, PART_FLAGS);
	return 1;
}

__noinline int python_emit_code(__u64 traceback, __u64 code)
{
	int count;

	uprobe_guard_begin();
	count = emit_code(traceback, code);
	uprobe_guard_end();
	return count;
}

__noinline __u64 python_code(__u64 traceback)
{
	const struct python_layout *layout = python_layout_of_current();

	return layout ? python_code_of(layout, traceback) : 0;
}

/* The frame with all of its line table. */
__noinline int python_emit_frame(__u64 traceback, __u64 code)
{
	const struct python_layout *layout = python_layout_of_current();
	__u64 table, size;
	int count = python_emit_code(traceback, code);

	if (!layout || !count)
		return count;
	table = python_word(code, layout->code_table);
	size = python_word(table, BYTES_SIZE);
	table += BYTES_DATA;
	for (__u64 i = 0; i < MAX_PYTHON_TABLE_PARTS; i++) {
		__u64 at = PYTHON_TABLE_BYTES + i * PYTHON_TABLE_PART_BYTES;

		if (at >= size || !python_emit_table(table + at, size - at))
			break;
		count++;
	}
	return count;
}

/* Up to half of the frames there may be, from this one on. */
__noinline int python_emit_frames(__u64 traceback)
{
	__u64 code, before = 0;
	int count = 0, emitted;

	for (int i = 0; i < HALF_OF_FRAMES && traceback; i++) {
		code = python_code(traceback);
		emitted = before && code == before ? python_emit_same_frame(traceback, code)
						   : python_emit_frame(traceback, code);
		if (!emitted)
			break;
		count += emitted;
		before = code;
		traceback = python_word(traceback, TRACEBACK_NEXT);
	}
	return count;
}

/* How many there are from here, up to a stride. */
__noinline __u64 python_count_steps(__u64 traceback)
{
	__u64 count = 0;

	for (int i = 0; i < STRIDE && traceback; i++) {
		count++;
		traceback = python_word(traceback, TRACEBACK_NEXT);
	}
	return count;
}

__noinline __u64 python_step(__u64 traceback, __u64 steps)
{
	for (__u64 i = 0; i < STRIDE; i++) {
		if (i >= steps || !traceback)
			break;
		traceback = python_word(traceback, TRACEBACK_NEXT);
	}
	return traceback;
}

__noinline __u64 python_traceback_length(__u64 traceback)
{
	__u64 length = 0, count;

	for (int i = 0; i < MAX_PYTHON_STEPS / STRIDE && traceback; i++) {
		count = python_count_steps(traceback);
		length += count;
		if (count < STRIDE)
			break;
		traceback = python_step(traceback, STRIDE);
	}
	return length;
}

__noinline __u64 python_traceback_after(__u64 traceback, __u64 steps)
{
	for (int i = 0; i < MAX_PYTHON_STEPS / STRIDE && traceback && steps > STRIDE; i++) {
		traceback = python_step(traceback, STRIDE);
		steps -= STRIDE;
	}
	return python_step(traceback, steps);
}

#endif
