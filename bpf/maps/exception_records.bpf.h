/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The ring of exceptions: output that looks like a report, what uprobes on runtimes tell. Apart
 * from `events`, so that neither can push the other out. Its size is set before load; created only
 * where exceptions are wanted. Full: the record is dropped and counted (DROP_EXCEPTION_RING_FULL).
 */
#ifndef MAPS_EXCEPTION_RECORDS_H
#define MAPS_EXCEPTION_RECORDS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024);
} exception_records __weak SEC(".maps");

#endif
