/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Bounded reads of what a call sent or received: one buffer or a vector of them, both kept as
 * vectors. Loops keep their sums where the verifier does not follow them (ring memory), else it
 * would walk every combination of lengths.
 */
#ifndef LIB_USER_BUFFER_H
#define LIB_USER_BUFFER_H

#include "lib/kernel_compat.bpf.h"
#include "shared/limits.h"
#include "shared/record.h"

struct user_buffer {
	struct iovec vectors[MAX_IOVECS];
	__u32 count;  /* vectors in use; 0: the bytes cannot be read */
	__u32 is_cut; /* the call had more vectors than we look at */
};

static __always_inline void user_buffer_set(struct user_buffer *buffer, const void *from,
					    __u64 size)
{
	buffer->vectors[0].iov_base = from;
	buffer->vectors[0].iov_len = size;
	buffer->count = 1;
}

/* From an iovec array in user memory, or in the kernel's (fentry). 0, or -1 when it cannot be read.
 */
static __always_inline long user_buffer_set_vectors(struct user_buffer *buffer, const void *array,
						    __u64 count, bool is_kernel_array)
{
	__u64 size;

	if (count > MAX_IOVECS) {
		buffer->is_cut = 1;
		count = MAX_IOVECS;
	}
	size = count * sizeof(struct iovec);
	verifier_must_see(size);
	if (size > sizeof(buffer->vectors))
		return -1;
	if (is_kernel_array ? bpf_probe_read_kernel(buffer->vectors, size, array)
			    : bpf_probe_read_user(buffer->vectors, size, array))
		return -1;
	buffer->count = count;
	return 0;
}

/* Where the last `size` bytes of `length` moved bytes lie, when they are in one piece; NULL
 * otherwise. */
static __always_inline const void *user_buffer_tail(const struct user_buffer *buffer, __u64 length,
						    __u64 size)
{
	__u64 left = length;

	for (__u32 i = 0; i < MAX_IOVECS; i++) {
		__u64 piece = buffer->vectors[i].iov_len;

		if (i >= buffer->count)
			return NULL;
		if (piece >= left)
			return left >= size ? buffer->vectors[i].iov_base + left - size : NULL;
		left -= piece;
	}
	return NULL;
}

/*
 * Copies up to `size` bytes into record->bytes, which has room for 2 * limit (a power of two):
 * offset and piece are each bounded by limit, which is all the verifier can see; size <= limit
 * keeps the real sum within it. Adds to record->captured.
 */
static __always_inline void user_buffer_gather(const struct user_buffer *buffer,
					       struct segment_record *record, __u64 size,
					       const __u64 limit)
{
	for (__u32 i = 0; i < MAX_IOVECS; i++) {
		__u64 offset = record->captured;
		__u64 piece = buffer->vectors[i].iov_len;

		if (i >= buffer->count || offset >= size)
			break;
		size -= offset;
		if (piece > size)
			piece = size;
		size += offset;
		verifier_must_see(offset);
		offset &= limit - 1;
		verifier_must_see(piece);
		if (piece > limit)
			break;
		if (piece &&
		    bpf_probe_read_user(record->bytes + offset, piece, buffer->vectors[i].iov_base))
			break;
		record->captured += piece;
	}
}

#endif
