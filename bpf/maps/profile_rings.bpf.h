/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The rings of the profiler, apart from all others: samples, which wake the agent once many have
 * gathered, and the pages of their stacks, which wake nobody. Full: the sample or the page is
 * dropped and counted (DROP_PROFILE_RING_FULL, DROP_PROFILE_PAGES_FULL). Sized by the agent before
 * load; not there without --profile. */
#ifndef MAPS_PROFILE_RINGS_H
#define MAPS_PROFILE_RINGS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 512 * 1024);
} profile_samples __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} profile_pages __weak SEC(".maps");

#endif
