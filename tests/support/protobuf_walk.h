/* Reads protobuf's wire format field by field, by its specification and nothing of ours. */
#ifndef SUPPORT_PROTOBUF_WALK_H
#define SUPPORT_PROTOBUF_WALK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/view.h"

struct protobuf_field {
	uint32_t number;
	uint32_t wire_type;
	uint64_t value;    /* varints and fixed ones */
	struct view bytes; /* of wire type 2 */
};

static inline uint64_t protobuf_walk_varint(struct view *rest)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		uint8_t byte;

		assert_true(rest->size > 0);
		byte = (uint8_t)rest->bytes[0];
		*rest = view_skip(*rest, 1);
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	fail_msg("a varint without an end");
	return 0;
}

/* False at the end. */
static inline bool protobuf_walk_next(struct view *rest, struct protobuf_field *ret)
{
	uint64_t tag;
	size_t size;

	if (!rest->size)
		return false;
	tag = protobuf_walk_varint(rest);
	*ret = (struct protobuf_field){.number = (uint32_t)(tag >> 3), .wire_type = tag & 7};
	if (ret->wire_type == 0) {
		ret->value = protobuf_walk_varint(rest);
		return true;
	}
	if (ret->wire_type == 2) {
		size = protobuf_walk_varint(rest);
		assert_true(size <= rest->size);
		ret->bytes = view_take(*rest, size);
	} else {
		size = ret->wire_type == 1 ? 8 : 4;
		assert_true(ret->wire_type == 1 || ret->wire_type == 5);
		assert_true(size <= rest->size);
		memcpy(&ret->value, rest->bytes, size);
	}
	*rest = view_skip(*rest, size);
	return true;
}

/* The first field of that number, zeroed when there is none. */
static inline struct protobuf_field protobuf_walk_find(struct view message, uint32_t number)
{
	struct protobuf_field field;

	while (protobuf_walk_next(&message, &field))
		if (field.number == number)
			return field;
	return (struct protobuf_field){0};
}

/* The index'th of a repeated field; absent: bytes == NULL. */
static inline struct view protobuf_walk_at(struct view message, uint32_t number, uint64_t index)
{
	struct protobuf_field field;

	while (protobuf_walk_next(&message, &field))
		if (field.number == number && index-- == 0)
			return field.bytes;
	return (struct view){0};
}

static inline uint32_t protobuf_walk_count(struct view message, uint32_t number)
{
	struct protobuf_field field;
	uint32_t count = 0;

	while (protobuf_walk_next(&message, &field))
		count += field.number == number;
	return count;
}

#endif
