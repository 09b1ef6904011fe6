/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Sessions of TLS libraries (SSL *, gnutls_session_t) and their sockets. Key: address and process.
 * Programs add when the socket is known and delete when the library frees the session. Full: the
 * oldest goes; its socket is learned again.
 */
#ifndef MAPS_TLS_SESSIONS_H
#define MAPS_TLS_SESSIONS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct tls_session_key {
	__u64 session;
	__u64 tgid;
};

struct tls_session {
	__u64 socket; /* key of the connection below */
	__u64 is_from_start;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct tls_session_key);
	__type(value, struct tls_session);
} tls_sessions __weak SEC(".maps");

#endif
