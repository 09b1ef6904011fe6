/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Where C libraries have their abort message, relative to where they raise SIGABRT. The agent fills
 * it as it meets them; pc_offset 0 is no entry. Full: the agent leaves the library out. */
#ifndef MAPS_ABORT_PLACES_H
#define MAPS_ABORT_PLACES_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/limits.h"

struct abort_place {
	__u64 pc_offset;      /* of the instruction behind the system call, from the load address */
	__u64 message_offset; /* of __abort_msg */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct abort_place);
	__uint(max_entries, MAX_ABORT_PLACES);
} abort_places __weak SEC(".maps");

#endif
