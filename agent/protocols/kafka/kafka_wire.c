/*
 * Kafka's types. Compact lengths are one more than they say, so that 0 is null; classic ones are
 * signed, and negative for null.
 */
#include "protocols/kafka/kafka_wire.h"

#define MAX_TAGS            32
#define BATCH_LENGTH_AT     8
#define BATCH_OVERHEAD      12 /* offset and length, not counted by the length */
#define BATCH_MAGIC_AT      16
#define BATCH_ATTRIBUTES_AT 21
#define BATCH_COUNT_AT      57
#define BATCH_HEAD_BYTES    61
#define BATCH_IS_CONTROL    0x20
#define CURRENT_MAGIC       2

struct view kafka_wire_text(struct wire_cursor *cursor, bool is_flexible)
{
	uint32_t size = is_flexible ? wire_cursor_varint(cursor) : wire_cursor_u16(cursor);

	if (is_flexible)
		return wire_cursor_take(cursor, size ? size - 1 : 0);
	return wire_cursor_take(cursor, (int16_t)size < 0 ? 0 : size);
}

uint32_t kafka_wire_count(struct wire_cursor *cursor, bool is_flexible)
{
	uint32_t count = is_flexible ? wire_cursor_varint(cursor) : wire_cursor_u32(cursor);

	if (is_flexible)
		return count ? count - 1 : 0;
	return (int32_t)count < 0 ? 0 : count;
}

void kafka_wire_skip_tags(struct wire_cursor *cursor, bool is_flexible)
{
	uint32_t count = is_flexible ? wire_cursor_varint(cursor) : 0;

	if (count > MAX_TAGS)
		(void)wire_cursor_take(cursor, UINT64_MAX);
	for (uint32_t i = 0; i < count && !cursor->is_short; i++) {
		(void)wire_cursor_varint(cursor);
		(void)wire_cursor_take(cursor, wire_cursor_varint(cursor));
	}
}

static uint32_t number_at(struct view bytes, size_t at)
{
	struct wire_cursor cursor = wire_cursor_over(view_skip(bytes, at));

	return wire_cursor_u32(&cursor);
}

/* size: of all the batches, of which these bytes are there. */
static bool count_batches(struct view bytes, uint32_t size, uint64_t *ret_count)
{
	uint64_t count = 0;

	while (size >= BATCH_HEAD_BYTES) {
		uint64_t batch_size = (uint64_t)number_at(bytes, BATCH_LENGTH_AT) + BATCH_OVERHEAD;

		if (bytes.size < BATCH_HEAD_BYTES || bytes.bytes[BATCH_MAGIC_AT] != CURRENT_MAGIC ||
		    batch_size < BATCH_HEAD_BYTES)
			return false;
		if (batch_size > size)
			break;
		if (!(bytes.bytes[BATCH_ATTRIBUTES_AT + 1] & BATCH_IS_CONTROL))
			count += number_at(bytes, BATCH_COUNT_AT);
		size -= (uint32_t)batch_size;
		bytes = view_skip(bytes, batch_size < bytes.size ? (size_t)batch_size : bytes.size);
	}
	*ret_count = count;
	return true;
}

bool kafka_wire_records(struct wire_cursor *cursor, bool is_flexible, uint64_t *ret_count)
{
	uint32_t size = kafka_wire_count(cursor, is_flexible);
	bool is_known =
		!cursor->is_short && count_batches(view_take(cursor->rest, size), size, ret_count);

	(void)wire_cursor_take(cursor, size);
	return is_known;
}
