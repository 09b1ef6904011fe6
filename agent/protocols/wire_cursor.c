/*
 * Numbers in network order from bytes that may end anywhere: the small reader that AMQP and Kafka
 * share. Views point into the bytes; nothing is copied, and nothing beyond their end is looked at.
 */
#include "protocols/wire_cursor.h"

struct view wire_cursor_take(struct wire_cursor *cursor, uint64_t size)
{
	struct view taken;

	if (cursor->is_short || size > cursor->rest.size) {
		cursor->is_short = true;
		cursor->rest = view_of(cursor->rest.bytes, 0);
		return cursor->rest;
	}
	taken = view_of(cursor->rest.bytes, (size_t)size);
	if (size)
		cursor->rest = view_skip(cursor->rest, (size_t)size);
	return taken;
}

static uint64_t take_number(struct wire_cursor *cursor, size_t size)
{
	struct view bytes = wire_cursor_take(cursor, size);
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.size; i++)
		value = value << 8 | (uint8_t)bytes.bytes[i];
	return value;
}

uint8_t wire_cursor_u8(struct wire_cursor *cursor)
{
	return (uint8_t)take_number(cursor, 1);
}

uint16_t wire_cursor_u16(struct wire_cursor *cursor)
{
	return (uint16_t)take_number(cursor, 2);
}

uint32_t wire_cursor_u32(struct wire_cursor *cursor)
{
	return (uint32_t)take_number(cursor, 4);
}

uint64_t wire_cursor_u64(struct wire_cursor *cursor)
{
	return take_number(cursor, 8);
}

struct view wire_cursor_short_text(struct wire_cursor *cursor)
{
	return wire_cursor_take(cursor, wire_cursor_u8(cursor));
}

uint32_t wire_cursor_varint(struct wire_cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 35; shift += 7) {
		uint8_t byte = wire_cursor_u8(cursor);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		if (value <= UINT32_MAX)
			return (uint32_t)value;
		break;
	}
	/* Longer than any: what follows it cannot be found. */
	(void)wire_cursor_take(cursor, UINT64_MAX);
	return 0;
}
