/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* What every record starts with, and the kinds there are (shared/record.h). */
#ifndef SHARED_RECORD_HEADER_H
#define SHARED_RECORD_HEADER_H

enum record_kind {
	RECORD_CONNECTION_OPEN = 1,
	RECORD_SEGMENT = 2,
	RECORD_CONNECTION_END = 3,
	RECORD_PROCESS_FORK = 4,
	RECORD_PROCESS_EXEC = 5,
	RECORD_PROCESS_EXIT = 6,
	/* Made by the agent when it read the connection table, so that recordings replay the same:
	 * connection_end_record with reason END_NOT_YET. */
	RECORD_CONNECTION_PROGRESS = 7,
	/* Made by the agent: who a process is, for recordings
	   (agent/process/process_description.h). */
	RECORD_PROCESS_DESCRIPTION = 8,
	/* These five come through the rings of their own (shared/crash_record.h). */
	RECORD_CRASH_THREAD = 9,
	RECORD_STACK_PAGE = 10,
	RECORD_SIGNAL_SENT = 11,
	RECORD_PROCESS_DEATH = 12,
	RECORD_CRASH_TRAIL = 13,
	/* Made by the agent from perf's side-band events and /proc: what is mapped where. */
	RECORD_IMAGE = 14,
	/* These come through the ring of exceptions (shared/exception_record.h). */
	RECORD_OUTPUT = 15,
	RECORD_RUNTIME_MARK = 16,
	RECORD_PYTHON_EXCEPTION = 17,
	RECORD_GO_PANIC = 18,
	RECORD_CPP_THROW = 19,
	/* Made by the agent, only for recordings: here it looked at its timers (turn_record). */
	RECORD_TURN = 20,
	/* Through a ring of its own, before anything else of the process: for who decides about it.
	 */
	RECORD_PROCESS_BEGAN = 25,
	/* One datagram (shared/datagram_record.h). */
	RECORD_DATAGRAM = 24,
	/* Through the rings of the profiler (shared/profile_record.h). */
	RECORD_PROFILE_SAMPLE = 26,
	RECORD_PROFILE_PAGE = 27,
	/* Made by the agent, only for recordings (agent/profile/recorded_profile.h). */
	RECORD_PROFILE_POINT = 28,
	RECORD_PROFILE_UNWOUND = 29,
	RECORD_PROFILE_IMAGE = 30,
	RECORD_PROFILE_FRAME = 31,
	RECORD_PROFILE_STACK = 32,
	RECORD_PROFILE_LOSS = 33,
};

struct record_header {
	__u16 kind;
	__u16 reserved;
	__u32 size;
	__u64 time_ns; /* when it was captured */
};

_Static_assert(sizeof(struct record_header) == 16, "record layout");

#endif
