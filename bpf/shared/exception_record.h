/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Records of exceptions: a part of shared/record.h, which includes this and says the rules. They
 * come through a ring of their own (maps/exception_records.bpf.h). What a program writes to its
 * standard output and error goes up only where it looks like a report of an exception, and then
 * for a while; what runtimes tell comes from uprobes, as raw words that the agent decodes.
 */
#ifndef SHARED_EXCEPTION_RECORD_H
#define SHARED_EXCEPTION_RECORD_H

#include "shared/limits.h"
#include "shared/record_header.h"

enum output_flags {
	OUTPUT_IS_FIRST = 1,   /* the first chunk since a marker was seen: a new stream begins */
	OUTPUT_IS_MISSING = 2, /* between this chunk and the one before of the stream bytes were
				  lost (ring, budget, unreadable memory) */
	OUTPUT_IS_LAST = 4,    /* the stream's budget is used up: nothing follows */
	OUTPUT_IS_FASTCGI = 8, /* FastCGI records on a connection, of which the first is one of
				  standard error: this write alone is the stream */
	OUTPUT_IS_TAIL = 16,   /* small writes of before the stream's first, each with its size
				  (2 bytes, little end first) behind it; of the foremost the
				  beginning may be missing: it counts for nothing. At most two
				  such chunks come, each a write of its own */
};

/*
 * Bytes that a thread wrote, at the entry of the call: whether the write succeeds does not matter.
 * One write is one or more chunks; offset 0 begins a write, offset + captured == size ends it.
 */
struct output_record {
	struct record_header header;
	__u64 context; /* as in segment_record */
	__u32 tgid;
	__u32 tid;
	__u32 serial;   /* of the stream: since a marker was seen */
	__u32 size;     /* of the whole write, as far as it is looked at (MAX_OUTPUT_WRITE_BYTES) */
	__u32 offset;   /* of this chunk in the write */
	__u32 captured; /* bytes that follow */
	__u16 descriptor;
	__u8 flags;        /* enum output_flags */
	__u8 context_kind; /* enum context_kind */
	__u32 reserved;
	__u8 bytes[];
};

enum runtime_mark_kind {
	/* node::errors::TriggerUncaughtException: thrown or rejected, nobody in JavaScript took it;
	 * a global hook still may. */
	MARK_NODE_UNCAUGHT = 1,
	MARK_JAVA_THREAD_EXIT = 2, /* a Java thread ends, well or not */
	MARK_JAVA_VM_ERROR = 3,    /* VMError::report_and_die: the JVM itself is broken */
	MARK_PYTHON_FINISHING = 4, /* PyErr_PrintEx: the main thread is done */
};

/* Something happened in a runtime; what, its output will say. */
struct runtime_mark_record {
	struct record_header header;
	__u64 context;
	__u32 tgid;
	__u32 tid;
	__u8 kind; /* enum runtime_mark_kind */
	__u8 context_kind;
	__u8 reserved[6];
};

_Static_assert(sizeof(struct output_record) == 56, "record layout");
_Static_assert(sizeof(struct runtime_mark_record) == 40, "record layout");

#endif
