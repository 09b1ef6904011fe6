/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Writing segment records: one transfer, what of it goes up, and the ring's constant sizes. */
#ifndef LIB_SEGMENT_H
#define LIB_SEGMENT_H

#include "lib/emit.bpf.h"
#include "lib/user_buffer.bpf.h"

struct transfer {
	struct sock *sk;
	__u64 inode; /* of the socket, 0 when the source cannot tell */
	__u64 start_ns;
	__u64 now_ns;
	__u64 pid_tgid;
	__u32 length;
	__u32 direction;
	struct user_buffer buffer;
};

/* What of a segment goes up, decided before anything is reserved. */
struct segment_plan {
	__u64 other_position;
	__u64 other_last_ns;
	__u64 position;
	__u64 connection;
	__u64 context;
	__u32 wanted; /* bytes to capture */
	__u32 sequence;
	__u8 flags;
	__u8 mode;
	__u8 context_kind;
	__u8 skip; /* nothing goes up */
};

static __always_inline void fill_segment(struct segment_record *record,
					 const struct transfer *transfer,
					 const struct segment_plan *plan, __u32 size)
{
	emit_fill_header(&record->header, RECORD_SEGMENT, size, transfer->now_ns);
	record->connection = plan->connection;
	record->context = plan->context;
	record->start_ns = transfer->start_ns;
	record->position = plan->position;
	record->other_position = plan->other_position;
	record->other_last_ns = plan->other_last_ns;
	record->tgid = transfer->pid_tgid >> 32;
	record->tid = (__u32)transfer->pid_tgid;
	record->length = transfer->length;
	record->captured = 0;
	record->tcp_sequence = plan->sequence;
	record->direction = transfer->direction;
	record->mode = plan->mode;
	record->flags = plan->flags;
	record->context_kind = plan->context_kind;
}

/* One buffer, up to `limit` bytes (a constant, for the verifier and the ring). */
static __always_inline long emit_buffer(const struct transfer *transfer,
					const struct segment_plan *plan, const void *from,
					const __u32 limit)
{
	struct segment_record *record = bpf_ringbuf_reserve(&events, sizeof(*record) + limit, 0);
	__u64 wanted = plan->wanted;

	if (!record) {
		drops_count(DROP_RING_FULL);
		return -1;
	}
	fill_segment(record, transfer, plan, sizeof(*record) + limit);
	verifier_must_see(wanted);
	if (wanted > limit)
		wanted = limit;
	if (wanted && bpf_probe_read_user(record->bytes, wanted, from)) {
		drops_count(DROP_USER_READ);
		record->flags |= SEGMENT_IS_UNREADABLE;
		wanted = 0;
	}
	record->captured = wanted;
	emit_submit(record);
	return 0;
}

static __always_inline long emit_vector(const struct transfer *transfer,
					const struct segment_plan *plan, const __u32 limit)
{
	struct segment_record *record =
		bpf_ringbuf_reserve(&events, sizeof(*record) + 2 * limit, 0);
	__u32 wanted = plan->wanted;

	if (!record) {
		drops_count(DROP_RING_FULL);
		return -1;
	}
	fill_segment(record, transfer, plan, sizeof(*record) + 2 * limit);
	if (wanted > limit)
		wanted = limit;
	user_buffer_gather(&transfer->buffer, record, wanted, limit);
	if (record->captured < wanted)
		drops_count(transfer->buffer.is_cut ? DROP_IOVEC_TAIL : DROP_USER_READ);
	emit_submit(record);
	return 0;
}

/* A few sizes only: the ring wants constants. Small heads take small records. */
static __noinline long segment_emit(const struct transfer *transfer,
				    const struct segment_plan *plan)
{
	const void *from;

	if (!transfer || !plan)
		return 0;
	from = transfer->buffer.vectors[0].iov_base;
	if (plan->wanted == 0)
		return emit_buffer(transfer, plan, from, 0);
	if (plan->flags & SEGMENT_IS_TAIL) {
		from = user_buffer_tail(&transfer->buffer, transfer->length, plan->wanted);
		return emit_buffer(transfer, plan, from, TAIL_BYTES);
	}
	if (plan->wanted > transfer->buffer.vectors[0].iov_len) {
		if (plan->wanted <= 512)
			return emit_vector(transfer, plan, 512);
		if (plan->wanted <= 4096)
			return emit_vector(transfer, plan, 4096);
		return emit_vector(transfer, plan, MAX_CAPTURE_BYTES);
	}
	if (plan->wanted <= 128)
		return emit_buffer(transfer, plan, from, 128);
	if (plan->wanted <= 256)
		return emit_buffer(transfer, plan, from, 256);
	if (plan->wanted <= 512)
		return emit_buffer(transfer, plan, from, 512);
	if (plan->wanted <= 1024)
		return emit_buffer(transfer, plan, from, 1024);
	if (plan->wanted <= 4096)
		return emit_buffer(transfer, plan, from, 4096);
	return emit_buffer(transfer, plan, from, MAX_CAPTURE_BYTES);
}

#endif
