/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The connection table: entries come with the first byte or the connect, are announced to the
 * agent, and go with the end. */
#ifndef LIB_CONNECTION_H
#define LIB_CONNECTION_H

#include "lib/emit.bpf.h"
#include "lib/socket_address.bpf.h"
#include "lib/traffic_share.bpf.h"
#include "maps/connections.bpf.h"

#define NO_DIRECTION      2
#define TCP_CLOSE         7 /* include/net/tcp_states.h */
#define TCP_CLOSE_WAIT    8
#define PLAINTEXT_KEY_BIT 1

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
	record->position[0] = state->told_position[0];
	record->position[1] = state->told_position[1];
	record->last_ns[0] = state->told_ns[0];
	record->last_ns[1] = state->told_ns[1];
	record->reason = reason;
	record->tgid = bpf_get_current_pid_tgid() >> 32;
	emit_submit(record);
}

/* The plaintext over a connection ends with it: its entry has the key of the socket with bit 0 set.
 */
static __always_inline void connection_end_plaintext(__u64 key, __u32 reason, bool is_over)
{
	struct connection_state *state;

	if (!settings.has_tls || !tls_is_traced)
		return;
	/* To the verifier it may be a pointer, which takes no bits. */
	verifier_forget(&key);
	key |= PLAINTEXT_KEY_BIT;
	state = bpf_map_lookup_elem(&connections, &key);
	if (!state)
		return;
	connection_announce_end(key, state, reason);
	if (is_over)
		bpf_map_delete_elem(&connections, &key);
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
	record->flags = is_from_start ? CONNECTION_FROM_START : 0;
	socket_address_fill(sk, record);
	emit_submit(record);
	return 0;
}

/* The sequence number behind what the program has read. A FIN has a number of its own, and counts
 * as read together with the bytes before it. */
static __always_inline __u32 connection_read_end(struct sock *sk)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;
	__u32 end = BPF_CORE_READ(tcp, copied_seq);

	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE_WAIT &&
	    end == BPF_CORE_READ(tcp, rcv_nxt))
		end--;
	return end;
}

/* Is a transfer of this length the first of an accepted socket? The kernel counts what it received
 * and what was acknowledged, the SYN among them or not. */
static __always_inline bool connection_is_first(struct sock *sk, __u32 direction, __u32 length)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;
	__u32 sent, read;

	if (BPF_CORE_READ(sk, __sk_common.skc_family) == FAMILY_UNIX)
		return false;
	sent = BPF_CORE_READ(tcp, write_seq) -
	       (BPF_CORE_READ(tcp, snd_una) - (__u32)BPF_CORE_READ(tcp, bytes_acked));
	read = connection_read_end(sk) -
	       (BPF_CORE_READ(tcp, rcv_nxt) - (__u32)BPF_CORE_READ(tcp, bytes_received));
	if (direction == DIRECTION_SEND)
		return sent - length <= 1 && read <= 1;
	return sent <= 1 && read - length <= 1;
}

/* A new entry. Not announced means not added: the next segment tries again, as a connection joined
 * midway. */
static __noinline long connection_begin(struct sock *sk, __u64 inode, __u32 tgid, __u32 role,
					bool is_from_start)
{
	struct connection_state state = {
		.connection = new_connection_id(),
		.inode = inode,
		.undecided_left = settings.undecided_bytes,
		.early_wakes = EARLY_WAKES,
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
	if (announce_begin(sk, &state, tgid, is_from_start)) {
		bpf_map_delete_elem(&connections, &key);
		return -1;
	}
	return 0;
}

static __always_inline void connection_set_mode(struct connection_state *state, __u8 mode)
{
	/* It speaks something else from now on: TLS after a handshake, what a tunnel carries. */
	if (mode == CAPTURE_UNDECIDED) {
		state->undecided_left = settings.undecided_bytes;
		state->early_wakes = EARLY_WAKES;
		state->undecided_end = 0;
		state->renewals = 0;
	}
	state->mode = mode;
}

static __always_inline bool is_tcp_closed(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE &&
	       BPF_CORE_READ(sk, __sk_common.skc_family) != FAMILY_UNIX;
}

/* The entry of a socket that moved `length` bytes just now, made on first sight. NULL when it could
 * not be (counted). */
static __always_inline struct connection_state *connection_find(struct sock *sk, __u64 inode,
								__u32 tgid, __u32 direction,
								__u32 length)
{
	__u64 key = (__u64)sk;
	struct connection_state *state = bpf_map_lookup_elem(&connections, &key);

	if (state && state->inode && inode && state->inode != inode) {
		connection_end_plaintext(key, END_REPLACED, true);
		connection_announce_end(key, state, END_REPLACED);
		bpf_map_delete_elem(&connections, &key);
		state = NULL;
	}
	if (!state) {
		/* The end came from the network while the call was on its way out: it was told
		 * already. */
		if (is_tcp_closed(sk))
			return NULL;
		if (!traffic_share_take(tgid, sizeof(struct connection_open_record)) ||
		    connection_begin(sk, inode, tgid, ROLE_UNKNOWN,
				     connection_is_first(sk, direction, length)))
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

	connection_end_plaintext(key, END_OF_STREAM, false);
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
