/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* From a descriptor to its socket, and from a socket to its addresses. */
#ifndef LIB_SOCKET_ADDRESS_H
#define LIB_SOCKET_ADDRESS_H

#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_endian.h>
#include "shared/limits.h"
#include "shared/record.h"

#define S_IFMT      0170000 /* include/uapi/linux/stat.h */
#define S_IFSOCK    0140000
#define SOCK_STREAM 1
#define SOCK_DGRAM  2

static __always_inline struct file *socket_address_file(struct task_struct *task, __u64 fd)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files, *file = NULL;

	if ((__u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	files = BPF_CORE_READ(table, fd);
	bpf_probe_read_kernel(&file, sizeof(file), &files[(__u32)fd]);
	return file;
}

static __always_inline bool socket_address_is_supported(struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return family == FAMILY_UNIX || family == FAMILY_IPV4 || family == FAMILY_IPV6;
}

static __always_inline bool socket_address_is_unix(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_family) == FAMILY_UNIX;
}

/* The socket behind a file when it is of a family we trace, else NULL. */
static __always_inline struct sock *socket_address_find(struct file *file, __u64 *ret_inode,
							__s16 *ret_type)
{
	struct inode *inode;
	struct socket *socket;
	struct sock *sk;

	if (!file)
		return NULL;
	inode = BPF_CORE_READ(file, f_inode);
	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (!sk || !socket_address_is_supported(sk))
		return NULL;
	*ret_type = BPF_CORE_READ(socket, type);
	*ret_inode = BPF_CORE_READ(inode, i_ino);
	return sk;
}

/* The same when it is a stream socket. */
static __always_inline struct sock *socket_address_stream(struct file *file, __u64 *ret_inode)
{
	__s16 type = 0;
	struct sock *sk = socket_address_find(file, ret_inode, &type);

	return type == SOCK_STREAM ? sk : NULL;
}

/* struct unix_address of a socket: the path goes into the record when it has one. True if it did.
 */
static __always_inline bool copy_unix_path(struct sock *sk, struct connection_open_record *record)
{
	struct unix_sock *unix_sk = (struct unix_sock *)sk;
	struct unix_address *address = BPF_CORE_READ(unix_sk, addr);
	__u64 size;

	if (!address)
		return false;
	size = (__u32)BPF_CORE_READ(address, len);
	if (size <= sizeof(address->name[0].sun_family))
		return false;
	size -= sizeof(address->name[0].sun_family);
	verifier_must_see(size);
	if (size > MAX_UNIX_PATH)
		size = MAX_UNIX_PATH;
	if (bpf_probe_read_kernel(record->path, size,
				  __builtin_preserve_access_index(&address->name[0].sun_path)))
		return false;
	record->path_size = size;
	return true;
}

/* 0 when it belongs to no descriptor: a connection that waits to be accepted. */
static __always_inline __u64 inode_of_socket(struct sock *sk)
{
	struct socket_alloc *socket = (struct socket_alloc *)BPF_CORE_READ(sk, sk_socket);

	return socket ? BPF_CORE_READ(socket, vfs_inode.i_ino) : 0;
}

/* An accepted UNIX socket shares its listener's address; the connecting end has none of its own. */
static __always_inline void fill_unix(struct sock *sk, struct connection_open_record *record)
{
	struct unix_sock *unix_sk = (struct unix_sock *)sk;
	struct sock *peer = BPF_CORE_READ(unix_sk, peer);

	record->inode = inode_of_socket(sk);
	record->peer_inode = peer ? inode_of_socket(peer) : 0;
	if (copy_unix_path(sk, record))
		record->role = ROLE_SERVER;
	else if (peer && copy_unix_path(peer, record))
		record->role = ROLE_CLIENT;
}

static __always_inline void fill_inet(struct sock *sk, struct connection_open_record *record)
{
	if (record->family == FAMILY_IPV4) {
		BPF_CORE_READ_INTO((__be32 *)record->local_address, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__be32 *)record->peer_address, sk, __sk_common.skc_daddr);
	} else {
		BPF_CORE_READ_INTO((struct in6_addr *)record->local_address, sk,
				   __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)record->peer_address, sk,
				   __sk_common.skc_v6_daddr);
	}
	record->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	record->peer_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
}

/* Everything about the addresses; the record was zeroed. The role only where the address tells it
 * (UNIX). */
static __always_inline void socket_address_fill(struct sock *sk,
						struct connection_open_record *record)
{
	record->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	record->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	if (record->family == FAMILY_UNIX)
		fill_unix(sk, record);
	else
		fill_inet(sk, record);
}

#endif
