/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* What bytes on a socket tell about the session of a TLS library that uses it
 * (lib/tls_binding.bpf.h). */
#ifndef LIB_TLS_RECEIVED_H
#define LIB_TLS_RECEIVED_H

#include "lib/tls_plaintext.bpf.h"

/* RFC 8446, 5.1; 24 is RFC 6520. */
#define TLS_HEADER_BYTES 5
#define TLS_FIRST_TYPE   20
#define TLS_LAST_TYPE    24
#define TLS_APPLICATION  23
#define TLS_MAX_RECORD   16384

/* Content type of the record that the transfer begins with, 0 if it begins with none. */
static __always_inline __u8 tls_record_type(const struct transfer *transfer)
{
	__u32 head = 0;
	__u8 type;

	if (!transfer->buffer.count || transfer->length < TLS_HEADER_BYTES ||
	    transfer->buffer.vectors[0].iov_len < TLS_HEADER_BYTES ||
	    bpf_probe_read_user(&head, 3, transfer->buffer.vectors[0].iov_base))
		return 0;
	type = head & 0xff;
	if (type < TLS_FIRST_TYPE || type > TLS_LAST_TYPE || (head >> 8 & 0xff) != 3 ||
	    (head >> 16 & 0xff) > 4)
		return 0;
	return type;
}

/* Plaintext that waits for its record (lib/tls_rustls.bpf.h). Records are as long as what they hold
 * and 17 bytes (TLS 1.3), 24 or 16 (1.2: AES-GCM, ChaCha20). Each is a piece of its own. */
static __always_inline bool is_record_of(const struct iovec *piece, __u32 plaintext)
{
	__u8 head[8] = {};
	__u32 more;

	if (piece->iov_len < TLS_HEADER_BYTES ||
	    bpf_probe_read_user(head, TLS_HEADER_BYTES, piece->iov_base) ||
	    head[0] != TLS_APPLICATION)
		return false;
	if (plaintext > TLS_MAX_RECORD)
		plaintext = TLS_MAX_RECORD;
	more = ((__u32)head[3] << 8 | head[4]) - plaintext;
	return more == 17 || more == 24 || more == 16;
}

/* 1: what waits is what the transfer holds, and is to be captured (tls_received_send). */
static __noinline long claim_waiting(const struct transfer *transfer,
				     struct connection_state *state, struct tls_thread *thread)
{
	__u64 mark = 0;

	for (__u32 i = 0; i < MAX_IOVECS && i < transfer->buffer.count; i++) {
		if (!is_record_of(&transfer->buffer.vectors[i], thread->waiting))
			continue;
		if (bpf_probe_read_user(&mark, sizeof(mark), (const void *)thread->mark_at) ||
		    mark != thread->mark)
			break;
		thread->is_from_start = state->has_tls == TLS_IS_NEW;
		state->has_tls = 1;
		thread->socket = (__u64)transfer->sk;
		thread->direction = DIRECTION_SEND;
		thread->has_vectors = 1;
		return 1;
	}
	thread->waiting = 0;
	drops_count(DROP_TLS_UNBOUND);
	return 0;
}

/* Bytes moved on a stream socket, at any call. 1: tls_received_send is to follow. */
static __noinline long tls_binding_note(const struct transfer *transfer,
					struct connection_state *state)
{
	__u64 id = transfer->pid_tgid, socket = (__u64)transfer->sk;
	struct tls_thread *thread = bpf_map_lookup_elem(&tls_threads, &id);
	bool is_received = transfer->direction == DIRECTION_RECEIVE;
	__u8 type;

	if (thread && thread->waiting) {
		if (!is_received)
			return claim_waiting(transfer, state, thread);
		thread->waiting = 0;
		drops_count(DROP_TLS_UNBOUND);
	}
	if (thread && thread->session && thread->socket == socket)
		return 0;
	if (!is_received && (!thread || !thread->session))
		return 0;
	type = tls_record_type(transfer);
	if (type && thread && thread->session) {
		tls_binding_set(thread, id >> 32, socket, type);
		return 0;
	}
	if (!is_received)
		return 0;
	if (!thread && (type || state->has_tls))
		thread = tls_thread_find_or_add(id);
	if (!thread)
		return 0;
	/* A record may have begun with what was received before. */
	if (type || state->has_tls || thread->last_received == socket)
		thread->last_received = socket;
	else
		thread->last_received = 0;
	if (type && !state->has_tls) {
		thread->received = socket;
		thread->received_type = type;
	} else if (thread->received != socket) {
		thread->received = 0;
	}
	return 0;
}

/* Called by whoever noted, and not from there: frames of all calls share 512 bytes. */
static __noinline long tls_received_send(__u64 id)
{
	struct tls_thread *thread = bpf_map_lookup_elem(&tls_threads, &id);
	__u32 waiting;

	if (!thread)
		return 0;
	waiting = thread->waiting;
	thread->waiting = 0;
	return tls_plaintext_capture(thread, waiting);
}

#endif
