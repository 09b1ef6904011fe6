/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * CPython is about to print an exception (RECORD_PYTHON_EXCEPTION): what its objects hold, as raw
 * words, in parts. A report first, which says how many parts follow, of the same thread; then each
 * exception, the raised one first, followed by its frames, the outermost first, each followed by
 * the rest of its line table when that is long. What did not fit into the ring is not counted.
 */
#ifndef SHARED_PYTHON_EXCEPTION_RECORD_H
#define SHARED_PYTHON_EXCEPTION_RECORD_H

#include "shared/record_header.h"

#define MAX_PYTHON_EXCEPTIONS   5
#define MAX_PYTHON_FRAMES       64   /* of an exception: the outermost and innermost half */
#define MAX_PYTHON_STEPS        4096 /* of a traceback: what lies beyond is not reached */
#define PYTHON_TYPE_BYTES       128
#define PYTHON_VALUE_BYTES      1024
#define PYTHON_FILE_BYTES       512
#define PYTHON_NAME_BYTES       256
#define PYTHON_TABLE_BYTES      512
#define PYTHON_TABLE_PART_BYTES 2048
#define MAX_PYTHON_TABLE_PARTS  8

/* Where a version keeps what (agent/process/python_version.c), set by the agent per process. */
struct python_layout {
	__u16 minor;         /* of Python 3 */
	__u16 frame_pointer; /* in a frame, to the one that has the code; 0: it has it itself */
	__u16 frame_code;
	__u16 code_file;
	__u16 code_name;
	__u16 code_first_line;
	__u16 code_table;
	__u16 traceback; /* of an exception, and the next three */
	__u16 context;
	__u16 cause;
	__u16 suppress_context;
	__u16 text_ascii; /* where a compact string's bytes begin */
	__u16 text_other;
	__u16 reserved[3];
};

enum python_part_kind {
	PYTHON_REPORT = 1,
	PYTHON_EXCEPTION = 2,
	PYTHON_FRAME = 3,
	PYTHON_TABLE = 4,
};

enum python_relation {
	PYTHON_RAISED = 0,
	PYTHON_CAUSE = 1, /* of the exception before */
	PYTHON_CONTEXT = 2,
};

enum python_flags {
	PYTHON_IS_CUT = 1,  /* report: parts were lost, or there are more exceptions */
	PYTHON_IS_SAME = 2, /* frame: of the same code as the frame before; no strings, no table */
};

struct python_part {
	struct record_header header;
	__u32 tgid;
	__u32 tid;
	__u16 minor;
	__u8 kind;  /* enum python_part_kind */
	__u8 flags; /* enum python_flags */
	__u32 reserved;
};

/* A str object; of its code units as many bytes as fit are in the record, `captured`. */
struct python_text {
	__u64 length;
	__u32 state; /* see PYTHON_TEXT_… */
	__u32 captured;
};

#define PYTHON_TEXT_KIND(state) ((state) >> 2 & 7) /* bytes of a code unit: 1, 2, 4 */
#define PYTHON_TEXT_IS_COMPACT  0x20
#define PYTHON_TEXT_IS_ASCII    0x40

struct python_report_record {
	struct python_part part;
	__u64 context;
	__u32 parts_count;
	__u8 context_kind;
	__u8 reserved[3];
};

struct python_exception_record {
	struct python_part part;
	__u32 frames_count; /* of the traceback; those that follow may be fewer */
	__u16 type_size;
	__u8 relation; /* enum python_relation */
	__u8 reserved;
	__u64 arguments_count;
	struct python_text value; /* the first argument, when it is a string */
	char type[PYTHON_TYPE_BYTES];
	char value_bytes[PYTHON_VALUE_BYTES];
};

struct python_frame_record {
	struct python_part part;
	__s32 instruction; /* tb_lasti: bytes */
	__s32 line;        /* tb_lineno: not always known */
	__s32 first_line;
	__u32 table_captured;
	__u64 table_size;
	struct python_text file;
	struct python_text name;
	/* Not of those that are the same. */
	char file_bytes[PYTHON_FILE_BYTES];
	char name_bytes[PYTHON_NAME_BYTES];
	char table[PYTHON_TABLE_BYTES];
};

/* Where the part before of the same table ends, it begins. */
struct python_table_record {
	struct python_part part;
	__u32 captured;
	__u32 reserved;
	char bytes[PYTHON_TABLE_PART_BYTES];
};

_Static_assert(sizeof(struct python_layout) == 32, "layout of the map");
_Static_assert(sizeof(struct python_part) == 32, "record layout");
_Static_assert(sizeof(struct python_report_record) == 48, "record layout");
_Static_assert(sizeof(struct python_exception_record) == 1216, "record layout");
_Static_assert(sizeof(struct python_frame_record) == 1368, "record layout");
_Static_assert(sizeof(struct python_table_record) == 2088, "record layout");

#endif
