// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * Bytes on stream sockets, seen at the system calls that move them: works on every kernel we
 * support, hardened ones included. At sys_enter only the time of sends is noted (and the last close
 * of a UNIX socket); all else happens at sys_exit, where the arguments are still in the saved
 * registers and the result is known.
 */
#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_tracing.h>
#include "lib/call_trail.bpf.h"
#include "lib/capture.bpf.h"
#include "lib/datagram.bpf.h"
#include "lib/syscall_arguments.bpf.h"
#include "maps/pending_calls.bpf.h"

static __always_inline struct task_struct *current_task(void)
{
	return (struct task_struct *)bpf_get_current_task();
}

/* TCP says itself when it ends (connection_lifecycle); UNIX sockets do not. */
static __always_inline void end_unix_socket(__u64 fd)
{
	__u64 inode = 0;
	struct file *file = socket_address_file(current_task(), fd);
	struct sock *sk = socket_address_stream(file, &inode);

	if (!sk || BPF_CORE_READ(sk, __sk_common.skc_family) != FAMILY_UNIX)
		return;
	if (file_is_last_reference(file))
		connection_end_unix(sk);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_syscall_enter, struct pt_regs *regs, long number)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u64 start_ns;
	__u8 kind;

	if (!process_is_traced(pid_tgid >> 32))
		return 0;
	kind = call_kind_of(number);
	if (kind < CALL_CLOSE || kind > CALL_SPLICE || task_is_compat(current_task()))
		return 0;
	if (kind == CALL_CLOSE) {
		end_unix_socket(syscall_argument_1(regs));
		return 0;
	}
	start_ns = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&pending_calls, &pid_tgid, &start_ns, BPF_ANY))
		drops_count(DROP_PENDING_FULL);
	return 0;
}

/* When the send began; its own end when that was not noted. */
static __always_inline __u64 take_start(__u64 pid_tgid, __u64 now_ns)
{
	__u64 *pending = bpf_map_lookup_elem(&pending_calls, &pid_tgid);
	__u64 start_ns = pending ? *pending : now_ns;

	if (pending)
		bpf_map_delete_elem(&pending_calls, &pid_tgid);
	return start_ns;
}

/* msg_iov and msg_iovlen, which stand side by side: the stack is short on 5.10. */
struct message_vectors {
	const struct iovec *array;
	__u64 count;
};

static __always_inline void set_message(struct transfer *transfer,
					const struct user_msghdr *message)
{
	struct message_vectors vectors;

	if (bpf_probe_read_user(&vectors, sizeof(vectors), &message->msg_iov) ||
	    user_buffer_set_vectors(&transfer->buffer, vectors.array, vectors.count, false))
		drops_count(DROP_USER_READ);
}

/* Several messages of one call are one segment: a vector of what the first buffer of each holds. */
static __always_inline void set_messages(struct transfer *transfer, const struct mmsghdr *messages,
					 long count)
{
	struct iovec *array;
	__u32 length = 0;

	transfer->length = 0;
	for (int i = 0; i < MAX_MMSGS; i++) {
		if (i >= count)
			break;
		if (bpf_probe_read_user(&length, sizeof(length), &messages[i].msg_len)) {
			drops_count(DROP_USER_READ);
			break;
		}
		transfer->length += length;
		if (i >= MAX_IOVECS) {
			transfer->buffer.is_cut = 1;
			continue;
		}
		if (bpf_probe_read_user(&array, sizeof(array), &messages[i].msg_hdr.msg_iov) ||
		    bpf_probe_read_user(&transfer->buffer.vectors[i], sizeof(struct iovec), array))
			break;
		transfer->buffer.count = i + 1;
		if (transfer->buffer.vectors[i].iov_len < length) {
			transfer->buffer.is_cut = 1;
			break;
		}
		transfer->buffer.vectors[i].iov_len = length;
	}
	if (count > MAX_MMSGS)
		drops_count(DROP_MMSG_TAIL);
}

#define MSG_PEEK 2 /* include/linux/socket.h: looked at, still there */

static __always_inline bool is_peek(struct pt_regs *regs, long number, __u8 kind)
{
#if defined(__TARGET_ARCH_x86)
	return (number == 45 && (regs->r10 & MSG_PEEK)) ||
	       (number == 47 && (regs->dx & MSG_PEEK)) || (number == 299 && (regs->r10 & MSG_PEEK));
#else
	return (number == 207 && (regs->regs[3] & MSG_PEEK)) ||
	       (number == 212 && (regs->regs[2] & MSG_PEEK)) ||
	       (number == 243 && (regs->regs[3] & MSG_PEEK));
#endif
}

/* Where the call has its bytes. sendfile and splice have none that can be read: they are counted.
 */
static __always_inline void set_buffer(struct transfer *transfer, struct pt_regs *regs, __u8 kind,
				       long ret)
{
	const void *pointer = (const void *)syscall_argument_2(regs);

	switch (kind) {
	case CALL_SEND_BUFFER:
	case CALL_RECEIVE_BUFFER:
		user_buffer_set(&transfer->buffer, pointer, ret);
		break;
	case CALL_SEND_VECTOR:
	case CALL_RECEIVE_VECTOR:
		if (user_buffer_set_vectors(&transfer->buffer, pointer, syscall_argument_3(regs),
					    false))
			drops_count(DROP_USER_READ);
		break;
	case CALL_SEND_MESSAGE:
	case CALL_RECEIVE_MESSAGE:
		set_message(transfer, pointer);
		break;
	case CALL_SEND_MESSAGES:
	case CALL_RECEIVE_MESSAGES:
		set_messages(transfer, pointer, ret);
		break;
	}
}

/* The first buffer of a message, and who it is for or from. */
static __always_inline void set_datagram(struct datagram *datagram,
					 const struct user_msghdr *message)
{
	struct message_vectors vectors;
	struct iovec first;

	datagram->readable = 0;
	datagram->bytes = NULL;
	if (bpf_probe_read_user(&datagram->name, sizeof(datagram->name), &message->msg_name) ||
	    bpf_probe_read_user(&vectors, sizeof(vectors), &message->msg_iov) || !vectors.count ||
	    bpf_probe_read_user(&first, sizeof(first), vectors.array))
		return;
	datagram->bytes = first.iov_base;
	datagram->readable = lesser_of(first.iov_len, MAX_DATAGRAM_BYTES);
}

static __always_inline void capture_datagrams(struct datagram *datagram,
					      const struct mmsghdr *messages, long count)
{
	for (int i = 0; i < MAX_MMSGS; i++) {
		if (i >= count)
			break;
		set_datagram(datagram, &messages[i].msg_hdr);
		if (bpf_probe_read_user(&datagram->length, sizeof(datagram->length),
					&messages[i].msg_len))
			break;
		datagram_capture(datagram);
	}
	if (count > MAX_MMSGS)
		drops_count(DROP_MMSG_TAIL);
}

/* A call on a UDP socket. */
static __noinline long take_datagrams(struct transfer *transfer, struct pt_regs *regs, __u32 kind)
{
	const void *pointer = (const void *)syscall_argument_2(regs);
	struct datagram datagram = {};
	long number = syscall_number(regs);

	if (!transfer)
		return 0;
	datagram.sk = transfer->sk;
	datagram.start_ns = transfer->start_ns;
	datagram.now_ns = transfer->now_ns;
	datagram.pid_tgid = transfer->pid_tgid;
	datagram.direction = transfer->direction;
	datagram.length = transfer->length;
	switch (kind) {
	case CALL_SEND_BUFFER:
	case CALL_RECEIVE_BUFFER:
		datagram.bytes = pointer;
		datagram.readable = MAX_DATAGRAM_BYTES;
		if (number == SYSCALL_SENDTO || number == SYSCALL_RECVFROM)
			datagram.name = (const void *)syscall_argument_5(regs);
		break;
	case CALL_SEND_MESSAGE:
	case CALL_RECEIVE_MESSAGE:
		set_datagram(&datagram, pointer);
		break;
	case CALL_SEND_MESSAGES:
	case CALL_RECEIVE_MESSAGES:
		capture_datagrams(&datagram, pointer, transfer->length);
		return 0;
	default:
		return 0;
	}
	return datagram_capture(&datagram);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_syscall_exit, struct pt_regs *regs, long ret)
{
	long number = syscall_number(regs);
	__u8 kind = call_kind_of(number);
	struct task_struct *task = current_task();
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct transfer transfer;
	__s16 type = 0;

	if (!process_is_traced(pid_tgid >> 32))
		return 0;
	if (settings.has_trail && !task_is_compat(task))
		call_trail_note(regs, ret);
	if (kind <= CALL_CLOSE || task_is_compat(task))
		return 0;
	transfer.pid_tgid = pid_tgid;
	transfer.now_ns = bpf_ktime_get_ns();
	transfer.direction = kind < CALL_RECEIVE_BUFFER ? DIRECTION_SEND : DIRECTION_RECEIVE;
	transfer.start_ns = kind < CALL_RECEIVE_BUFFER ? take_start(pid_tgid, transfer.now_ns)
						       : transfer.now_ns;
	if (ret < 0 || (ret == 0 && kind < CALL_RECEIVE_BUFFER && kind != CALL_SPLICE))
		return 0;
	transfer.length = ret;
	transfer.buffer.count = 0;
	transfer.buffer.is_cut = 0;
	transfer.buffer.more_count = 0;
	transfer.sk = socket_address_find(socket_address_file(task, syscall_argument_1(regs)),
					  &transfer.inode, &type);
	if (transfer.sk && type != SOCK_STREAM) {
		if (type == SOCK_DGRAM && settings.dns_ports[0] && !is_peek(regs, number, kind) &&
		    !socket_address_is_unix(transfer.sk))
			take_datagrams(&transfer, regs, kind);
		return 0;
	}
	if (kind == CALL_SPLICE) {
		if (transfer.sk) /* socket to pipe: received */
			transfer.direction = DIRECTION_RECEIVE;
		else
			transfer.sk = socket_address_stream(
				socket_address_file(task, syscall_argument_3(regs)),
				&transfer.inode);
	}
	if (!transfer.sk || is_peek(regs, number, kind))
		return 0;
	if (ret == 0) {
		if (transfer.direction == DIRECTION_RECEIVE)
			connection_end_of_stream(transfer.sk);
		return 0;
	}
	set_buffer(&transfer, regs, kind, ret);
	capture_transfer(&transfer);
	return 0;
}
