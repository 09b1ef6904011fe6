/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The connection table: entries come with the first byte or the connect, are announced to the
 * agent, and go with the end. */
#ifndef LIB_CONNECTION_H
#define LIB_CONNECTION_H

#include "lib/emit.bpf.h"
#include "lib/socket_address.bpf.h"
#include "maps/connections.bpf.h"

#define NO_DIRECTION 2
#define TCP_CLOSE    7 /* include/net/tcp_states.h */

/* Unique until the clock has run for two years: the time it began, and the CPU. */
static __always_inline __u64 new_connection_id(void)
{
	return bpf_ktime_get_ns() << 8 | (bpf_get_smp_processor_id() & 0xff);
}

static __always_inline void connection_announce_end(__u64 key, const struct connection_state *state,
						    __u32 reason)
{
	struct connection_end_record *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);

	if (!record) {
		drops_count(DROP_RING_FULL);
		return;
	}
	emit_fill_header(&record->header, RECORD_CONNECTION_END, sizeof(*record),
			 bpf_ktime_get_ns());
	record->connection = state->connection;
	record->socket = key;
	record->position[0] = state->position[0];
	record->position[1] = state->position[1];
	record->last_ns[0] = state->last_ns[0];
	record->last_ns[1] = state->last_ns[1];
	record->reason = reason;
	record->tgid = bpf_get_current_pid_tgid() >> 32;
	emit_submit(record);
}

static __always_inline long announce_begin(struct sock *sk, const struct connection_state *state,
					   __u32 tgid, bool is_from_start)
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
	record->socket = (__u64)sk;
	record->tgid = tgid;
	record->role = state->role;
	record->is_from_start = is_from_start;
	socket_address_fill(sk, record);
	emit_submit(record);
	return 0;
}

/* A new entry. Not announced means not added: the next segment tries again, as a connection joined
 * midway. */
static __noinline long connection_begin(struct sock *sk, __u64 inode, __u32 tgid, __u32 role)
{
	struct connection_state state = {
		.connection = new_connection_id(),
		.inode = inode,
		.undecided_left = settings.undecided_bytes,
		.last_direction = NO_DIRECTION,
		.role = role,
	};
	__u64 key = (__u64)sk;

	if (bpf_map_update_elem(&connections, &key, &state, BPF_NOEXIST)) {
		drops_count(DROP_CONNECTIONS_FULL);
		return -1;
	}
	/* A client's entry is made at connect, when the addresses are not known yet: announced with
	 * its first byte. */
	if (role == ROLE_CLIENT)
		return 0;
	if (announce_begin(sk, &state, tgid, false)) {
		bpf_map_delete_elem(&connections, &key);
		return -1;
	}
	return 0;
}

static __always_inline bool is_tcp_closed(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE &&
	       BPF_CORE_READ(sk, __sk_common.skc_family) != FAMILY_UNIX;
}

/* The entry of a socket, made on first sight. NULL when it could not be (counted). */
static __always_inline struct connection_state *connection_find(struct sock *sk, __u64 inode,
								__u32 tgid)
{
	__u64 key = (__u64)sk;
	struct connection_state *state = bpf_map_lookup_elem(&connections, &key);

	if (state && state->inode && inode && state->inode != inode) {
		connection_announce_end(key, state, END_REPLACED);
		bpf_map_delete_elem(&connections, &key);
		state = NULL;
	}
	if (!state) {
		/* The end came from the network while the call was on its way out: it was told
		 * already. */
		if (is_tcp_closed(sk))
			return NULL;
		if (connection_begin(sk, inode, tgid, ROLE_UNKNOWN))
			return NULL;
		state = bpf_map_lookup_elem(&connections, &key);
	} else if (state->role == ROLE_CLIENT && state->last_direction == NO_DIRECTION) {
		state->inode = inode;
		/* Its beginning is lost then: it comes back as one joined midway. */
		if (announce_begin(sk, state, tgid, true)) {
			bpf_map_delete_elem(&connections, &key);
			return NULL;
		}
	}
	return state;
}

/* The peer will send no more. */
static __always_inline void connection_end_of_stream(struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct connection_state *state = bpf_map_lookup_elem(&connections, &key);

	if (state && state->mode != CAPTURE_IGNORE)
		connection_announce_end(key, state, END_OF_STREAM);
}

/* A UNIX socket is released; TCP says so itself (connection_lifecycle.bpf.c). */
static __always_inline void connection_end_unix(struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct connection_state *state = bpf_map_lookup_elem(&connections, &key);

	if (!state)
		return;
	connection_announce_end(key, state, END_CLOSED);
	bpf_map_delete_elem(&connections, &key);
}

#endif
