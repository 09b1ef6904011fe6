/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * go_types: key a process, value the address its Go types' names are relative to, set by the agent.
 * Full: the oldest goes, and with it names of types.
 * raised_panics: key process and goroutine, value the type last raised there: until the program
 * ends of it, or it is pushed out. Filled only where every panic is watched.
 */
#ifndef MAPS_GO_PANICS_H
#define MAPS_GO_PANICS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} go_types __weak SEC(".maps");

struct raised_panic_key {
	__u64 goroutine;
	__u64 tgid;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct raised_panic_key);
	__type(value, __u64);
} raised_panics __weak SEC(".maps");

#endif
