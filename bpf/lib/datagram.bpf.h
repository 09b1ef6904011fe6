/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Datagrams of DNS, called by every source that saw one move. The ports are asked for before
 * anything is copied: other UDP traffic of traced processes costs a few loads. Nothing is kept, and
 * nothing parsed.
 */
#ifndef LIB_DATAGRAM_H
#define LIB_DATAGRAM_H

#include "lib/emit.bpf.h"
#include "lib/execution_context.bpf.h"
#include "lib/socket_address.bpf.h"
#include "lib/traffic_share.bpf.h"
#include "lib/user_buffer.bpf.h"
#include "shared/datagram_record.h"

struct datagram {
	struct sock *sk;
	__u64 start_ns;
	__u64 now_ns;
	__u64 pid_tgid;
	const void *bytes;
	const void *name; /* sockaddr of the other end; NULL: what the socket is connected to */
	__u32 length;
	__u32 readable; /* of them, at `bytes` */
	__u16 direction;
	__u16 is_kernel_name; /* the name was copied by the kernel already (fentry) */
	__u32 peer_port;
};

/* Offsets in sockaddr_in and sockaddr_in6 (uapi/linux/in.h, in6.h). */
#define NAME_PORT     2
#define NAME_ADDRESS4 4
#define NAME_ADDRESS6 8

static __always_inline long read_name(const struct datagram *datagram, void *to, __u32 size,
				      __u32 offset)
{
	if (datagram->is_kernel_name)
		return bpf_probe_read_kernel(to, size, datagram->name + offset);
	return bpf_probe_read_user(to, size, datagram->name + offset);
}

static __always_inline bool is_dns_port(__u16 port)
{
	for (int i = 0; i < MAX_DNS_PORTS; i++)
		if (port && settings.dns_ports[i] == port)
			return true;
	return false;
}

/* The port of the other end, from the call or the socket; 0 when neither tells. */
static __always_inline __u16 peer_port_of(struct datagram *datagram)
{
	struct sock *sk = datagram->sk;
	__be16 port = BPF_CORE_READ(sk, __sk_common.skc_dport);

	if (port)
		datagram->name = NULL;
	else if (datagram->name && read_name(datagram, &port, sizeof(port), NAME_PORT))
		datagram->name = NULL;
	return bpf_ntohs(port);
}

static __always_inline void fill_addresses(const struct datagram *datagram,
					   struct datagram_record *record)
{
	struct sock *sk = datagram->sk;

	if (record->family == FAMILY_IPV4) {
		BPF_CORE_READ_INTO((__be32 *)record->local_address, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__be32 *)record->peer_address, sk, __sk_common.skc_daddr);
		if (datagram->name)
			read_name(datagram, record->peer_address, 4, NAME_ADDRESS4);
	} else {
		BPF_CORE_READ_INTO((struct in6_addr *)record->local_address, sk,
				   __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)record->peer_address, sk,
				   __sk_common.skc_v6_daddr);
		if (datagram->name)
			read_name(datagram, record->peer_address, 16, NAME_ADDRESS6);
	}
	record->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	record->peer_port = datagram->peer_port;
	record->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
}

static __always_inline long emit_datagram(const struct datagram *datagram, const __u32 limit)
{
	struct datagram_record *record = bpf_ringbuf_reserve(&events, sizeof(*record) + limit, 0);
	__u64 wanted = datagram->length;
	struct sock *sk = datagram->sk;

	if (!record) {
		drops_count(DROP_RING_FULL);
		return -1;
	}
	__builtin_memset(record, 0, sizeof(*record));
	emit_fill_header(&record->header, RECORD_DATAGRAM, sizeof(*record) + limit,
			 datagram->now_ns);
	record->socket = (__u64)datagram->sk;
	record->start_ns = datagram->start_ns;
	record->tgid = datagram->pid_tgid >> 32;
	record->tid = (__u32)datagram->pid_tgid;
	record->length = datagram->length;
	record->direction = datagram->direction;
	record->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	record->context_kind = execution_context_of(datagram->pid_tgid, &record->context);
	fill_addresses(datagram, record);
	if (wanted > datagram->readable)
		wanted = datagram->readable;
	verifier_must_see(wanted);
	if (wanted > limit)
		wanted = limit;
	if (wanted && bpf_probe_read_user(record->bytes, wanted, datagram->bytes)) {
		drops_count(DROP_USER_READ);
		wanted = 0;
	}
	record->captured = wanted;
	emit_submit(record);
	return 0;
}

static __noinline long datagram_capture(struct datagram *datagram)
{
	struct sock *sk;

	if (!datagram)
		return 0;
	verifier_forget(datagram);
	sk = datagram->sk;
	if (!datagram->length || !datagram->bytes)
		return 0;
	datagram->peer_port = peer_port_of(datagram);
	if (!is_dns_port(datagram->peer_port) &&
	    !is_dns_port(BPF_CORE_READ(sk, __sk_common.skc_num)))
		return 0;
	if (!traffic_share_take(datagram->pid_tgid >> 32,
				sizeof(struct datagram_record) + datagram->length))
		return 0;
	if (datagram->length <= 128)
		return emit_datagram(datagram, 128);
	if (datagram->length <= 512)
		return emit_datagram(datagram, 512);
	return emit_datagram(datagram, MAX_DATAGRAM_BYTES);
}

#endif
