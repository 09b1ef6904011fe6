/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * python_layouts: key a process, value where its Python keeps what, set by the agent before
 * functions of it are watched. Full: the oldest goes, and its exceptions come from output alone.
 * python_displays: key a thread, value the exception that PyErr_Display told, until
 * _PyErr_Display, which it calls, is reached.
 */
#ifndef MAPS_PYTHON_LAYOUTS_H
#define MAPS_PYTHON_LAYOUTS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>
#include "shared/python_exception_record.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct python_layout);
} python_layouts __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} python_displays __weak SEC(".maps");

#endif
