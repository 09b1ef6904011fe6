/*
 * Notations of the CQL binary protocol (section 3 of its specification). Every read is total: past
 * the end of what is there it gives nothing, and says so in is_short; loops end there too.
 */
#include "protocols/cassandra/cassandra_body.h"

uint32_t cassandra_body_number(struct cassandra_body *body, unsigned int size)
{
	uint32_t value = 0;

	if (body->rest.size < size) {
		body->rest = view_skip(body->rest, body->rest.size);
		body->is_short = true;
		return 0;
	}
	for (unsigned int i = 0; i < size; i++)
		value = value << 8 | (unsigned char)body->rest.bytes[i];
	body->rest = view_skip(body->rest, size);
	return value;
}

void cassandra_body_skip(struct cassandra_body *body, size_t size)
{
	body->is_short |= body->rest.size < size;
	body->rest = view_skip(body->rest, size);
}

struct view cassandra_body_text(struct cassandra_body *body, unsigned int size_bytes)
{
	uint32_t size = cassandra_body_number(body, size_bytes);
	struct view text;

	/* No value, and a value that is not set. */
	if (size_bytes == 4 && size > INT32_MAX)
		size = 0;
	text = view_take(body->rest, size);
	cassandra_body_skip(body, size);
	return text;
}

void cassandra_body_skip_strings(struct cassandra_body *body)
{
	uint32_t count = cassandra_body_number(body, 2);

	for (uint32_t i = 0; i < count && !body->is_short; i++)
		cassandra_body_text(body, 2);
}

void cassandra_body_skip_payload(struct cassandra_body *body)
{
	uint32_t count = cassandra_body_number(body, 2);

	for (uint32_t i = 0; i < count && !body->is_short; i++) {
		cassandra_body_text(body, 2);
		cassandra_body_text(body, 4);
	}
}
