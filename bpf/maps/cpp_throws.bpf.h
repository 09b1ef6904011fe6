/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * cpp_throws: key process id << 32 | thread id, value the exception the thread threw last; goes
 * when it was sent, or is pushed out: the least recently used when the table is full.
 * throw_budgets: key a process, value how many stacks it had copied in the present second; full:
 * the least recently used goes. Both are created only where throws are watched.
 */
#ifndef MAPS_CPP_THROWS_H
#define MAPS_CPP_THROWS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/cpp_throw_record.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, struct cpp_throw_record);
	__uint(max_entries, 256);
} cpp_throws __weak SEC(".maps");

struct throw_budget {
	__u64 window_ns; /* when the present second began */
	__u64 stacks;    /* copied in it */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, struct throw_budget);
	__uint(max_entries, 1024);
} throw_budgets __weak SEC(".maps");

/* What a new entry starts as: too large for the programs' stack (probes/globals.bpf.c). */
extern const volatile __u8 no_throw[sizeof(struct cpp_throw_record)];

#endif
