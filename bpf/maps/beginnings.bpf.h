/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The ring of beginnings: who was forked by whom, and which program began where. Only of whole
 * hosts whose rules name executables. Apart from `events`, so that the agent can read up to now
 * before it decides about a record of any other ring. Full (but for who gets a deadly signal: at
 * three quarters): the record is dropped and counted (DROP_RING_FULL): the process is asked about
 * in /proc.
 */
#ifndef MAPS_BEGINNINGS_H
#define MAPS_BEGINNINGS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* the agent sets the real size before load */
} beginnings __weak SEC(".maps");

#endif
