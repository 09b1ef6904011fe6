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

/* Who keeps more of them, and looks none up behind them, says so before (program_output.bpf.c). */
#ifndef USER_BUFFER_VECTORS
#define USER_BUFFER_VECTORS MAX_IOVECS
#define USER_BUFFER_HAS_MORE
#endif

struct user_buffer {
	struct iovec vectors[USER_BUFFER_VECTORS];
#ifdef USER_BUFFER_HAS_MORE
	const void *more; /* the array goes on there, in the kernel's memory or in the task's */
#endif
	__u32 count; /* vectors in use; 0: the bytes cannot be read */
	__u16 more_count;
	__u16 is_cut; /* the call had more vectors than these */
};

static __always_inline __u64 lesser_of(__u64 one, __u64 other)
{
	return one < other ? one : other;
}

static __always_inline void user_buffer_set(struct user_buffer *buffer, const void *from,
					    __u64 size)
{
	buffer->vectors[0].iov_base = from;
	buffer->vectors[0].iov_len = size;
	buffer->count = 1;
	buffer->more_count = 0;
}

/* From an iovec array in user memory, or in the kernel's (fentry, which says
 * VECTORS_LIE_IN_THE_KERNEL for those behind the first few). 0, or -1 when it cannot be read. */
static __always_inline long user_buffer_set_vectors(struct user_buffer *buffer, const void *array,
						    __u64 count, bool is_kernel_array)
{
	__u64 size;

	buffer->more_count = 0;
	if (count > USER_BUFFER_VECTORS) {
		buffer->is_cut = 1;
#ifdef USER_BUFFER_HAS_MORE
		buffer->more = array + sizeof(buffer->vectors);
		count -= USER_BUFFER_VECTORS;
		buffer->more_count = count < MAX_MORE_IOVECS ? count : MAX_MORE_IOVECS;
#endif
		count = USER_BUFFER_VECTORS;
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

	for (__u32 i = 0; i < USER_BUFFER_VECTORS; i++) {
		__u64 piece = buffer->vectors[i].iov_len;

		if (i >= buffer->count)
			return NULL;
		if (piece >= left)
			return left >= size ? buffer->vectors[i].iov_base + left - size : NULL;
		left -= piece;
	}
	return NULL;
}

/* Below 2^63. The verifier would walk both ways of a branch, and all that follows twice. */
static __always_inline __u64 lesser_without_branch(__u64 one, __u64 other)
{
	__u64 difference = one - other, mask = (__u64)((__s64)difference >> 63);

	verifier_must_see(mask);
	return other + (difference & mask);
}

/* One path only: the verifier walks each, for every vector. */
static __always_inline long read_vector(struct iovec *vector, const void *from)
{
#ifdef VECTORS_LIE_IN_THE_KERNEL
	return bpf_probe_read_kernel(vector, sizeof(*vector), from);
#else
	return bpf_probe_read_user(vector, sizeof(*vector), from);
#endif
}

/*
 * Copies what is left of `size` bytes, and lies in this vector, into record->bytes, which has room
 * for 2 * limit (a power of two): offset and piece are each bounded by limit, which is all the
 * verifier can see; size <= limit keeps the real sum within it. Adds to record->captured. False:
 * that was all, or cannot be read.
 */
static __always_inline bool gather_vector(const struct iovec *vector, struct segment_record *record,
					  __u64 size, const __u64 limit)
{
	__u64 offset = record->captured;
	__u64 piece = vector->iov_len;

	if (offset >= size)
		return false;
	piece = lesser_without_branch(piece, size - offset);
	verifier_must_see(offset);
	offset &= limit - 1;
	verifier_must_see(piece);
	if (piece > limit)
		return false;
	if (bpf_probe_read_user(record->bytes + offset, piece, vector->iov_base))
		return false;
	record->captured += piece;
	return true;
}

/* The first `size` bytes of what the vectors hold, as far as they can be read. */
static __always_inline void user_buffer_gather(const struct user_buffer *buffer,
					       struct segment_record *record, __u64 size,
					       const __u64 limit)
{
	for (__u32 i = 0; i < USER_BUFFER_VECTORS; i++)
		if (i >= buffer->count || !gather_vector(&buffer->vectors[i], record, size, limit))
			return;
}

#ifdef USER_BUFFER_HAS_MORE
/* The same from those that are not kept, behind what was gathered. */
static __always_inline void user_buffer_gather_more(const struct user_buffer *buffer,
						    struct segment_record *record, __u64 size,
						    const __u64 limit)
{
	for (__u32 i = 0; i < MAX_MORE_IOVECS; i++) {
		const void *from = buffer->more + i * sizeof(struct iovec);
		struct iovec vector;

		if (i >= buffer->more_count || read_vector(&vector, from) ||
		    !gather_vector(&vector, record, size, limit))
			return;
	}
}
#endif

#endif
