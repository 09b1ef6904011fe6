/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * What each process put into the ring of traffic while that was more than half full. Key: process
 * id (tgid). Value: since the agent began to read the present half of a ring. Only written while
 * the ring is that full. The least recently used make room: a process that is forgotten begins its
 * share anew.
 */
#ifndef MAPS_TRAFFIC_SHARES_H
#define MAPS_TRAFFIC_SHARES_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct traffic_share {
	__u32 turn; /* halves of a ring that were read before */
	__u32 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, struct traffic_share);
	__uint(max_entries, 1024);
} traffic_shares __weak SEC(".maps");

#endif
