/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The ring of copied stack pages: large, never wakes anybody; the thread's record, which follows in
 * crash_records, does. Full: the page is dropped and counted (DROP_STACK_RING_FULL). Sized by the
 * agent before load. */
#ifndef MAPS_STACK_PAGES_H
#define MAPS_STACK_PAGES_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} stack_pages __weak SEC(".maps");

#endif
