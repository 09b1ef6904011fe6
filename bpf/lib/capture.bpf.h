/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The one capture function, called by every source that saw bytes move on a stream socket. It keeps
 * the connection's positions, turns and capture mode, and sends up what the mode asks for. It never
 * parses beyond a 16-byte sniff.
 */
#ifndef LIB_CAPTURE_H
#define LIB_CAPTURE_H

#include "lib/connection.bpf.h"
#include "lib/execution_context.bpf.h"
#include "lib/http_sniff.bpf.h"
#include "lib/process_filter.bpf.h"
#include "lib/segment.bpf.h"
#include "maps/connections.bpf.h"

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

/* A chunked body's end may stand in a piece of its own (nginx): its last bytes are enough then. */
static __always_inline __u32 tail_size(const struct transfer *transfer)
{
	if (user_buffer_tail(&transfer->buffer, transfer->length, TAIL_BYTES))
		return TAIL_BYTES;
	return user_buffer_tail(&transfer->buffer, transfer->length, LAST_CHUNK_BYTES)
		       ? LAST_CHUNK_BYTES
		       : 0;
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
	} else if (ends && transfer->length <= TAIL_BYTES &&
		   transfer->length <= transfer->buffer.vectors[0].iov_len) {
		plan->wanted = transfer->length;
	} else if (ends) {
		plan->wanted = tail_size(transfer);
		plan->flags |= SEGMENT_IS_TAIL;
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

static __noinline long capture_transfer(struct transfer *transfer)
{
	struct segment_plan plan = {};
	struct connection_state *state;
	__u32 direction;

	if (!transfer)
		return 0;
	verifier_forget(transfer);
	if (!transfer->length)
		return 0;
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
	plan.context_kind = execution_context_of(transfer->pid_tgid, &plan.context);
	verifier_forget(&plan);
	return segment_emit(transfer, &plan);
}

#endif
