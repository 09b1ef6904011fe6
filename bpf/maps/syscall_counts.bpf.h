/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Counts of system calls, if they are wanted: by number, and by number and errno; per CPU, summed
 * by the agent, which only reads. Full: what is new is not counted (DROP_SYSCALLS_FULL). Calls
 * under way by thread: added at their begin, taken at their end; a call that never ends (exit, a
 * killed thread) leaves its entry to be evicted, and a call whose begin was evicted counts without
 * a time.
 */
#ifndef MAPS_SYSCALL_COUNTS_H
#define MAPS_SYSCALL_COUNTS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/syscall_counts.h"

struct syscall_begin {
	__u64 time_ns;
	__u64 number;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__type(key, __u32);
	__type(value, struct syscall_totals);
	__uint(max_entries, MAX_COUNTED_SYSCALLS);
} syscall_counts __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__type(key, struct syscall_error_key);
	__type(value, __u64);
	__uint(max_entries, MAX_COUNTED_ERRORS);
} syscall_errors __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, struct syscall_begin);
	__uint(max_entries, 16384);
} syscall_begins __weak SEC(".maps");

#endif
