/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The one capture function, called by every source that saw bytes move on a stream socket. It keeps
 * the connection's positions, turns and capture mode, and sends up what the mode asks for. It never
 * parses beyond a 16-byte sniff.
 */
#ifndef LIB_CAPTURE_H
#define LIB_CAPTURE_H

#include "lib/connection.bpf.h"
#include "lib/emit.bpf.h"
#include "lib/http_sniff.bpf.h"
#include "lib/process_filter.bpf.h"
#include "lib/user_buffer.bpf.h"
#include "maps/connections.bpf.h"

struct transfer {
	struct sock *sk;
	__u64 inode; /* of the socket, 0 when the source cannot tell */
	__u64 start_ns;
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
	emit_fill_header(&record->header, RECORD_SEGMENT, size);
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
static __noinline long emit_segment(const struct transfer *transfer,
				    const struct segment_plan *plan)
{
	const void *from;

	if (!transfer || !plan)
		return 0;
	from = transfer->buffer.vectors[0].iov_base;
	if (plan->wanted == 0)
		return emit_buffer(transfer, plan, from, 0);
	if (plan->flags & SEGMENT_IS_TAIL) {
		from = user_buffer_tail(&transfer->buffer, transfer->length, TAIL_BYTES);
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

/* Does the segment end with an empty line? Then the head is complete, or a chunked body may be. */
static __always_inline bool ends_with_empty_line(const struct transfer *transfer)
{
	const void *tail = user_buffer_tail(&transfer->buffer, transfer->length, 4);
	__u32 bytes = 0;

	if (!tail || bpf_probe_read_user(&bytes, sizeof(bytes), tail))
		return false;
	return bytes == 0x0a0d0a0d; /* CR LF CR LF, the same in both byte orders we compile for */
}

static __always_inline bool looks_like_message(const struct transfer *transfer)
{
	__u8 bytes[SNIFF_BYTES] = {};

	/* No HTTP/1 message is shorter; one whose first piece is, is left to the agent. */
	if (!transfer->buffer.count || transfer->length < SNIFF_BYTES ||
	    transfer->buffer.vectors[0].iov_len < SNIFF_BYTES ||
	    bpf_probe_read_user(bytes, SNIFF_BYTES, transfer->buffer.vectors[0].iov_base))
		return false;
	return http_sniff_is_response(bytes) || http_sniff_is_request(bytes);
}

static __always_inline __u32 smaller(__u32 a, __u32 b)
{
	return a < b ? a : b;
}

/* Heads mode: the first bytes of each turn, pipelined heads inside a turn, and the tail that may
 * end a chunked body. */
static __always_inline void plan_head(const struct transfer *transfer,
				      struct connection_state *state, struct segment_plan *plan)
{
	__u32 cap = settings.capture_bytes;
	bool ends = ends_with_empty_line(transfer);

	if (!state->is_head_complete && state->turn_captured < cap) {
		plan->wanted = smaller(transfer->length, cap - state->turn_captured);
		state->turn_captured += plan->wanted;
		state->is_head_complete = ends;
	} else if (looks_like_message(transfer)) {
		plan->wanted = smaller(transfer->length, cap);
		state->turn_captured = plan->wanted;
		state->is_head_complete = ends;
	} else if (ends && transfer->length >= TAIL_BYTES &&
		   user_buffer_tail(&transfer->buffer, transfer->length, TAIL_BYTES)) {
		plan->wanted = TAIL_BYTES;
		plan->flags |= SEGMENT_IS_TAIL;
	} else if (ends) {
		plan->wanted = smaller(transfer->length, TAIL_BYTES);
	} else {
		plan->skip = 1;
	}
}

static __always_inline void plan_undecided(const struct transfer *transfer,
					   struct connection_state *state,
					   struct segment_plan *plan)
{
	if ((plan->flags & SEGMENT_IS_TURN) && looks_like_message(transfer)) {
		state->mode = CAPTURE_HEADS;
		plan_head(transfer, state, plan);
		return;
	}
	plan->wanted =
		smaller(smaller(transfer->length, settings.capture_bytes), state->undecided_left);
	state->undecided_left -= plan->wanted;
	if (!state->undecided_left)
		state->mode = CAPTURE_OFF;
}

static __always_inline void plan_segment(const struct transfer *transfer,
					 struct connection_state *state, struct segment_plan *plan)
{
	switch (state->mode) {
	case CAPTURE_HEADS:
		plan_head(transfer, state, plan);
		break;
	case CAPTURE_UNDECIDED:
		plan_undecided(transfer, state, plan);
		break;
	case CAPTURE_STREAM:
		plan->wanted = smaller(transfer->length, settings.capture_bytes);
		break;
	case CAPTURE_OFF:
		/* Joined in the middle of a body, a connection may turn out to speak HTTP after
		 * all. */
		if (!(plan->flags & SEGMENT_IS_TURN)) {
			plan->skip = 1;
		} else if (looks_like_message(transfer)) {
			state->mode = CAPTURE_HEADS;
			plan_head(transfer, state, plan);
		}
		break;
	default:
		plan->skip = 1;
	}
	plan->mode = state->mode;
	if (!transfer->buffer.count) {
		plan->wanted = 0;
		plan->flags |= SEGMENT_IS_UNREADABLE;
	}
}

/* Sequence number of the segment's first byte. Exact while one thread moves this direction, which
 * is the rule. */
static __always_inline void plan_sequence(const struct transfer *transfer,
					  struct segment_plan *plan)
{
	struct sock *sk = transfer->sk;
	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	if (BPF_CORE_READ(sk, __sk_common.skc_family) == FAMILY_UNIX)
		return;
	plan->sequence = (transfer->direction == DIRECTION_SEND ? BPF_CORE_READ(tcp, write_seq)
								: BPF_CORE_READ(tcp, copied_seq)) -
			 transfer->length;
	plan->flags |= SEGMENT_HAS_SEQUENCE;
}

static __always_inline void plan_context(const struct transfer *transfer, struct segment_plan *plan)
{
	plan->context = transfer->pid_tgid;
	plan->context_kind = CONTEXT_THREAD;
#if defined(__TARGET_ARCH_x86)
	if (process_flags(transfer->pid_tgid >> 32) & PROCESS_IS_GO) {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();
		__u64 goroutine = 0;

		/* The Go ABI keeps g at fs:-8 (cmd/link, runtime/tls_amd64.s). */
		if (!bpf_probe_read_user(&goroutine, sizeof(goroutine),
					 (void *)(BPF_CORE_READ(task, thread.fsbase) - 8)) &&
		    goroutine)
			plan->context = goroutine;
		plan->context_kind = CONTEXT_GOROUTINE;
	}
#endif
}

static __noinline long capture_transfer(struct transfer *transfer)
{
	struct segment_plan plan = {};
	struct connection_state *state;
	__u32 direction;

	if (!transfer)
		return 0;
	verifier_forget(transfer);
	state = connection_find(transfer->sk, transfer->inode, transfer->pid_tgid >> 32);
	if (!state)
		return 0;
	direction = transfer->direction & 1;
	plan.connection = state->connection;
	plan.position = state->position[direction];
	plan.other_position = state->position[!direction];
	plan.other_last_ns = state->last_ns[!direction];
	state->position[direction] += transfer->length;
	state->last_ns[direction] =
		transfer->length > MAX_HANDOVER_BYTES ? bpf_ktime_get_ns() : transfer->start_ns;
	if (state->last_direction != direction) {
		state->last_direction = direction;
		state->turns++;
		state->turn_captured = 0;
		state->is_head_complete = 0;
		plan.flags = SEGMENT_IS_TURN;
	}
	plan_segment(transfer, state, &plan);
	if (plan.skip)
		return 0;
	plan_sequence(transfer, &plan);
	plan_context(transfer, &plan);
	verifier_forget(&plan);
	return emit_segment(transfer, &plan);
}

#endif
