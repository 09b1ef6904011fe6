/* BSON, walked element by element over what was captured: no document is ever built. */
#ifndef PROTOCOLS_MONGODB_MONGODB_BSON_H
#define PROTOCOLS_MONGODB_MONGODB_BSON_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

enum mongodb_bson_type {
	BSON_DOUBLE = 0x01,
	BSON_STRING = 0x02,
	BSON_DOCUMENT = 0x03,
	BSON_ARRAY = 0x04,
	BSON_BOOLEAN = 0x08,
	BSON_INT32 = 0x10,
	BSON_INT64 = 0x12,
};

/* The length, the empty list of elements, the NUL. */
#define MIN_BSON_BYTES 5

struct mongodb_bson_element {
	uint8_t type;
	struct view key;
	struct view value; /* as much of it as is there; of strings and documents the inside */
	bool is_cut;       /* the value went on behind what is there */
};

enum mongodb_bson_result {
	BSON_ELEMENT,
	BSON_END,     /* the document's last byte was read */
	BSON_CUT,     /* the document goes on behind what is there */
	BSON_INVALID, /* no BSON */
};

int32_t mongodb_bson_read_int32(const char *bytes);

/*
 * The inside of the document that bytes begin with: its elements, what is there of them.
 * ret_size is what the document takes, length and NUL included, whether it is there or not. False:
 * four bytes are not there, or are no length of a document.
 */
bool mongodb_bson_open(struct view bytes, struct view *ret_elements, size_t *ret_size);

/* Takes one element from *elements (mongodb_bson_open's, or the value of a document or array). */
enum mongodb_bson_result mongodb_bson_next(struct view *elements, struct mongodb_bson_element *ret);

/* A number of any type, or a boolean. False: it is none, or not all there. */
bool mongodb_bson_integer(const struct mongodb_bson_element *element, int64_t *ret);

/* How many elements an array or document has; -1 when that cannot be told. */
int64_t mongodb_bson_count(struct view elements);

/* How many documents stand one behind the other in bytes, which are size bytes when all is there;
 * -1 when that cannot be told. */
int64_t mongodb_bson_count_sequence(struct view bytes, size_t size);

#endif
