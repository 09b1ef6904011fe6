/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * A Go program is about to end by a panic nobody recovered, or by an error of the runtime's own
 * (RECORD_GO_PANIC). Before this the runtime has replaced errors by their text: what type the value
 * had is known only where every panic is watched. Of a fixed size: rare.
 */
#ifndef SHARED_GO_PANIC_RECORD_H
#define SHARED_GO_PANIC_RECORD_H

#include "shared/record_header.h"

#define GO_PANIC_NAME_BYTES  128
#define GO_PANIC_VALUE_BYTES 512
#define MAX_GO_PANIC_FRAMES  64

enum go_panic_kind {
	GO_PANIC_FATAL = 1, /* runtime.fatalpanic */
	GO_PANIC_THROW = 2, /* runtime.throw, runtime.fatal: "fatal error: …" */
};

/* Kinds of values, as Go's reflection numbers them. */
enum go_kind {
	GO_KIND_UNKNOWN,
	GO_KIND_BOOL,
	GO_KIND_INT,
	GO_KIND_INT8,
	GO_KIND_INT16,
	GO_KIND_INT32,
	GO_KIND_INT64,
	GO_KIND_UINT,
	GO_KIND_UINT8,
	GO_KIND_UINT16,
	GO_KIND_UINT32,
	GO_KIND_UINT64,
	GO_KIND_UINTPTR,
	GO_KIND_FLOAT32,
	GO_KIND_FLOAT64,
	GO_KIND_STRING = 24,
};

struct go_panic_record {
	struct record_header header;
	__u64 context;
	__u32 tgid;
	__u32 tid;
	__u64 goroutine; /* its number, 0: not known */
	__u8 kind;       /* enum go_panic_kind */
	__u8 context_kind;
	__u8 value_kind; /* enum go_kind */
	__u8 name_skip;  /* bytes of `name` before it: a star that is not its own */
	__u16 name_size; /* of the type the value had when it was raised; 0: not known */
	__u16 frames_count;
	__u64 value_size; /* of a string, all of it; at most GO_PANIC_VALUE_BYTES are here */
	__u64 word;       /* of a number, as many bytes as it has */
	char name[GO_PANIC_NAME_BYTES];
	char value[GO_PANIC_VALUE_BYTES];
	__u64 frames[MAX_GO_PANIC_FRAMES]; /* return addresses, innermost first */
};

_Static_assert(sizeof(struct go_panic_record) == 1216, "record layout");

#endif
