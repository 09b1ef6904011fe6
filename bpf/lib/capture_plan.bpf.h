/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* What of a transfer goes up, by its connection's mode: the counts, turns and heads of the
 * connection are kept here. Beyond a 16-byte sniff nothing is parsed. */
#ifndef LIB_CAPTURE_PLAN_H
#define LIB_CAPTURE_PLAN_H

#include "lib/connection.bpf.h"
#include "lib/http_sniff.bpf.h"
#include "lib/program_settings.bpf.h"
#include "lib/transfer.bpf.h"

#define NO_BUDGET 0xffffffffu

/* is_head_complete. */
#define HEAD_UNFINISHED  0
#define HEAD_COMPLETE    1
#define HEAD_BEFORE_BODY 2

#define BODY_BEGINNING_BYTES 2048

/* Does the segment end with an empty line? Then the head is complete, or a chunked body may be. */
static __always_inline bool ends_with_empty_line(const struct transfer *transfer)
{
	const void *tail = user_buffer_tail(&transfer->buffer, transfer->length, 4);
	__u32 bytes = 0;

	if (!tail || bpf_probe_read_user(&bytes, sizeof(bytes), tail))
		return false;
	return bytes == 0x0a0d0a0d; /* CR LF CR LF, the same in both byte orders we compile for */
}

/* No HTTP/1 message is shorter; one whose first piece is, is left to the agent. */
static __always_inline bool read_sniff(const struct transfer *transfer, __u8 bytes[SNIFF_BYTES])
{
	return transfer->buffer.count && transfer->length >= SNIFF_BYTES &&
	       transfer->buffer.vectors[0].iov_len >= SNIFF_BYTES &&
	       !bpf_probe_read_user(bytes, SNIFF_BYTES, transfer->buffer.vectors[0].iov_base);
}

static __always_inline bool looks_like_message(const struct transfer *transfer)
{
	__u8 bytes[SNIFF_BYTES] = {};

	if (!read_sniff(transfer, bytes))
		return false;
	return http_sniff_is_response(bytes) || http_sniff_is_request(bytes);
}

/* The head at the beginning of a turn has come to its end. */
static __always_inline void finish_head(const struct transfer *transfer,
					struct connection_state *state)
{
	__u8 bytes[SNIFF_BYTES] = {};

	state->is_head_complete = HEAD_COMPLETE;
	if (!read_sniff(transfer, bytes))
		return;
	/* The first frames of a WebSocket may move before the agent has read of it. */
	if (http_sniff_is_switch(bytes))
		connection_set_mode(state, CAPTURE_UNDECIDED);
	else if (http_sniff_is_post(bytes))
		state->is_head_complete = HEAD_BEFORE_BODY;
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

/* Heads mode: the first bytes of each turn, pipelined heads inside a turn, the first bytes of what
 * a POST sends by a call of its own (what is asked of a GraphQL server stands there), and the tail
 * that may end a chunked body. */
static __always_inline void plan_head(const struct transfer *transfer,
				      struct connection_state *state, struct segment_plan *plan)
{
	__u32 cap = settings.capture_bytes;
	bool ends = ends_with_empty_line(transfer);

	if (!state->is_head_complete && state->turn_captured < cap) {
		plan->wanted = smaller(transfer->length, cap - state->turn_captured);
		state->turn_captured += plan->wanted;
		state->is_head_complete = ends ? HEAD_COMPLETE : HEAD_UNFINISHED;
		if (ends && (plan->flags & SEGMENT_IS_TURN))
			finish_head(transfer, state);
	} else if (looks_like_message(transfer)) {
		plan->wanted = smaller(transfer->length, cap);
		state->turn_captured = plan->wanted;
		state->is_head_complete = ends ? HEAD_COMPLETE : HEAD_UNFINISHED;
	} else if (state->is_head_complete == HEAD_BEFORE_BODY &&
		   (!ends || transfer->length <= BODY_BEGINNING_BYTES)) {
		plan->wanted = smaller(transfer->length, smaller(cap, BODY_BEGINNING_BYTES));
		state->is_head_complete = HEAD_COMPLETE;
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

/* Several messages may lie in one call, and none may be missed: four times the cap of heads. Of
 * longer calls the last bytes go up too, where they can be had at once. budget: all that may go up.
 */
static __always_inline void plan_stream(struct transfer *transfer, __u32 budget,
					struct segment_plan *plan)
{
	__u32 length = transfer->length,
	      cap = smaller(4 * settings.capture_bytes, MAX_CAPTURE_BYTES);

	if (length > cap && length > STREAM_TAIL_BYTES && budget >= cap + STREAM_TAIL_BYTES &&
	    user_buffer_tail(&transfer->buffer, length, STREAM_TAIL_BYTES)) {
		length -= STREAM_TAIL_BYTES;
		transfer->length = length;
		plan->has_tail = 1;
	}
	plan->wanted = smaller(smaller(length, cap), budget);
}

/* HTTP is told by its first bytes: the agent may take longer than all bytes of a fast connection,
 * of which only so many go up before it has decided. Returns whether they were planned. */
static __always_inline bool plan_by_first_bytes(struct transfer *transfer,
						struct connection_state *state,
						struct segment_plan *plan)
{
	__u8 bytes[SNIFF_BYTES] = {};

	if (!read_sniff(transfer, bytes))
		return false;
	if (http_sniff_is_response(bytes) || http_sniff_is_request(bytes)) {
		state->mode = CAPTURE_HEADS;
		plan_head(transfer, state, plan);
		return true;
	}
	if (http_sniff_is_http2(bytes)) {
		state->mode = CAPTURE_STREAM;
		plan_stream(transfer, NO_BUDGET, plan);
		return true;
	}
	return false;
}

/* What goes up while nothing is decided is used up. Did the agent get to see it? If not, a busy one
 * would miss what a fast connection says: more may go up, so often. */
static __always_inline bool renew_undecided(struct connection_state *state)
{
	if (state->renewals == MAX_UNDECIDED_RENEWALS ||
	    !bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA))
		return false;
	if (!state->undecided_end) {
		state->undecided_end = (__u32)bpf_ringbuf_query(&events, BPF_RB_PROD_POS) | 1;
	} else {
		__u32 read = (__u32)bpf_ringbuf_query(&events, BPF_RB_CONS_POS);

		if ((__s32)(read - state->undecided_end) >= 0)
			return false;
	}
	state->renewals++;
	state->undecided_left = settings.undecided_bytes;
	return true;
}

static __always_inline void plan_undecided(struct transfer *transfer,
					   struct connection_state *state,
					   struct segment_plan *plan)
{
	if ((plan->flags & SEGMENT_IS_TURN) && plan_by_first_bytes(transfer, state, plan))
		return;
	plan_stream(transfer, state->undecided_left, plan);
	state->undecided_left -= plan->wanted + (plan->has_tail ? STREAM_TAIL_BYTES : 0);
	if (!state->undecided_left && !renew_undecided(state))
		state->mode = CAPTURE_OFF;
	if (state->early_wakes) {
		state->early_wakes--;
		plan->is_urgent = 1;
	}
}

static __always_inline void plan_segment(struct transfer *transfer, struct connection_state *state,
					 struct segment_plan *plan)
{
	switch (state->mode) {
	case CAPTURE_HEADS:
		plan_head(transfer, state, plan);
		break;
	case CAPTURE_UNDECIDED:
		plan_undecided(transfer, state, plan);
		break;
	case CAPTURE_STREAM:
		plan_stream(transfer, NO_BUDGET, plan);
		break;
	case CAPTURE_OFF:
	case CAPTURE_TURNS:
		/* Joined in the middle of a body, a connection may turn out to speak HTTP after
		 * all. */
		if (!(plan->flags & SEGMENT_IS_TURN)) {
			plan->skip = 1;
		} else if (looks_like_message(transfer)) {
			state->mode = CAPTURE_HEADS;
			plan_head(transfer, state, plan);
		} else if (state->mode == CAPTURE_TURNS) {
			plan->wanted = smaller(transfer->length, TURN_BYTES);
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

/* The transfer is counted, and what of it goes up is planned. The plan was zeroed. */
static __always_inline void capture_plan(struct transfer *transfer, struct connection_state *state,
					 struct segment_plan *plan)
{
	__u32 direction = transfer->direction & 1;

	plan->connection = state->connection;
	plan->position = state->position[direction];
	plan->other_position = state->told_position[!direction];
	plan->other_last_ns = state->told_ns[!direction];
	state->position[direction] += transfer->length;
	plan->end_position = state->position[direction];
	plan->end_ns =
		transfer->length > MAX_HANDOVER_BYTES ? bpf_ktime_get_ns() : transfer->start_ns;
	if (state->last_direction != direction) {
		state->last_direction = direction;
		state->turn_captured = 0;
		state->is_head_complete = 0;
		plan->flags = SEGMENT_IS_TURN;
	}
	plan_segment(transfer, state, plan);
}

/*
 * What was planned is in the ring, was skipped, or is counted as lost. Only now may records of the
 * other direction tell of it: another thread's may be written between the count and the record, and
 * bytes whose record is still to come would count as missing.
 */
static __always_inline void capture_plan_told(struct connection_state *state, __u32 direction,
					      const struct segment_plan *plan)
{
	state->told_position[direction & 1] = plan->end_position;
	state->told_ns[direction & 1] = plan->end_ns;
}

#endif
