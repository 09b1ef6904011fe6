/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* What a call writes: which calls are looked at, their buffers, and whether a marker is in them. */
#ifndef LIB_OUTPUT_BUFFER_H
#define LIB_OUTPUT_BUFFER_H

#include "lib/output_scan.bpf.h"
#include "lib/process_filter.bpf.h"
#include "lib/syscall_arguments.bpf.h"
#include "lib/user_buffer.bpf.h"

#define MAX_SCANNED_BUFFERS 2

/* Files take the calls with a position too, which fail on sockets. */
#if defined(__TARGET_ARCH_x86)
#define CALL_PWRITE64 18
#define CALL_PWRITEV  296
#else
#define CALL_PWRITE64 68
#define CALL_PWRITEV  70
#endif

static __always_inline __u8 output_buffer_kind(long number)
{
	switch (number) {
	case CALL_PWRITE64:
		return CALL_SEND_BUFFER;
	case CALL_PWRITEV:
		return CALL_SEND_VECTOR;
	}
	return call_kind_of(number);
}

static __always_inline bool output_buffer_is_written(long number)
{
	__u8 kind = output_buffer_kind(number);

	return kind >= CALL_SEND_BUFFER && kind <= CALL_SEND_MESSAGE;
}

/* 0, or -1 when the vector cannot be read. */
static __always_inline long set_output_buffer(struct user_buffer *buffer, struct pt_regs *regs,
					      __u8 kind)
{
	const void *pointer = (const void *)syscall_argument_2(regs);
	__u64 count = syscall_argument_3(regs);

	if (kind == CALL_SEND_BUFFER) {
		user_buffer_set(buffer, pointer, count);
		return 0;
	}
	if (kind == CALL_SEND_MESSAGE) {
		const struct user_msghdr *message = pointer;
		struct {
			const void *array;
			__u64 count;
		} vectors;

		if (bpf_probe_read_user(&vectors, sizeof(vectors), &message->msg_iov))
			return -1;
		pointer = vectors.array;
		count = vectors.count;
	}
	return user_buffer_set_vectors(buffer, pointer, count, false);
}

static __always_inline __u32 output_size(const struct user_buffer *buffer)
{
	__u64 size = 0;

	for (__u32 i = 0; i < USER_BUFFER_VECTORS; i++)
		if (i < buffer->count)
			size += lesser_of(buffer->vectors[i].iov_len, MAX_OUTPUT_WRITE_BYTES);
	return lesser_of(size, MAX_OUTPUT_WRITE_BYTES);
}

/* Of a write whose beginning says nothing. A report there, with too much before it: what is far
 * before it is left out. Returns an enum scan_result. */
static __always_inline int scan_end(struct iovec *vector)
{
	__u64 from = (__u64)vector->iov_base, size = vector->iov_len;
	/* As far back as a marker reaches that lies across the border, and no further. */
	__u64 again = lesser_of(size - OUTPUT_SCAN_BYTES + MARKER_WORDS * 8, OUTPUT_SCAN_BYTES);
	int result = output_scan(from + size - again, again, false);

	if (result == SCAN_FOUND && size > OUTPUT_END_BYTES) {
		vector->iov_base = (const void *)(from + size - OUTPUT_END_BYTES);
		vector->iov_len = OUTPUT_END_BYTES;
	}
	return result;
}

static __always_inline int scan_buffer(struct iovec *vector, bool is_first, __u32 tgid)
{
	int result = output_scan((__u64)vector->iov_base, vector->iov_len, is_first);

	if (result != SCAN_NOTHING || vector->iov_len <= OUTPUT_SCAN_BYTES ||
	    !(flags_in_use & PROCESS_PRINTS_SOURCE) ||
	    !(process_flags(tgid) & PROCESS_PRINTS_SOURCE))
		return result;
	return scan_end(vector);
}

/* The first buffers that are not empty. Returns an enum scan_result. */
static __always_inline int scan_buffers(struct user_buffer *buffer, __u32 tgid)
{
	__u32 scanned = 0;
	int result = SCAN_NOTHING;

	for (__u32 i = 0; i < USER_BUFFER_VECTORS; i++) {
		if (i >= buffer->count || scanned == MAX_SCANNED_BUFFERS)
			break;
		if (!buffer->vectors[i].iov_len)
			continue;
		result = scan_buffer(&buffer->vectors[i], scanned == 0, tgid);
		if (result != SCAN_NOTHING)
			break;
		scanned++;
	}
	return result;
}

#endif
