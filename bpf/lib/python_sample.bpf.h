/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The frames of Python that the current thread is in: their code objects, which the agent looks at.
 * The thread finds its own state among the interpreter's by its pthread_self(), so it needs no lock
 * of Python's: nobody else changes its frames.
 */
#ifndef LIB_PYTHON_SAMPLE_H
#define LIB_PYTHON_SAMPLE_H

#include "lib/kernel_compat.bpf.h"
#include "maps/python_runtimes.bpf.h"
#include "shared/profile_record.h"

#define MAX_PYTHON_THREADS 64 /* looked at for one's own */

/* 0: not readable. */
static __always_inline __u64 python_sample_word(__u64 address)
{
	__u64 word = 0;

	if (bpf_probe_read_user(&word, sizeof(word), (const void *)address))
		return 0;
	return word;
}

static __always_inline __u64 python_sample_thread(const struct python_runtime *runtime)
{
#if defined(__TARGET_ARCH_x86)
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 self = BPF_CORE_READ(task, thread.fsbase), thread;

	thread = python_sample_word(python_sample_word(runtime->address + runtime->interpreter) +
				    runtime->threads);
	for (int i = 0; i < MAX_PYTHON_THREADS && thread; i++) {
		if (python_sample_word(thread + runtime->thread_id) == self)
			return thread;
		thread = python_sample_word(thread + runtime->thread_next);
	}
#endif
	return 0;
}

static __always_inline __u64 python_sample_innermost(const struct python_runtime *runtime)
{
	__u64 thread = python_sample_thread(runtime), frame;

	if (!thread)
		return 0;
	frame = python_sample_word(thread + runtime->thread_frame);
	return frame && runtime->frame_in != NO_PYTHON_HOLDER
		       ? python_sample_word(frame + runtime->frame_in)
		       : frame;
}

static __always_inline bool python_sample_is_entry(const struct python_runtime *runtime,
						   __u64 frame)
{
	__u8 value = 0;

	return !runtime->frame_entry ||
	       (!bpf_probe_read_user(&value, sizeof(value),
				     (const void *)(frame + runtime->frame_entry)) &&
		value == runtime->entry_value);
}

static __always_inline void python_sample_frames(struct profile_sample_record *record)
{
	__u32 tgid = record->tgid;
	const struct python_runtime *runtime = bpf_map_lookup_elem(&python_runtimes, &tgid);
	__u64 frame = runtime ? python_sample_innermost(runtime) : 0;

	for (__u32 i = 0; i < MAX_PYTHON_SAMPLES && frame && runtime; i++) {
		bool is_entry = python_sample_is_entry(runtime, frame);
		bool is_shim = is_entry && runtime->has_shims;

		record->python_frames[i] =
			(is_shim ? 0 : python_sample_word(frame + runtime->frame_code)) |
			(is_entry ? PYTHON_FRAME_IS_ENTRY : 0);
		record->python_frames_count = i + 1;
		frame = python_sample_word(frame + runtime->frame_back);
	}
}

#endif
