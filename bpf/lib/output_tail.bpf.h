/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * What a thread wrote just before a marker. Ruby prints the first line of a report in pieces that
 * look like nothing, Java in a write without a frame: the last small writes of their threads are
 * kept, and go up before the stream. Only processes with PROCESS_KEEPS_TAIL pay for it.
 */
#ifndef LIB_OUTPUT_TAIL_H
#define LIB_OUTPUT_TAIL_H

#include "lib/output_stream.bpf.h"
#include "lib/process_filter.bpf.h"
#include "maps/output_tails.bpf.h"

static __always_inline bool output_tail_is_kept(__u64 pid_tgid)
{
	return (flags_in_use & PROCESS_KEEPS_TAIL) &&
	       (process_flags(pid_tgid >> 32) & PROCESS_KEEPS_TAIL);
}

static __always_inline void empty_tail(struct output_tail *tail)
{
	tail->at = 0;
	tail->end = 0;
}

/* The bytes of one buffer. The offset is in the map, where the verifier does not follow it. */
static __always_inline long add_to_tail(struct output_tail *tail, const struct iovec *vector)
{
	__u64 offset = tail->at, size = vector->iov_len;

	verifier_must_see(offset);
	verifier_must_see(size);
	if (offset > OUTPUT_TAIL_BYTES + MAX_TAIL_WRITE_BYTES || size > MAX_TAIL_WRITE_BYTES)
		return -1;
	if (size && bpf_probe_read_user(tail->bytes + offset, size, vector->iov_base))
		return -1;
	tail->at = offset + size;
	return 0;
}

static __always_inline void add_write(struct output_tail *tail, const struct output_call *call)
{
	__u64 offset;

	if (tail->at > OUTPUT_TAIL_BYTES) {
		tail->end = tail->at;
		tail->at = 0;
	}
	for (__u32 i = 0; i < USER_BUFFER_VECTORS; i++) {
		if (i >= call->buffer.count)
			break;
		if (add_to_tail(tail, &call->buffer.vectors[i])) {
			empty_tail(tail);
			return;
		}
	}
	offset = tail->at;
	verifier_must_see(offset);
	if (offset > OUTPUT_TAIL_BYTES + MAX_TAIL_WRITE_BYTES)
		return;
	tail->bytes[offset] = call->size;
	tail->bytes[offset + 1] = call->size >> 8;
	tail->at = offset + 2;
}

/* Keeps a write without a marker; a large one makes those before it worthless. */
static __noinline __attribute__((unused)) long output_tail_keep(const struct output_call *call)
{
	struct output_tail *tail = bpf_map_lookup_elem(&output_tails, &call->pid_tgid);
	bool is_small = call->size <= MAX_TAIL_WRITE_BYTES && !call->buffer.is_cut;
	__u64 now_ns;

	if (!is_small) {
		if (tail)
			empty_tail(tail);
		return 0;
	}
	if (!tail) {
		bpf_map_update_elem(&output_tails, &call->pid_tgid, (const void *)&no_tail,
				    BPF_ANY);
		tail = bpf_map_lookup_elem(&output_tails, &call->pid_tgid);
		if (!tail)
			return 0;
	}
	now_ns = bpf_ktime_get_ns();
	if (now_ns - tail->last_ns > OUTPUT_TAIL_NS)
		empty_tail(tail);
	tail->last_ns = now_ns;
	add_write(tail, call);
	return 0;
}

/* Returns 0, or the enum drop_reason. */
static __always_inline __u32 send_tail_bytes(const struct output_call *call,
					     struct output_stream *stream, const __u8 *from,
					     __u64 size)
{
	struct output_record *record;

	if (!output_budget_take(call->pid_tgid >> 32, call->now_ns, size))
		return DROP_OUTPUT_RATE;
	record =
		bpf_ringbuf_reserve(&exception_records, sizeof(*record) + 2 * OUTPUT_TAIL_BYTES, 0);
	if (!record)
		return DROP_EXCEPTION_RING_FULL;
	verifier_must_see(size);
	if (size > 2 * OUTPUT_TAIL_BYTES || bpf_probe_read_kernel(record->bytes, size, from)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return DROP_OUTPUT_UNREADABLE;
	}
	fill_output(record, call, stream, size);
	record->size = size;
	record->flags |= OUTPUT_IS_TAIL;
	emit_exception_submit(record);
	return 0;
}

static __always_inline void send_tail_part(const struct output_call *call,
					   struct output_stream *stream,
					   const struct output_tail *tail, __u32 from, __u32 end)
{
	__u32 drop = 0;

	if (from < end)
		drop = send_tail_bytes(call, stream, tail->bytes + from, end - from);
	if (!drop)
		return;
	drops_count(drop);
	stream->flags |= OUTPUT_IS_MISSING;
}

/* A stream begins with this call: what its thread wrote just before goes up first. */
static __noinline __attribute__((unused)) long output_tail_send(const struct output_call *call,
								struct output_stream *stream)
{
	struct output_tail *tail = bpf_map_lookup_elem(&output_tails, &call->pid_tgid);

	if (!tail)
		return 0;
	if (call->now_ns - tail->last_ns <= OUTPUT_TAIL_NS) {
		send_tail_part(call, stream, tail, tail->at, tail->end);
		send_tail_part(call, stream, tail, 0, tail->at);
	}
	empty_tail(tail);
	return 0;
}

#endif
