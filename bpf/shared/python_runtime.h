/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* Where a Python that runs keeps its threads and their frames: set by the agent per process
 * (agent/process/python_runtime.c), read by the profiler's programs. */
#ifndef SHARED_PYTHON_RUNTIME_H
#define SHARED_PYTHON_RUNTIME_H

struct python_runtime {
	__u64 address;      /* of _PyRuntime in the process */
	__u16 interpreter;  /* in it: the main interpreter */
	__u16 threads;      /* in that: the first thread */
	__u16 thread_next;  /* in that, and the next two */
	__u16 thread_id;    /* pthread_self() */
	__u16 thread_frame; /* the innermost frame, or what holds it */
	__u16 frame_in;     /* in what holds it; NO_PYTHON_HOLDER: nothing does */
	__u16 frame_code;   /* in a frame, and the next two */
	__u16 frame_back;
	__u16 frame_entry; /* a byte: whether C called it; 0: C calls each */
	__u8 entry_value;  /* what it is then */
	__u8 has_shims;    /* 1: the byte is of a frame that stands for the call, behind them */
	__u32 minor;       /* of Python 3 */
};

#define NO_PYTHON_HOLDER 0xffff

_Static_assert(sizeof(struct python_runtime) == 32, "layout of the map");

#endif
