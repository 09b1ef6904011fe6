/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* The record of beginnings: beside shared/record.h, which says the rules. It comes through a ring
 * of its own (maps/beginnings.bpf.h), and is read before anything is decided about a process. */
#ifndef SHARED_BEGINNING_RECORD_H
#define SHARED_BEGINNING_RECORD_H

#include "shared/limits.h"
#include "shared/record_header.h"

/* A process was forked, or executes a program, or gets a signal it will die of; the program's path
 * has `path_size` bytes at `path_offset`:
 * what readlink of /proc/PID/exe says, but for " (deleted)". */
struct process_began_record {
	struct record_header header;
	__u32 tgid;
	__u32 parent_tgid; /* 0: it executes a program */
	__u16 path_offset;
	__u16 path_size;
	__u32 is_dying; /* it executes it no longer: for who knows nothing of it yet */
	__u8 path[];
};
#define MAX_PROCESS_BEGAN_BYTES                                                                    \
	(sizeof(struct process_began_record) + MAX_PROGRAM_PATH + MAX_PATH_NAME + 1)

_Static_assert(sizeof(struct process_began_record) == 32, "record layout");

#endif
