/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The socket of a Go net.Conn, by what it consists of: an interface holds a *net.TCPConn, which
 * holds a *netFD, which begins with a poll.FD (net/fd_posix.go, internal/poll/fd_unix.go, the same
 * from Go 1.18 to 1.26). Proof that it is one: the descriptor it names is a stream socket of the
 * process, and family and type that the netFD keeps are the socket's. The descriptor is its own as
 * long as its lock does not say that it was closed, which is asked last. Whatever else implements
 * net.Conn has no socket here: none is better than a wrong one.
 */
#ifndef LIB_GO_SOCKET_H
#define LIB_GO_SOCKET_H

#include "lib/socket_address.bpf.h"

#define GO_INTERFACE_VALUE 8 /* behind the table of methods */
#define GO_FD_STATE        0 /* fdMutex.state */
#define GO_FD_DESCRIPTOR   16
#define GO_FD_FAMILY       56 /* of the netFD, behind the poll.FD */
#define GO_FD_TYPE         64
#define GO_FD_IS_CLOSED    1 /* mutexClosed */

static __always_inline __u64 go_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)address);
	return word;
}

static __always_inline bool go_fd_is_open(__u64 net_fd)
{
	__u64 state;

	return !bpf_probe_read_user(&state, sizeof(state), (void *)(net_fd + GO_FD_STATE)) &&
	       !(state & GO_FD_IS_CLOSED);
}

/* net_conn: where the interface lies. 0: not certain. */
static __noinline __u64 go_socket_find(__u64 net_conn)
{
	__u64 net_fd = go_word(go_word(net_conn + GO_INTERFACE_VALUE));
	__u64 descriptor = go_word(net_fd + GO_FD_DESCRIPTOR), inode;
	struct sock *sk;

	if (!net_fd || descriptor >> 31 || go_word(net_fd + GO_FD_TYPE) != SOCK_STREAM)
		return 0;
	sk = socket_address_stream(
		socket_address_file((struct task_struct *)bpf_get_current_task(), descriptor),
		&inode);
	if (!sk || socket_address_is_unix(sk) ||
	    go_word(net_fd + GO_FD_FAMILY) != BPF_CORE_READ(sk, __sk_common.skc_family))
		return 0;
	return go_fd_is_open(net_fd) ? (__u64)sk : 0;
}

#endif
