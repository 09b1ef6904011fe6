/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Sends in progress, for the system call source. Key: process id << 32 | thread id. Value: when the
 * call began. Programs add at the call's begin and delete at its end or the thread's. Full: the
 * send is timed at its end instead, counted (DROP_PENDING_FULL).
 */
#ifndef MAPS_PENDING_CALLS_H
#define MAPS_PENDING_CALLS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, __u64);
	__uint(max_entries, 8192);
} pending_calls __weak SEC(".maps");

#endif
