/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The ring of records: all programs write, the agent's capture thread reads. Full: the record is
 * dropped and counted. */
#ifndef MAPS_EVENTS_H
#define MAPS_EVENTS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* the agent sets the real size before load */
} events __weak SEC(".maps");

#endif
