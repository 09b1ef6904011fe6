/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Which processes are traced. Key: process id (tgid). Value: enum process_flags. The agent adds on
 * attach, run and discovery, a fork of a traced process adds its child, the end of a process
 * deletes it. In whole-host mode only flags are kept here. Full: that process is not traced,
 * counted (DROP_PROCESSES_FULL). filter_buckets counts the entries per hash bucket (in whole-host
 * mode those of ignored_processes), so that most processes are told apart by one load; whoever adds
 * or deletes an entry keeps it in step.
 */
#ifndef MAPS_TRACED_PROCESSES_H
#define MAPS_TRACED_PROCESSES_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/limits.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1024);
} traced_processes __weak SEC(".maps");

extern __u32 filter_buckets[FILTER_BUCKETS];

#endif
