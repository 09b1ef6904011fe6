/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Objects of CPython, read from where they lie. What cannot be read is 0 or empty. The offsets that
 * are here are the same in 3.8 to 3.13.
 */
#ifndef LIB_PYTHON_OBJECT_H
#define LIB_PYTHON_OBJECT_H

#include "lib/kernel_compat.bpf.h"
#include "maps/python_layouts.bpf.h"

#define OBJECT_TYPE           8
#define TYPE_NAME             24
#define TYPE_FLAGS            168
#define TYPE_IS_TEXT          (1ull << 28)
#define TYPE_IS_EXCEPTION     (1ull << 30)
#define VALUE_ARGUMENTS       24
#define TRACEBACK_NEXT        16
#define TRACEBACK_FRAME       24
#define TRACEBACK_INSTRUCTION 32
#define TRACEBACK_LINE        36
#define TUPLE_SIZE            16
#define TUPLE_ITEM            24
#define BYTES_SIZE            16
#define BYTES_DATA            32
#define TEXT_LENGTH           16
#define TEXT_STATE            32

static __always_inline __u64 python_word(__u64 object, __u64 offset)
{
	__u64 word = 0;

	if (object && bpf_probe_read_user(&word, sizeof(word), (void *)(object + offset)))
		return 0;
	return word;
}

static __always_inline bool python_is(__u64 object, __u64 flag)
{
	return python_word(python_word(object, OBJECT_TYPE), TYPE_FLAGS) & flag;
}

static __always_inline const struct python_layout *python_layout_of_current(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	return bpf_map_lookup_elem(&python_layouts, &tgid);
}

static __always_inline __u64 python_code_of(const struct python_layout *layout, __u64 traceback)
{
	__u64 frame = python_word(traceback, TRACEBACK_FRAME);

	if (layout->frame_pointer)
		frame = python_word(frame, layout->frame_pointer);
	return python_word(frame, layout->frame_code);
}

/* Reads as many of `size` bytes as there is room for; how many they are. */
static __always_inline __u32 python_read_bytes(char *to, __u32 room, __u64 from, __u64 size)
{
	if (size > room)
		size = room;
	verifier_must_see(size);
	if (!size || size > room || bpf_probe_read_user(to, size, (void *)from))
		return 0;
	return size;
}

static __always_inline void python_read_text(const struct python_layout *layout,
					     struct python_text *text, char *to, __u32 room,
					     __u64 object)
{
	text->length = python_word(object, TEXT_LENGTH);
	text->state = python_word(object, TEXT_STATE);
	text->captured = 0;
	if (!(text->state & PYTHON_TEXT_IS_COMPACT))
		return;
	object += text->state & PYTHON_TEXT_IS_ASCII ? layout->text_ascii : layout->text_other;
	text->captured =
		python_read_bytes(to, room, object, text->length * PYTHON_TEXT_KIND(text->state));
}

#endif
