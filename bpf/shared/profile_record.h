/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Records of the CPU profiler. Samples and their stack pages come through rings of their own
 * (maps/profile_rings.bpf.h) and go no further than the agent's memory: a recording holds what was
 * unwound of them (agent/profile/recorded_profile.h).
 */
#ifndef SHARED_PROFILE_RECORD_H
#define SHARED_PROFILE_RECORD_H

#include "shared/crash_record.h"
#include "shared/limits.h"
#include "shared/record_header.h"

enum profile_sample_flags {
	SAMPLE_IN_KERNEL = 1,       /* the tick hit kernel code: kernel_frames say where */
	SAMPLE_IS_OFF_CPU = 2,      /* it waited for blocked_ns, until just before the time */
	SAMPLE_IS_NOT_DUMPABLE = 4, /* as CRASH_IS_NOT_DUMPABLE */
	SAMPLE_IS_COMPAT = 8,       /* as CRASH_IS_COMPAT */
	SAMPLE_IS_TRUNCATED = 16,   /* the stack goes on beyond the limit */
	SAMPLE_HAS_NO_STACK = 32,   /* nothing was copied but registers */
};

/* Of a code object's address, the lowest bit: its frame was called from C. Nothing but that: the
 * frames before it were called from there. */
#define PYTHON_FRAME_IS_ENTRY 1

/*
 * One thread at one moment. Its stack pages (stack_page_record, RECORD_PROFILE_PAGE) went up before
 * it, through the other ring.
 */
struct profile_sample_record {
	struct record_header header;
	__u64 registers[REGISTERS_COUNT]; /* of user space, also when the kernel was running */
	__u64 process_start_ns;           /* start_boottime of the thread group's leader */
	__u64 context;                    /* as in segment_record */
	__u64 blocked_ns;
	__u64 kernel_frames[MAX_KERNEL_FRAMES];  /* program counters, the innermost first */
	__u64 python_frames[MAX_PYTHON_SAMPLES]; /* code objects, likewise: PYTHON_FRAME_… */
	__u32 tgid;
	__u32 tid;
	__u32 serial;      /* the same in this sample's pages */
	__s32 system_call; /* SAMPLE_IS_OFF_CPU: the one it waited in; -1: none */
	__u8 kernel_frames_count;
	__u8 flags;        /* enum profile_sample_flags */
	__u8 context_kind; /* enum context_kind */
	__u8 python_frames_count;
	__u16 pages_copied;
	__u16 pages_lost;           /* the ring had no room */
	__u8 name[TASK_NAME_BYTES]; /* of the thread */
};

_Static_assert(sizeof(struct profile_sample_record) ==
		       352 + 8 * (MAX_KERNEL_FRAMES + MAX_PYTHON_SAMPLES),
	       "record layout");

#endif
