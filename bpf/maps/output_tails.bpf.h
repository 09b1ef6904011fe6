/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The last small writes of threads whose reports begin with a write that has no marker. Key:
 * process id << 32 | thread id. Added by the first small write of a process so marked
 * (PROCESS_KEEPS_TAIL), emptied by a stream, by a write that is too large, by silence; full: the
 * least recently used goes, and with it at most the first line of a report. Created only where
 * output is looked at.
 */
#ifndef MAPS_OUTPUT_TAILS_H
#define MAPS_OUTPUT_TAILS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/limits.h"

/* Writes, each with its size behind it; beyond OUTPUT_TAIL_BYTES it begins again at 0, over the
 * oldest. Room to spare is for the verifier. */
struct output_tail {
	__u64 last_ns;
	__u32 at;  /* where the next write goes */
	__u32 end; /* > at: from `at` to here lie the bytes of before the last turn */
	__u8 bytes[2 * OUTPUT_TAIL_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, struct output_tail);
	__uint(max_entries, 512);
} output_tails __weak SEC(".maps");

/* Defined in probes/globals.bpf.c: too large for a stack. */
extern const volatile __u8 no_tail[sizeof(struct output_tail)];

#endif
