/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Plaintext of Go's crypto/tls: (*Conn).Read where it begins and at each of its return
 * instructions, and writeRecordLocked(type, data). A goroutine may wait in a read and go on in
 * another thread, and its stack may move meanwhile: the call is kept by goroutine, its frame and a
 * buffer on the stack are known by how far they are from the stack's top. A call that never
 * returned (a panic) is forgotten at the goroutine's next. The rest is as with any library
 * (lib/tls_capture.bpf.h).
 */
#ifndef LIB_TLS_GO_H
#define LIB_TLS_GO_H

#include "lib/go_socket.bpf.h"
#include "lib/go_value.bpf.h"
#include "lib/tls_capture.bpf.h"
#include "maps/tls_calls.bpf.h"

#define GO_STACK_LOW  0 /* g.stack, since ever */
#define GO_STACK_HIGH 8

#define TLS_APPLICATION_DATA 23 /* content type, RFC 8446, 5.1 */

#if defined(__TARGET_ARCH_x86)
#define GO_ARGUMENT_3(regs) ((regs)->cx)
#define GO_ARGUMENT_4(regs) ((regs)->di)
#else
#define GO_ARGUMENT_3(regs) ((regs)->regs[2])
#define GO_ARGUMENT_4(regs) ((regs)->regs[3])
#endif

static __always_inline struct tls_call *find_or_add_call(const struct tls_call_key *key)
{
	struct tls_call *call = bpf_map_lookup_elem(&tls_calls, key);

	if (call)
		return call;
	bpf_map_update_elem(&tls_calls, key, (const void *)&no_tls_call, BPF_NOEXIST);
	return bpf_map_lookup_elem(&tls_calls, key);
}

static __noinline long set_session(__u64 conn, __u64 socket, bool is_from_start)
{
	struct tls_session_key key = {conn, bpf_get_current_pid_tgid() >> 32};
	struct tls_session session = {socket, is_from_start};

	return bpf_map_update_elem(&tls_sessions, &key, &session, BPF_ANY);
}

static __noinline struct tls_session *find_session(__u64 conn, __u64 socket)
{
	struct tls_session_key key = {conn, bpf_get_current_pid_tgid() >> 32};
	struct tls_session *session = bpf_map_lookup_elem(&tls_sessions, &key);

	return session && session->socket == socket ? session : NULL;
}

static __noinline __u64 find_socket_below(__u64 conn)
{
	__u64 socket = go_socket_find(conn);
	struct connection_state *below = bpf_map_lookup_elem(&connections, &socket);

	if (below)
		below->has_tls = 1;
	return socket;
}

static __noinline bool has_plaintext(__u64 socket)
{
	__u64 key = socket | PLAINTEXT_KEY_BIT;

	return bpf_map_lookup_elem(&connections, &key) != NULL;
}

static __always_inline void tls_go_begin_read(struct pt_regs *regs)
{
	struct tls_call_key key = {GO_GOROUTINE(regs), bpf_get_current_pid_tgid() >> 32};
	__u64 low = go_word(key.goroutine + GO_STACK_LOW);
	__u64 high = go_word(key.goroutine + GO_STACK_HIGH);
	struct tls_call *call;

	if (!process_is_traced(key.tgid))
		return;
	if (!tls_is_traced)
		tls_is_traced = 1;
	call = find_or_add_call(&key);
	if (!call)
		return;
	call->conn = GO_ARGUMENT_1(regs);
	call->buffer = GO_ARGUMENT_2(regs);
	call->is_on_stack = call->buffer >= low && call->buffer < high;
	if (call->is_on_stack)
		call->buffer = high - call->buffer;
	call->depth = high - regs->sp;
	call->socket = find_socket_below(call->conn);
	/* Of one whose handshake was not seen, all that is read from here on is seen. */
	if (call->socket && !find_session(call->conn, call->socket))
		set_session(call->conn, call->socket, false);
}

/* The thread's entry has room to put it together. */
static __noinline long capture_call(const struct tls_call *call, __u64 buffer, __u32 length)
{
	struct tls_thread *thread = tls_thread_find_or_add(bpf_get_current_pid_tgid());
	struct tls_session *session = find_session(call->conn, call->socket);

	if (!thread)
		return -1;
	thread->session = 0;
	thread->has_vectors = 0;
	thread->socket = call->socket;
	thread->buffer = buffer;
	thread->direction = DIRECTION_RECEIVE;
	thread->is_from_start = session && session->is_from_start;
	return tls_plaintext_capture(thread, length);
}

static __always_inline void tls_go_end_read(struct pt_regs *regs)
{
	struct tls_call_key key = {GO_GOROUTINE(regs), bpf_get_current_pid_tgid() >> 32};
	struct tls_call *call;
	__u64 high, conn = 0;
	__s64 length = GO_ARGUMENT_1(regs); /* the first result, too */

	if (!process_is_traced(key.tgid))
		return;
	call = bpf_map_lookup_elem(&tls_calls, &key);
	high = go_word(key.goroutine + GO_STACK_HIGH);
	if (call && call->depth == high - regs->sp)
		conn = call->conn;
	if (length > 0 && length <= MAX_TLS_CALL_BYTES) {
		if (conn && call->socket)
			capture_call(call, call->is_on_stack ? high - call->buffer : call->buffer,
				     length);
		else
			drops_count(DROP_TLS_UNBOUND);
	}
	if (call)
		call->conn = 0;
}

/* Of a session whose handshake was not seen, a read may be under way that began before, and what it
 * gets will be missing: nothing is followed until the next read. */
static __always_inline void tls_go_write(struct pt_regs *regs)
{
	__u64 id = bpf_get_current_pid_tgid(), length = GO_ARGUMENT_4(regs);
	struct tls_session *session;
	struct tls_thread *thread;

	if (!process_is_traced(id >> 32) || (__u8)GO_ARGUMENT_2(regs) != TLS_APPLICATION_DATA ||
	    !length || length > MAX_TLS_CALL_BYTES)
		return;
	if (!tls_is_traced)
		tls_is_traced = 1;
	thread = tls_thread_find_or_add(id);
	if (!thread)
		return;
	thread->session = 0;
	thread->has_vectors = 0;
	thread->socket = find_socket_below(GO_ARGUMENT_1(regs));
	if (!thread->socket) {
		drops_count(DROP_TLS_UNBOUND);
		return;
	}
	session = find_session(GO_ARGUMENT_1(regs), thread->socket);
	if (!session && !has_plaintext(thread->socket))
		return;
	thread->buffer = GO_ARGUMENT_3(regs);
	thread->direction = DIRECTION_SEND;
	thread->start_ns = bpf_ktime_get_ns();
	thread->is_from_start = session && session->is_from_start;
	tls_plaintext_capture(thread, length);
}

/* All that this session says will be seen. */
static __always_inline void tls_go_note_handshake(struct pt_regs *regs)
{
	__u64 conn = GO_ARGUMENT_1(regs), socket;

	if (!process_is_traced(bpf_get_current_pid_tgid() >> 32))
		return;
	socket = go_socket_find(conn);
	if (socket)
		set_session(conn, socket, true);
}

#endif
