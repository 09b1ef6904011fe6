/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Key a process, value where its Python keeps its frames. Set by the agent when it maps one, taken
 * away when it executes something else. Full: the least recently used goes, and its samples have no
 * frames of Python. Not there without --profile. */
#ifndef MAPS_PYTHON_RUNTIMES_H
#define MAPS_PYTHON_RUNTIMES_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/python_runtime.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct python_runtime);
} python_runtimes __weak SEC(".maps");

#endif
