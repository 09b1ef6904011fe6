/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Which socket a session of a TLS library reads and writes. While a thread is in a call of the
 * library, the socket on which a TLS record moves is the session's. A library that gets its bytes
 * from the program (memory BIOs) moves none itself: the record that the thread received last
 * belongs to the first session used after it that has no socket, unless another has that one. What
 * does not look like a TLS record binds nothing.
 */
#ifndef LIB_TLS_BINDING_H
#define LIB_TLS_BINDING_H

#include "lib/transfer.bpf.h"
#include "maps/connections.bpf.h"
#include "maps/tls_sessions.bpf.h"
#include "maps/tls_threads.bpf.h"

#define TLS_HANDSHAKE 22 /* content type, RFC 8446, 5.1 */
#define TLS_IS_NEW    2  /* connection_state.has_tls: its handshake is over, no plaintext moved */

/* A session whose first record is of the handshake has not moved any plaintext yet. */
static __noinline long tls_binding_set(struct tls_thread *thread, __u32 tgid, __u64 socket,
				       __u8 type)
{
	struct tls_session_key key = {thread->session, tgid};
	struct tls_session session = {socket, type <= TLS_HANDSHAKE};
	struct connection_state *state = bpf_map_lookup_elem(&connections, &socket);

	bpf_map_update_elem(&tls_sessions, &key, &session, BPF_ANY);
	thread->socket = socket;
	thread->is_from_start = session.is_from_start;
	if (state)
		state->has_tls = 1;
	return 0;
}

static __always_inline struct tls_thread *tls_thread_find_or_add(__u64 id)
{
	struct tls_thread *thread = bpf_map_lookup_elem(&tls_threads, &id);

	if (thread)
		return thread;
	bpf_map_update_elem(&tls_threads, &id, (const void *)&no_tls, BPF_NOEXIST);
	return bpf_map_lookup_elem(&tls_threads, &id);
}

#endif
