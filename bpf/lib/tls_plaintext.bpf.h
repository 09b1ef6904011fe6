/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Plaintext that went over a socket as TLS is a connection of its own: announced with the addresses
 * of the one below it, which is ignored from then on, and captured like any other.
 */
#ifndef LIB_TLS_PLAINTEXT_H
#define LIB_TLS_PLAINTEXT_H

#include "lib/capture_plan.bpf.h"
#include "lib/connection.bpf.h"
#include "lib/execution_context.bpf.h"
#include "lib/segment.bpf.h"
#include "lib/tls_binding.bpf.h"
#include "lib/traffic_share.bpf.h"

/* A segment that is put together. */
struct tls_work {
	struct transfer transfer;
	struct segment_plan plan;
	struct connection_state state;
};
_Static_assert(sizeof(struct tls_work) <= TLS_WORK_WORDS * sizeof(__u64), "room in the entry");

static __always_inline struct tls_work *work_of(struct tls_thread *thread)
{
	return (struct tls_work *)thread->work;
}

static __noinline long announce_plaintext(struct sock *sk, const struct connection_state *state,
					  __u8 flags)
{
	struct connection_open_record *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);

	if (!record) {
		drops_count(DROP_RING_FULL);
		return -1;
	}
	__builtin_memset(record, 0, sizeof(*record));
	emit_fill_header(&record->header, RECORD_CONNECTION_OPEN, sizeof(*record),
			 bpf_ktime_get_ns());
	record->connection = state->connection;
	record->socket = (__u64)sk | PLAINTEXT_KEY_BIT;
	record->tgid = bpf_get_current_pid_tgid() >> 32;
	record->role = state->role;
	record->flags = flags;
	record->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	record->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	fill_inet(sk, record);
	emit_submit(record);
	return 0;
}

/* The entry of the plaintext, announced after the connection below has been given up. */
static __noinline long begin_plaintext(struct tls_thread *thread, struct connection_state *below)
{
	struct sock *sk = (struct sock *)thread->socket;
	__u64 key = thread->socket | PLAINTEXT_KEY_BIT;
	struct connection_state *state = &work_of(thread)->state;

	if (BPF_CORE_READ(sk, __sk_common.skc_family) == FAMILY_UNIX)
		return -1;
	__builtin_memset(state, 0, sizeof(*state));
	state->connection = new_connection_id();
	state->inode = below->inode;
	state->undecided_left = settings.undecided_bytes;
	state->early_wakes = EARLY_WAKES;
	state->last_direction = NO_DIRECTION;
	state->role = below->role;
	if (bpf_map_update_elem(&connections, &key, state, BPF_NOEXIST)) {
		drops_count(DROP_CONNECTIONS_FULL);
		return -1;
	}
	below->mode = CAPTURE_IGNORE;
	connection_announce_end(thread->socket, below, END_IS_TLS);
	if (announce_plaintext(sk, state,
			       CONNECTION_IS_TLS |
				       (thread->is_from_start ? CONNECTION_FROM_START : 0))) {
		bpf_map_delete_elem(&connections, &key);
		return -1;
	}
	return 0;
}

static __noinline long plan_plaintext(struct transfer *transfer, struct connection_state *state,
				      struct segment_plan *plan)
{
	capture_plan(transfer, state, plan);
	plan->context_kind = execution_context_of(transfer->pid_tgid, &plan->context);
	return plan->skip;
}

static __noinline long tls_plaintext_capture(struct tls_thread *thread, __u32 length)
{
	__u64 key = thread->socket;
	struct connection_state *below = bpf_map_lookup_elem(&connections, &key), *state;
	struct tls_work *work = work_of(thread);
	struct transfer *transfer = &work->transfer;

	/* Its end was told already. */
	if (!below)
		return 0;
	key |= PLAINTEXT_KEY_BIT;
	state = bpf_map_lookup_elem(&connections, &key);
	if (!state) {
		if (begin_plaintext(thread, below))
			return 0;
		state = bpf_map_lookup_elem(&connections, &key);
		if (!state)
			return 0;
	}
	transfer->sk = (struct sock *)thread->socket;
	transfer->inode = 0;
	transfer->now_ns = bpf_ktime_get_ns();
	transfer->start_ns =
		thread->direction == DIRECTION_SEND ? thread->start_ns : transfer->now_ns;
	transfer->pid_tgid = bpf_get_current_pid_tgid();
	transfer->length = length;
	transfer->direction = thread->direction;
	if (!thread->has_vectors) {
		transfer->buffer.is_cut = 0;
		user_buffer_set(&transfer->buffer, (const void *)thread->buffer, length);
	}
	__builtin_memset(&work->plan, 0, sizeof(work->plan));
	if (!plan_plaintext(transfer, state, &work->plan) &&
	    traffic_share_take(transfer->pid_tgid >> 32,
			       sizeof(struct segment_record) + work->plan.wanted)) {
		segment_emit(transfer, &work->plan);
		if (work->plan.has_tail)
			segment_emit_tail(transfer, &work->plan);
	}
	capture_plan_told(state, transfer->direction, &work->plan);
	return 0;
}

#endif
