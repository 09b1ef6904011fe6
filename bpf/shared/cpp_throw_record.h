/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The exception that a C++ thread threw last, as it stood at the entry of __cxa_throw, and sent
 * when a fatal signal follows (RECORD_CPP_THROW, through the ring of crashes, before the thread's
 * own record). Whether the one is the reason of the other the agent says, by the frames. Kept in
 * the kernel in this very form (maps/cpp_throws.bpf.h).
 */
#ifndef SHARED_CPP_THROW_RECORD_H
#define SHARED_CPP_THROW_RECORD_H

#include "shared/crash_record.h"
#include "shared/limits.h"
#include "shared/record_header.h"

#define MAX_THROW_PAGES  4 /* of stack, from the page of the stack pointer upwards */
#define MAX_THROW_BASES  8 /* classes looked at on the way to one that has a text */
#define THROW_NAME_BYTES 256
#define THROW_TEXT_BYTES 1024
#define THROW_LIFE_NS    2000000000ULL /* later than that it is no reason of anything */

struct cpp_throw_record {
	struct record_header header; /* the time is that of the throw */
	__u64 registers[REGISTERS_COUNT];
	__u64 object;
	__u64 type;          /* address of its std::type_info */
	__u64 stack_address; /* of the first page */
	__u32 tgid;
	__u32 tid;
	__u16 pages_copied; /* in use, one after the other; 0: too many throws, or unreadable */
	__u16 name_size;    /* of name in use; more than THROW_NAME_BYTES - 1 was cut */
	__u16 text_size;
	__u16 reserved;
	__u8 name[THROW_NAME_BYTES]; /* of the type, mangled: "St12out_of_range" */
	__u8 text[THROW_TEXT_BYTES]; /* what(), of classes derived from runtime_error or logic_error
				      */
	__u8 pages[MAX_THROW_PAGES][STACK_PAGE_BYTES];
};

_Static_assert(sizeof(struct cpp_throw_record) == 1608 + MAX_THROW_PAGES * STACK_PAGE_BYTES,
	       "record layout");

#endif
