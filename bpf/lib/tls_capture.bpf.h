/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Plaintext of TLS libraries, at the functions that read and write it. What a call moved is known
 * when it returns.
 */
#ifndef LIB_TLS_CAPTURE_H
#define LIB_TLS_CAPTURE_H

#include "lib/process_filter.bpf.h"
#include "lib/tls_plaintext.bpf.h"
#include "lib/uprobe_guard.bpf.h"

#if defined(__TARGET_ARCH_x86)
#define TLS_ARGUMENT_1(regs) ((regs)->di)
#define TLS_ARGUMENT_2(regs) ((regs)->si)
#define TLS_ARGUMENT_3(regs) ((regs)->dx)
#define TLS_ARGUMENT_4(regs) ((regs)->cx)
#define TLS_RESULT(regs)     ((regs)->ax)
#else
#define TLS_ARGUMENT_1(regs) ((regs)->regs[0])
#define TLS_ARGUMENT_2(regs) ((regs)->regs[1])
#define TLS_ARGUMENT_3(regs) ((regs)->regs[2])
#define TLS_ARGUMENT_4(regs) ((regs)->regs[3])
#define TLS_RESULT(regs)     ((regs)->regs[0])
#endif

/* The socket of the session that the thread begins a call on: known, or of the record that nobody
 * has claimed. */
static __noinline long tls_find_socket(struct tls_thread *thread, __u32 tgid)
{
	struct tls_session_key key = {thread->session, tgid};
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, &key);
	__u64 received = thread->received;
	__u64 socket = session ? session->socket : 0;
	struct connection_state *below;

	thread->socket = socket;
	thread->is_from_start = session ? session->is_from_start : 0;
	if (!received || thread->is_own_session || received == socket ||
	    (socket && bpf_map_lookup_elem(&connections, &socket)))
		return 0;
	thread->received = 0;
	below = bpf_map_lookup_elem(&connections, &received);
	if (below && !below->has_tls)
		tls_binding_set(thread, tgid, received, thread->received_type);
	return 0;
}

/* The thread, in a call of the library that moves one buffer and returns the size; NULL: it is not
 * traced. */
static __always_inline struct tls_thread *tls_capture_enter(struct pt_regs *regs, __u8 direction)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct tls_thread *thread;

	if (!process_is_traced(id >> 32))
		return NULL;
	if (!tls_is_traced)
		tls_is_traced = 1;
	thread = tls_thread_find_or_add(id);
	if (!thread)
		return NULL;
	thread->session = TLS_ARGUMENT_1(regs);
	thread->buffer = TLS_ARGUMENT_2(regs);
	thread->size_at = 0;
	thread->direction = direction;
	thread->is_doubtful = 0;
	thread->is_own_session = 0;
	thread->has_vectors = 0;
	thread->start_ns = bpf_ktime_get_ns();
	return thread;
}

/* A call of the library begins. size_at 0: it returns the size. */
static __always_inline void tls_capture_begin(struct pt_regs *regs, __u8 direction, __u64 size_at)
{
	struct tls_thread *thread = tls_capture_enter(regs, direction);

	if (!thread)
		return;
	thread->size_at = size_at;
	tls_find_socket(thread, bpf_get_current_pid_tgid() >> 32);
}

/* SSL_sendfile: its bytes go from a file to the kernel's TLS and are in no buffer, only counted. */
static __always_inline void tls_capture_begin_file(struct pt_regs *regs)
{
	struct tls_thread *thread = tls_capture_enter(regs, DIRECTION_SEND);

	if (!thread)
		return;
	thread->buffer = 1; /* a call, and no handshake */
	thread->has_vectors = 1;
	user_buffer_set(&work_of(thread)->transfer.buffer, NULL, 0);
	work_of(thread)->transfer.buffer.count = 0;
	work_of(thread)->transfer.buffer.is_cut = 0;
	tls_find_socket(thread, bpf_get_current_pid_tgid() >> 32);
}

/* A handshake, which may be part of another call on the same session. */
static __always_inline void tls_capture_begin_handshake(struct pt_regs *regs)
{
	__u64 id = bpf_get_current_pid_tgid(), session = TLS_ARGUMENT_1(regs);
	struct tls_thread *thread;

	if (!process_is_traced(id >> 32))
		return;
	if (!tls_is_traced)
		tls_is_traced = 1;
	thread = tls_thread_find_or_add(id);
	if (!thread || (thread->session == session && thread->buffer))
		return;
	thread->session = session;
	thread->buffer = 0;
	thread->is_doubtful = 0;
	thread->is_own_session = 0;
	tls_find_socket(thread, id >> 32);
}

static __always_inline void tls_capture_end_handshake(void)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct tls_thread *thread = bpf_map_lookup_elem(&tls_threads, &id);

	if (thread && !thread->buffer)
		thread->session = 0;
}

/* The call returns. */
static __always_inline void tls_capture_end(struct pt_regs *regs)
{
	__u64 id = bpf_get_current_pid_tgid(), length;
	struct tls_thread *thread = bpf_map_lookup_elem(&tls_threads, &id);
	int result = TLS_RESULT(regs);

	if (!thread || !thread->session || !thread->buffer)
		return;
	thread->session = 0;
	if (result <= 0)
		return;
	length = result;
	if (thread->size_at &&
	    bpf_probe_read_user(&length, sizeof(length), (const void *)thread->size_at))
		return;
	if (!length || length > MAX_TLS_CALL_BYTES)
		return;
	if (!thread->socket) {
		if (!thread->is_doubtful)
			drops_count(DROP_TLS_UNBOUND);
		return;
	}
	tls_plaintext_capture(thread, length);
}

/* The session is gone, and its address may become another's. */
static __always_inline void tls_capture_forget(struct pt_regs *regs)
{
	struct tls_session_key key = {TLS_ARGUMENT_1(regs), bpf_get_current_pid_tgid() >> 32};
	struct tls_session *session;
	struct connection_state *below;

	if (!process_is_traced(key.tgid))
		return;
	session = bpf_map_lookup_elem(&tls_sessions, &key);
	if (!session)
		return;
	below = bpf_map_lookup_elem(&connections, &session->socket);
	if (below)
		below->has_tls = 0;
	bpf_map_delete_elem(&tls_sessions, &key);
}

#endif
