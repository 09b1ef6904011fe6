/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Writing segment records: the ring wants constant sizes. */
#ifndef LIB_SEGMENT_H
#define LIB_SEGMENT_H

#include "lib/emit.bpf.h"
#include "lib/transfer.bpf.h"

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
	bpf_ringbuf_submit(record, emit_wakeup_flags(plan->is_urgent));
	return 0;
}

static __always_inline long emit_vector(const struct transfer *transfer,
					const struct segment_plan *plan, const __u32 limit,
					const bool has_more)
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
	if (has_more)
		user_buffer_gather_more(&transfer->buffer, record, wanted, limit);
	if (record->captured < wanted)
		drops_count(transfer->buffer.is_cut ? DROP_IOVEC_TAIL : DROP_USER_READ);
	bpf_ringbuf_submit(record, emit_wakeup_flags(plan->is_urgent));
	return 0;
}

/* Two sizes: the verifier walks each of these loops to its end, and that is most of the time that
 * loading takes. */
static __always_inline long emit_many_vectors(const struct transfer *transfer,
					      const struct segment_plan *plan)
{
	if (plan->wanted <= 2048)
		return emit_vector(transfer, plan, 2048, true);
	return emit_vector(transfer, plan, MAX_CAPTURE_BYTES, true);
}

static __always_inline long emit_vectors(const struct transfer *transfer,
					 const struct segment_plan *plan)
{
	if (transfer->buffer.more_count)
		return emit_many_vectors(transfer, plan);
	if (plan->wanted <= 512)
		return emit_vector(transfer, plan, 512, false);
	if (plan->wanted <= 1024)
		return emit_vector(transfer, plan, 1024, false);
	if (plan->wanted <= 4096)
		return emit_vector(transfer, plan, 4096, false);
	if (plan->wanted <= 8192)
		return emit_vector(transfer, plan, 8192, false);
	return emit_vector(transfer, plan, MAX_CAPTURE_BYTES, false);
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
	if (plan->wanted > transfer->buffer.vectors[0].iov_len)
		return emit_vectors(transfer, plan);
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
	if (plan->wanted <= 8192)
		return emit_buffer(transfer, plan, from, 8192);
	return emit_buffer(transfer, plan, from, MAX_CAPTURE_BYTES);
}

/*
 * What was planned is the beginning: its last bytes follow as a segment of their own, so that the
 * end of a long message is seen. They moved when the call was over.
 */
static __noinline long segment_emit_tail(struct transfer *transfer, struct segment_plan *plan)
{
	const void *from;

	if (!transfer || !plan)
		return 0;
	from = user_buffer_tail(&transfer->buffer, transfer->length + STREAM_TAIL_BYTES,
				STREAM_TAIL_BYTES);
	if (!from)
		return 0;
	plan->position += transfer->length;
	plan->sequence += transfer->length;
	plan->flags &= ~SEGMENT_IS_TURN;
	plan->wanted = STREAM_TAIL_BYTES;
	if (transfer->length + STREAM_TAIL_BYTES > MAX_HANDOVER_BYTES)
		transfer->start_ns = transfer->now_ns;
	transfer->length = STREAM_TAIL_BYTES;
	return emit_buffer(transfer, plan, from, STREAM_TAIL_BYTES);
}

#endif
