/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * CPython is about to print an exception: everything it hangs together with goes up, part by part
 * (lib/python_frames.bpf.h says how). Decoded by agent/tracebacks/python_objects.c.
 */
#ifndef LIB_PYTHON_EXCEPTION_H
#define LIB_PYTHON_EXCEPTION_H

#include "lib/python_frames.bpf.h"

#if defined(__TARGET_ARCH_x86)
#define ARGUMENT_2(regs) ((regs)->si)
#define ARGUMENT_3(regs) ((regs)->dx)
#define ARGUMENT_4(regs) ((regs)->cx)
#else
#define ARGUMENT_2(regs) ((regs)->regs[1])
#define ARGUMENT_3(regs) ((regs)->regs[2])
#define ARGUMENT_4(regs) ((regs)->regs[3])
#endif

static __always_inline int emit_value(__u64 value, __u64 length, __u64 relation)
{
	const struct python_layout *layout = python_layout_of_current();
	struct python_exception_record *record;
	__u64 word;
	long size;

	if (!layout)
		return 0;
	record = bpf_ringbuf_reserve(&exception_records, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_EXCEPTION_RING_FULL);
		return 0;
	}
	python_fill_part(&record->part, PYTHON_EXCEPTION, sizeof(*record), layout);
	record->frames_count = length;
	record->relation = relation;
	record->reserved = 0;
	word = python_word(python_word(value, OBJECT_TYPE), TYPE_NAME);
	size = bpf_probe_read_user_str(record->type, sizeof(record->type), (void *)word);
	record->type_size = size > 0 ? size - 1 : 0;
	value = python_word(value, VALUE_ARGUMENTS);
	record->arguments_count = python_word(value, TUPLE_SIZE);
	record->value = (struct python_text){};
	value = record->arguments_count ? python_word(value, TUPLE_ITEM) : 0;
	if (python_is(value, TYPE_IS_TEXT))
		python_read_text(layout, &record->value, record->value_bytes, PYTHON_VALUE_BYTES,
				 value);
	bpf_ringbuf_submit(record, PART_FLAGS);
	return 1;
}

__noinline int python_emit_value(__u64 value, __u64 length, __u64 relation)
{
	int count;

	uprobe_guard_begin();
	count = emit_value(value, length, relation);
	uprobe_guard_end();
	return count;
}

/* An exception and its frames; other: its traceback when it does not have it itself yet. */
__noinline int python_emit_exception(__u64 value, __u64 other, __u64 relation)
{
	const struct python_layout *layout = python_layout_of_current();
	__u64 traceback, length;
	int count;

	if (!layout)
		return 0;
	traceback = python_word(value, layout->traceback);
	if (!traceback)
		traceback = other;
	length = python_traceback_length(traceback);
	count = python_emit_value(value, length, relation);
	if (!count || !length)
		return count;
	count += python_emit_frames(traceback);
	if (length > HALF_OF_FRAMES)
		count += python_emit_frames(python_traceback_after(
			traceback,
			length > MAX_PYTHON_FRAMES ? length - HALF_OF_FRAMES : HALF_OF_FRAMES));
	return count;
}

/* What it was raised from, else while; 0: none that is shown. */
__noinline __u64 python_cause(__u64 value)
{
	const struct python_layout *layout = python_layout_of_current();

	return layout ? python_word(value, layout->cause) : 0;
}

__noinline __u64 python_context(__u64 value)
{
	const struct python_layout *layout = python_layout_of_current();

	return layout && !(python_word(value, layout->suppress_context) & 0xff)
		       ? python_word(value, layout->context)
		       : 0;
}

static __always_inline struct python_report_record *begin_report(void)
{
	const struct python_layout *layout = python_layout_of_current();
	struct python_report_record *record;

	if (!layout)
		return NULL;
	record = bpf_ringbuf_reserve(&exception_records, sizeof(*record), 0);
	if (!record) {
		drops_count(DROP_EXCEPTION_RING_FULL);
		return NULL;
	}
	python_fill_part(&record->part, PYTHON_REPORT, sizeof(*record), layout);
	record->context = bpf_get_current_pid_tgid();
	record->context_kind = CONTEXT_THREAD;
	record->parts_count = 0;
	__builtin_memset(record->reserved, 0, sizeof(record->reserved));
	return record;
}

static __always_inline void emit_report(__u64 value, __u64 traceback)
{
	struct python_report_record *record = begin_report();
	__u64 relation = PYTHON_RAISED, next;

	if (!record)
		return;
	for (int i = 0; i < MAX_PYTHON_EXCEPTIONS; i++) {
		int count = python_emit_exception(value, traceback, relation);

		record->parts_count += count;
		next = python_cause(value);
		relation = next ? PYTHON_CAUSE : PYTHON_CONTEXT;
		value = next ? next : python_context(value);
		traceback = 0;
		if (!count || !value)
			break;
	}
	if (value)
		record->part.flags |= PYTHON_IS_CUT;
	uprobe_guard_submit(record);
}

/* PyErr_Display(type, value, traceback): of 3.8 to 3.13 in the main thread alone. The type is
 * sometimes NULL. */
static __always_inline void python_exception_display(struct pt_regs *regs)
{
	__u64 thread = bpf_get_current_pid_tgid(), value = ARGUMENT_2(regs);

	if (!process_is_traced(thread >> 32) || !python_is(value, TYPE_IS_EXCEPTION))
		return;
	bpf_map_update_elem(&python_displays, &thread, &value, BPF_ANY);
	emit_report(value, ARGUMENT_3(regs));
}

/* _PyErr_Display(file, type, value, traceback): called by the one above, or by a thread's end. */
static __always_inline void python_exception_display_file(struct pt_regs *regs)
{
	__u64 thread = bpf_get_current_pid_tgid(), value = ARGUMENT_3(regs), *told;

	if (!process_is_traced(thread >> 32) || !python_is(value, TYPE_IS_EXCEPTION))
		return;
	told = bpf_map_lookup_elem(&python_displays, &thread);
	if (told && *told == value) {
		bpf_map_delete_elem(&python_displays, &thread);
		return;
	}
	emit_report(value, ARGUMENT_4(regs));
}

#endif
