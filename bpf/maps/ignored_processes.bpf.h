/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Which processes of a whole host are not traced. Key: process id (tgid). Value: enum ignored_for.
 * The agent adds what its rules say, a fork of an ignored process adds its child, exec of one that
 * a rule ignored takes it out (the agent decides anew about the program), the end of a process
 * deletes it. filter_buckets counts the entries per hash bucket. Full: that process is captured,
 * counted (DROP_PROCESSES_FULL), and left out by the agent. One entry where processes are chosen.
 */
#ifndef MAPS_IGNORED_PROCESSES_H
#define MAPS_IGNORED_PROCESSES_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/record.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} ignored_processes __weak SEC(".maps");

#endif
