/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Traced processes that are dying of a signal of their own, or have caught a fault. Key: process id
 * (tgid). Programs add with the first fatal or handled fault and delete with the last thread. All
 * of signal_deliver runs under the process's siglock: counts need no atomics. Full: the least
 * recently used goes; an entry that cannot be made is counted (DROP_CRASHES_FULL).
 */
#ifndef MAPS_CRASHING_PROCESSES_H
#define MAPS_CRASHING_PROCESSES_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct crashing_process {
	__u64 time_ns;          /* of the fatal signal */
	__u64 window_ns;        /* when the present window of handled faults began */
	__u32 signal;           /* 0: not dying, it handled a fault */
	__u32 threads;          /* other threads copied so far */
	__u32 faults_in_window; /* handled faults whose stack was copied */
	__u32 fault_tid;        /* see process_death_record */
	__u64 go_fault_ns;      /* the last one that Go made a panic of, and whose */
	__u32 go_fault_tid;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, struct crashing_process);
	__uint(max_entries, 4096);
} crashing_processes __weak SEC(".maps");

#endif
