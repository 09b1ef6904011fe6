/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Connections of traced processes. Key: address of struct sock. Value: struct connection_state.
 * Programs add at the first byte (or at connect) and delete at the end; the agent reads, and
 * deletes what a dead process left behind. Full: the segment is dropped and counted
 * (DROP_CONNECTIONS_FULL). Sized by the agent before load.
 */
#ifndef MAPS_CONNECTIONS_H
#define MAPS_CONNECTIONS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/connection_state.h"
#include "shared/limits.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, struct connection_state);
	__uint(max_entries, 1024);
} connections __weak SEC(".maps");

#endif
