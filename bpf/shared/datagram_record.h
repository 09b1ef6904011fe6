/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * One datagram that a traced process sent or received on a port of the setting dns_ports. It says
 * everything by itself: the programs keep nothing of datagrams, and who answers whom is for the
 * agent to find (connection/datagram_table.h). Addresses as in connection_open_record.
 */
#ifndef SHARED_DATAGRAM_RECORD_H
#define SHARED_DATAGRAM_RECORD_H

#include "shared/record_header.h"

/* Most that goes up of one: what EDNS lets anybody send without fragments, and some more. */
#define MAX_DATAGRAM_BYTES 2048

/* Ports whose datagrams go up. */
#define MAX_DNS_PORTS 4

struct datagram_record {
	struct record_header header;
	__u64 socket;   /* the kernel's key for it (never shown) */
	__u64 context;  /* as in segment_record */
	__u64 start_ns; /* when the call began (send) or the bytes were handed over (receive) */
	__u32 tgid;
	__u32 tid;
	__u32 netns;
	__u32 length;   /* bytes moved */
	__u32 captured; /* of them, the first, that follow */
	__u16 local_port;
	__u16 peer_port; /* 0: not known */
	__u8 local_address[16];
	__u8 peer_address[16];
	__u8 family;       /* enum connection_family: FAMILY_IPV4 or FAMILY_IPV6 */
	__u8 direction;    /* enum stream_direction */
	__u8 context_kind; /* enum context_kind */
	__u8 reserved[5];
	__u8 bytes[];
};

_Static_assert(sizeof(struct datagram_record) == 104, "record layout");

#endif
