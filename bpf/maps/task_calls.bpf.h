/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Calls in progress for the fentry source: where the bytes are and when it began. One per task, in
 * the task itself: no key, no deletion, gone with the task. Programs write at the function's entry
 * and read at its exit. Not created where the fentry source is not used (task storage is
 * from 5.11).
 */
#ifndef MAPS_TASK_CALLS_H
#define MAPS_TASK_CALLS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct task_call {
	__u64 start_ns;
	const void *from;   /* a user buffer, or the kernel's copy of the iovec array */
	__u64 size;         /* of the buffer */
	__u32 count;        /* vectors; 0: one buffer */
	__u32 first_offset; /* bytes of the first vector already used */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_call);
} task_calls __weak SEC(".maps");

#endif
