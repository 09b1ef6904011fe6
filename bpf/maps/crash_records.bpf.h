/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The ring of crashes: threads of crashing processes, signals sent, deaths and trails. Apart from
 * `events`, so that traffic cannot push a crash out. Full: the record is dropped and counted
 * (DROP_CRASH_RING_FULL); more than half full: so is the end of a process that was no crash. */
#ifndef MAPS_CRASH_RECORDS_H
#define MAPS_CRASH_RECORDS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} crash_records __weak SEC(".maps");

#endif
