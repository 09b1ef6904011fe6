/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * rustls 0.23, which moves no bytes itself, and whose objects are moved about: their addresses say
 * nothing. A program receives, hands over what came and has it decrypted, all on one thread: what
 * is received is of the socket that the thread received TLS on last. What is to be sent waits for
 * the thread's next transfer, which has to begin with, or hold, a record of that very length
 * (lib/tls_received.bpf.h). All else is counted as not known.
 */
#ifndef LIB_TLS_RUSTLS_H
#define LIB_TLS_RUSTLS_H

#include "lib/tls_capture.bpf.h"

/* A client is made: what is received from now on matters. */
static __always_inline void tls_rustls_expect(void)
{
	if (process_is_traced(bpf_get_current_pid_tgid() >> 32) && !tls_is_traced)
		tls_is_traced = 1;
}

/* A handshake ends: nothing was said yet on the socket that was received on. */
static __always_inline void tls_rustls_begin(void)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct connection_state *below;
	struct tls_thread *thread;
	__u64 socket;

	if (!process_is_traced(id >> 32))
		return;
	if (!tls_is_traced)
		tls_is_traced = 1;
	thread = bpf_map_lookup_elem(&tls_threads, &id);
	if (!thread)
		return;
	socket = thread->last_received;
	below = bpf_map_lookup_elem(&connections, &socket);
	if (below && !below->has_tls)
		below->has_tls = TLS_IS_NEW;
}

/* OutboundChunks: 0, bytes, size; or slices, their count, and which part of their bytes. */
static __noinline long read_chunks(struct tls_thread *thread)
{
	struct user_buffer *buffer = &work_of(thread)->transfer.buffer;
	const void *slices, *bytes;
	__u64 count, size;

	buffer->is_cut = 0;
	buffer->count = 0;
	if (bpf_probe_read_user(buffer->vectors, 2 * sizeof(buffer->vectors[0]),
				(const void *)thread->buffer))
		return -1;
	slices = buffer->vectors[0].iov_base;
	bytes = (const void *)buffer->vectors[0].iov_len;
	count = buffer->vectors[0].iov_len;
	size = (__u64)buffer->vectors[1].iov_base;
	if (!slices)
		user_buffer_set(buffer, bytes, size);
	else if (size == 0)
		user_buffer_set_vectors(buffer, slices, count, false);
	return 0;
}

/* CommonState::buffer_plaintext(self, chunks, …) returns what it took of them. */
static __always_inline void tls_rustls_begin_write(struct pt_regs *regs)
{
	struct tls_thread *thread = tls_capture_enter(regs, DIRECTION_SEND);

	if (!thread)
		return;
	if (thread->waiting)
		drops_count(DROP_TLS_UNBOUND);
	thread->waiting = 0;
	read_chunks(thread);
}

static __always_inline void tls_rustls_end_write(struct pt_regs *regs)
{
	__u64 id = bpf_get_current_pid_tgid(), result = TLS_RESULT(regs);
	struct tls_thread *thread = bpf_map_lookup_elem(&tls_threads, &id);
	struct user_buffer *buffer;

	if (!thread || !thread->session)
		return;
	thread->session = 0;
	buffer = &work_of(thread)->transfer.buffer;
	if (!result || result > MAX_TLS_CALL_BYTES || !buffer->count)
		return;
	thread->mark_at = (__u64)buffer->vectors[0].iov_base;
	if (bpf_probe_read_user(&thread->mark, sizeof(thread->mark),
				(const void *)thread->mark_at) == 0)
		thread->waiting = result;
}

/* Payload: a capacity or a mark, bytes, size. */
static __noinline long take_payload(struct tls_thread *thread)
{
	struct iovec *vector = work_of(thread)->transfer.buffer.vectors;
	struct connection_state *below;

	if (bpf_probe_read_user(vector, sizeof(*vector), (const void *)(thread->buffer + 8)) ||
	    !vector->iov_len || vector->iov_len > MAX_TLS_CALL_BYTES)
		return 0;
	thread->socket = thread->last_received;
	below = bpf_map_lookup_elem(&connections, &thread->socket);
	if (!below) {
		drops_count(DROP_TLS_UNBOUND);
		return 0;
	}
	thread->is_from_start = below->has_tls == TLS_IS_NEW;
	below->has_tls = 1;
	thread->buffer = (__u64)vector->iov_base;
	tls_plaintext_capture(thread, vector->iov_len);
	return 0;
}

/* CommonState::take_received_plaintext(self, payload): of every record with plaintext. */
static __always_inline void tls_rustls_received(struct pt_regs *regs)
{
	struct tls_thread *thread = tls_capture_enter(regs, DIRECTION_RECEIVE);

	if (!thread)
		return;
	thread->received = 0;
	if (!thread->waiting)
		take_payload(thread);
	else
		drops_count(DROP_TLS_UNBOUND);
	thread->session = 0;
}

#endif
