// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * Bytes on stream sockets, seen at the kernel functions that move them (fentry, fexit): for kernels
 * that allow it. Cheaper than the system calls, free for processes that do no network I/O, and
 * blind to no way of getting there (io_uring, splice). The functions' arguments are those of 5.19
 * and later; the loader checks and otherwise takes socket_bytes.bpf.c.
 */
#define VECTORS_LIE_IN_THE_KERNEL /* lib/user_buffer.bpf.h */

#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_tracing.h>
#include "lib/capture.bpf.h"
#include "maps/task_calls.bpf.h"

#define MSG_PEEK 2 /* include/linux/socket.h: looked at, still there */

static __always_inline struct task_call *task_call_get(__u64 flags)
{
	return bpf_task_storage_get(&task_calls, bpf_get_current_task_btf(), NULL, flags);
}

/* At the entry: the iterator is still whole. Receives of one buffer can be told from its end, and
 * need no note. */
static __always_inline void note_call(struct msghdr *msg, bool is_send)
{
	struct iov_iter *iter = &msg->msg_iter;
	enum user_iterator kind = iov_iter_kind(iter);
	struct task_call *call;

	if (!is_send && kind != ITERATOR_VECTOR)
		return;
	call = task_call_get(BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!call) {
		drops_count(DROP_PENDING_FULL);
		return;
	}
	call->start_ns = bpf_ktime_get_ns();
	call->from = NULL;
	call->count = 0;
	if (kind == ITERATOR_BUFFER) {
		call->from = iov_iter_buffer(iter);
	} else if (kind == ITERATOR_VECTOR) {
		call->from = iov_iter_vectors(iter);
		call->count = BPF_CORE_READ(iter, nr_segs);
		call->first_offset = BPF_CORE_READ(iter, iov_offset);
	}
}

static __always_inline void set_buffer(struct transfer *transfer, const struct task_call *call)
{
	if (!call->from)
		return;
	if (!call->count) {
		user_buffer_set(&transfer->buffer, call->from, transfer->length);
		return;
	}
	if (user_buffer_set_vectors(&transfer->buffer, call->from, call->count, true)) {
		drops_count(DROP_USER_READ);
		return;
	}
	transfer->buffer.vectors[0].iov_base += call->first_offset;
	transfer->buffer.vectors[0].iov_len -= call->first_offset;
}

static __always_inline void capture_send(struct sock *sk, __u64 inode, long ret)
{
	struct transfer transfer = {
		.sk = sk,
		.inode = inode,
		.pid_tgid = bpf_get_current_pid_tgid(),
		.length = ret,
		.direction = DIRECTION_SEND,
		.now_ns = bpf_ktime_get_ns(),
	};
	struct task_call *call = task_call_get(0);

	transfer.start_ns = call ? call->start_ns : transfer.now_ns;
	if (call)
		set_buffer(&transfer, call);
	capture_transfer(&transfer);
}

static __always_inline void capture_receive(struct sock *sk, __u64 inode, struct msghdr *msg,
					    long ret)
{
	struct transfer transfer = {
		.sk = sk,
		.inode = inode,
		.now_ns = bpf_ktime_get_ns(),
		.pid_tgid = bpf_get_current_pid_tgid(),
		.length = ret,
		.direction = DIRECTION_RECEIVE,
	};
	struct iov_iter *iter = &msg->msg_iter;
	enum user_iterator kind = iov_iter_kind(iter);
	struct task_call *call;

	transfer.start_ns = transfer.now_ns;
	if (kind == ITERATOR_BUFFER) {
		/* The iterator stands behind what was copied. */
		user_buffer_set(&transfer.buffer, iov_iter_buffer(iter) - ret, ret);
	} else if (kind == ITERATOR_VECTOR) {
		call = task_call_get(0);
		if (call)
			set_buffer(&transfer, call);
	}
	capture_transfer(&transfer);
}

/* Bytes that moved without passing through user memory: counted. */
static __always_inline void capture_unreadable(struct sock *sk, __u64 inode, __u32 direction,
					       long ret)
{
	struct transfer transfer = {
		.sk = sk,
		.inode = inode,
		.now_ns = bpf_ktime_get_ns(),
		.pid_tgid = bpf_get_current_pid_tgid(),
		.length = ret,
		.direction = direction,
	};

	transfer.start_ns = transfer.now_ns;
	capture_transfer(&transfer);
}

static __always_inline bool is_traced(void)
{
	return process_is_traced(bpf_get_current_pid_tgid() >> 32);
}

static __always_inline __u64 inode_of(struct socket *socket)
{
	return BPF_CORE_READ(socket, file, f_inode, i_ino);
}

/* socket: of a UNIX connection, whose inode tells it from the next one at the same address; NULL
 * for TCP. */
static __always_inline void end_receive(struct sock *sk, struct socket *socket, struct msghdr *msg,
					int flags, int ret)
{
	if (ret < 0 || (flags & MSG_PEEK) || !is_traced())
		return;
	if (ret == 0)
		connection_end_of_stream(sk);
	else
		capture_receive(sk, socket ? inode_of(socket) : 0, msg, ret);
}

SEC("fentry/tcp_sendmsg")
int BPF_PROG(on_tcp_send, struct sock *sk, struct msghdr *msg)
{
	if (is_traced())
		note_call(msg, true);
	return 0;
}

SEC("fexit/tcp_sendmsg")
int BPF_PROG(on_tcp_send_return, struct sock *sk, struct msghdr *msg, __u64 size, int ret)
{
	if (ret > 0 && is_traced())
		capture_send(sk, 0, ret);
	return 0;
}

SEC("fentry/tcp_recvmsg")
int BPF_PROG(on_tcp_receive, struct sock *sk, struct msghdr *msg)
{
	if (is_traced())
		note_call(msg, false);
	return 0;
}

SEC("fexit/tcp_recvmsg")
int BPF_PROG(on_tcp_receive_return, struct sock *sk, struct msghdr *msg, __u64 size, int flags)
{
	__u64 result = 0;

	/* Behind the arguments, of which there are four or five: asked for instead of counted
	 * (5.17). */
	bpf_get_func_ret(ctx, &result);
	end_receive(sk, NULL, msg, flags, (int)result);
	return 0;
}

SEC("fexit/tcp_splice_read")
int BPF_PROG(on_tcp_splice_return, struct socket *socket, __s64 *position, void *pipe, __u64 size,
	     unsigned int flags, long ret)
{
	if (ret > 0 && is_traced())
		capture_unreadable(socket->sk, 0, DIRECTION_RECEIVE, ret);
	return 0;
}

/* sendfile and splice to a socket before 6.5; since then they pass through tcp_sendmsg. */
SEC("fexit/tcp_sendpage")
int BPF_PROG(on_tcp_send_page_return, struct sock *sk, void *page, int offset, __u64 size,
	     int flags, int ret)
{
	if (ret > 0 && is_traced())
		capture_unreadable(sk, 0, DIRECTION_SEND, ret);
	return 0;
}

SEC("fentry/unix_stream_sendmsg")
int BPF_PROG(on_unix_send, struct socket *socket, struct msghdr *msg)
{
	if (is_traced())
		note_call(msg, true);
	return 0;
}

SEC("fexit/unix_stream_sendmsg")
int BPF_PROG(on_unix_send_return, struct socket *socket, struct msghdr *msg, __u64 size, int ret)
{
	if (ret > 0 && is_traced())
		capture_send(socket->sk, inode_of(socket), ret);
	return 0;
}

SEC("fentry/unix_stream_recvmsg")
int BPF_PROG(on_unix_receive, struct socket *socket, struct msghdr *msg)
{
	if (is_traced())
		note_call(msg, false);
	return 0;
}

SEC("fexit/unix_stream_recvmsg")
int BPF_PROG(on_unix_receive_return, struct socket *socket, struct msghdr *msg, __u64 size,
	     int flags, int ret)
{
	end_receive(socket->sk, socket, msg, flags, ret);
	return 0;
}

SEC("fentry/unix_release")
int BPF_PROG(on_unix_release, struct socket *socket)
{
	if (socket->sk && is_traced())
		connection_end_unix(socket->sk);
	return 0;
}
