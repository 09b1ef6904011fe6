/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Which descriptor does a call write to? .NET prints its reports to a duplicate of standard error:
 * for processes that do so (PROCESS_DUPLICATES_OUTPUT), another number for the same open file is
 * that descriptor.
 */
#ifndef LIB_OUTPUT_DESCRIPTOR_H
#define LIB_OUTPUT_DESCRIPTOR_H

#include "lib/program_settings.bpf.h"
#include "lib/socket_address.bpf.h"

#define STANDARD_DESCRIPTORS 3

static __always_inline bool output_descriptor_is_wanted(__u32 descriptor)
{
	return descriptor < 64 && (settings.output_descriptors >> descriptor & 1);
}

/* The standard descriptor that is wanted and the same open file; else as it was. A global function:
 * the verifier need not go on with each of its answers. */
__noinline __u32 output_descriptor_original(__u32 descriptor)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file = socket_address_file(task, descriptor);

	if (!file)
		return descriptor;
	for (__u32 i = 0; i < STANDARD_DESCRIPTORS; i++)
		if (output_descriptor_is_wanted(i) && socket_address_file(task, i) == file)
			return i;
	return descriptor;
}

#endif
