/*
 * One element of RESP2 or RESP3: a line with its type and, for bulk strings, how many bytes follow;
 * for aggregates, how many elements.
 */
#ifndef PROTOCOLS_REDIS_REDIS_VALUE_H
#define PROTOCOLS_REDIS_REDIS_VALUE_H

#include <stdint.h>
#include "base/view.h"
#include "protocols/protocol.h"

#define MAX_REDIS_BULK_BYTES (512ull << 20)  /* proto-max-bulk-len as it comes */
#define MAX_REDIS_ELEMENTS   (1024ull << 20) /* of one reply, all levels together */

struct redis_value {
	char type;             /* the byte it begins with */
	size_t line_size;      /* with its line break */
	uint64_t payload_size; /* bytes that follow the line, with their line break */
	uint64_t children;     /* elements that follow: of an aggregate or an attribute */
	int64_t number;        /* of ':', and the count or length as written; -1: null */
	struct view text;      /* of '+' and '-': the line */
};

/* PARSE_DONE, PARSE_NEED_MORE or PARSE_INVALID; nothing is written but with PARSE_DONE. */
enum parse_result redis_value_read(struct view bytes, struct redis_value *ret);

/* The text of a short bulk or simple string at the start of bytes; *ret_size gets its whole size.
 * PARSE_INVALID: it is another type, null, or longer than max_size. */
enum parse_result redis_value_read_text(struct view bytes, size_t max_size, struct view *ret_text,
					size_t *ret_size);

/*
 * Skips up to *left elements, with those they contain, and takes what was skipped off *left. All of
 * bytes may be used up: *ret_skip more are then the rest of a string. PARSE_NEED_MORE: the line at
 * the end is not whole (*ret_used may be 0). *last_number gets the last ':' met.
 */
enum parse_result redis_value_skip(struct view bytes, uint64_t *left, size_t *ret_used,
				   uint64_t *ret_skip, int64_t *last_number);

#endif
