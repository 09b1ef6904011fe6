// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * Datagrams, seen at the kernel functions that move them (fentry, fexit), beside
 * socket_functions.bpf.c; the tracepoint source sees them at the system calls. A send is seen when
 * it begins, where its bytes and its address are at hand: one that fails is a query that nobody
 * answers.
 */
#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_tracing.h>
#include "lib/datagram.bpf.h"
#include "lib/process_filter.bpf.h"

#define MSG_PEEK 2 /* include/linux/socket.h: looked at, still there */

/* done: bytes that the iterator has passed. */
static __always_inline void set_bytes(struct datagram *datagram, struct msghdr *msg, __u64 done)
{
	struct iov_iter *iter = &msg->msg_iter;
	enum user_iterator kind = iov_iter_kind(iter);
	__u64 offset;

	if (kind == ITERATOR_BUFFER) {
		datagram->bytes = iov_iter_buffer(iter) - done;
		datagram->readable = MAX_DATAGRAM_BYTES;
	} else if (kind == ITERATOR_VECTOR) {
		struct iovec first = {};

		offset = BPF_CORE_READ(iter, iov_offset);
		/* It went on to the next vector: the first was filled to its end. */
		if (offset < done ||
		    bpf_probe_read_kernel(&first, sizeof(first), iov_iter_vectors(iter)))
			return;
		datagram->bytes = first.iov_base + offset - done;
		datagram->readable = lesser_of(first.iov_len - offset + done, MAX_DATAGRAM_BYTES);
	}
}

static __always_inline void take(struct sock *sk, struct msghdr *msg, __u32 direction, __u64 length)
{
	struct datagram datagram = {
		.sk = sk,
		.now_ns = bpf_ktime_get_ns(),
		.pid_tgid = bpf_get_current_pid_tgid(),
		.name = BPF_CORE_READ(msg, msg_name),
		.length = length,
		.direction = direction,
		.is_kernel_name = 1,
	};

	datagram.start_ns = datagram.now_ns;
	set_bytes(&datagram, msg, direction == DIRECTION_RECEIVE ? length : 0);
	datagram_capture(&datagram);
}

static __always_inline bool is_traced(void)
{
	return process_is_traced(bpf_get_current_pid_tgid() >> 32);
}

static __always_inline void end_receive(void *ctx, struct sock *sk, struct msghdr *msg, int flags)
{
	__u64 result = 0;

	if (!is_traced() || (flags & MSG_PEEK))
		return;
	bpf_get_func_ret(ctx, &result);
	if ((int)result > 0)
		take(sk, msg, DIRECTION_RECEIVE, (int)result);
}

/* IPv6's function calls this one for mapped addresses, and was seen then. */
SEC("fentry/udp_sendmsg")
int BPF_PROG(on_udp_send, struct sock *sk, struct msghdr *msg, __u64 size)
{
	if (is_traced() && BPF_CORE_READ(sk, __sk_common.skc_family) == FAMILY_IPV4)
		take(sk, msg, DIRECTION_SEND, size);
	return 0;
}

SEC("fentry/udpv6_sendmsg")
int BPF_PROG(on_udp6_send, struct sock *sk, struct msghdr *msg, __u64 size)
{
	if (is_traced())
		take(sk, msg, DIRECTION_SEND, size);
	return 0;
}

SEC("fexit/udp_recvmsg")
int BPF_PROG(on_udp_receive_return, struct sock *sk, struct msghdr *msg, __u64 size, int flags)
{
	end_receive(ctx, sk, msg, flags);
	return 0;
}

SEC("fexit/udpv6_recvmsg")
int BPF_PROG(on_udp6_receive_return, struct sock *sk, struct msghdr *msg, __u64 size, int flags)
{
	end_receive(ctx, sk, msg, flags);
	return 0;
}
