/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Processes whose death was told: before 6.16 two threads that end at once may both see that none
 * is left. Never deleted: the least recently used goes, and a reused id has another start.
 */
#ifndef MAPS_DEAD_PROCESSES_H
#define MAPS_DEAD_PROCESSES_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct dead_process {
	__u64 start_ns;
	__u64 tgid;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct dead_process);
	__type(value, __u8);
	__uint(max_entries, 4096);
} dead_processes __weak SEC(".maps");

#endif
