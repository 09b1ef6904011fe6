/* Frames and segments of the CQL binary protocol, written piece by piece. */
#ifndef SUPPORT_CASSANDRA_BYTES_H
#define SUPPORT_CASSANDRA_BYTES_H

#include "cmocka_test.h"

#include "protocols/cassandra/cassandra_frame.h"

struct cassandra_bytes {
	size_t used;
	char bytes[16384];
};

static inline void cassandra_bytes_put(struct cassandra_bytes *b, const void *bytes, size_t size)
{
	assert_true(b->used + size <= sizeof(b->bytes));
	memcpy(b->bytes + b->used, bytes, size);
	b->used += size;
}

static inline void cassandra_bytes_number(struct cassandra_bytes *b, uint32_t value,
					  unsigned int size)
{
	while (size--) {
		char byte = (char)(value >> 8 * size);

		cassandra_bytes_put(b, &byte, 1);
	}
}

/* [string] with 2, [long string] or [bytes] with 4 */
static inline void cassandra_bytes_text(struct cassandra_bytes *b, const char *text,
					unsigned int size_bytes)
{
	cassandra_bytes_number(b, (uint32_t)strlen(text), size_bytes);
	cassandra_bytes_put(b, text, strlen(text));
}

/* A frame is open until cassandra_bytes_close. version: 4 asks, 0x84 answers. */
static inline size_t cassandra_bytes_open(struct cassandra_bytes *b, int version, int flags,
					  int stream, int opcode)
{
	cassandra_bytes_number(b, (uint32_t)version, 1);
	cassandra_bytes_number(b, (uint32_t)flags, 1);
	cassandra_bytes_number(b, (uint32_t)stream, 2);
	cassandra_bytes_number(b, (uint32_t)opcode, 1);
	cassandra_bytes_number(b, 0, 4);
	return b->used;
}

static inline void cassandra_bytes_close(struct cassandra_bytes *b, size_t at)
{
	size_t end = b->used, size = end - at;

	b->used = at - 4;
	cassandra_bytes_number(b, (uint32_t)size, 4);
	b->used = end;
}

/* Statement, consistency ONE, no values. */
static inline void cassandra_bytes_query(struct cassandra_bytes *b, int version, int stream,
					 const char *statement)
{
	size_t at = cassandra_bytes_open(b, version, 0, stream, CASSANDRA_QUERY);

	cassandra_bytes_text(b, statement, 4);
	cassandra_bytes_number(b, 1, 2);
	cassandra_bytes_number(b, 0, version == 5 ? 4 : 1);
	cassandra_bytes_close(b, at);
}

static inline void cassandra_bytes_prepare(struct cassandra_bytes *b, int version, int stream,
					   const char *statement)
{
	size_t at = cassandra_bytes_open(b, version, 0, stream, CASSANDRA_PREPARE);

	cassandra_bytes_text(b, statement, 4);
	if (version == 5)
		cassandra_bytes_number(b, 0, 4);
	cassandra_bytes_close(b, at);
}

/* id: 16 characters. One value. */
static inline void cassandra_bytes_execute(struct cassandra_bytes *b, int version, int stream,
					   const char *id)
{
	size_t at = cassandra_bytes_open(b, version, 0, stream, CASSANDRA_EXECUTE);

	cassandra_bytes_text(b, id, 2);
	if (version == 5)
		cassandra_bytes_text(b, "metadatametadata", 2);
	cassandra_bytes_number(b, 4, 2);                    /* QUORUM */
	cassandra_bytes_number(b, 5, version == 5 ? 4 : 1); /* values, page size */
	cassandra_bytes_number(b, 1, 2);
	cassandra_bytes_text(b, "4111", 4);
	cassandra_bytes_number(b, 100, 4);
	cassandra_bytes_close(b, at);
}

static inline void cassandra_bytes_void(struct cassandra_bytes *b, int version, int stream)
{
	size_t at = cassandra_bytes_open(b, version, 0, stream, CASSANDRA_RESULT);

	cassandra_bytes_number(b, 1, 4);
	cassandra_bytes_close(b, at);
}

static inline void cassandra_bytes_prepared(struct cassandra_bytes *b, int version, int stream,
					    const char *id)
{
	size_t at = cassandra_bytes_open(b, version, 0, stream, CASSANDRA_RESULT);

	cassandra_bytes_number(b, 4, 4);
	cassandra_bytes_text(b, id, 2);
	cassandra_bytes_put(b, "\0\0\0\0\0\0\0\0", 8);
	cassandra_bytes_close(b, at);
}

/* One column (text) of shop.orders, whose rows say "4111". */
static inline void cassandra_bytes_rows(struct cassandra_bytes *b, int version, int stream,
					int count)
{
	size_t at = cassandra_bytes_open(b, version, 0, stream, CASSANDRA_RESULT);

	cassandra_bytes_number(b, 2, 4);
	cassandra_bytes_number(b, 1, 4);
	cassandra_bytes_number(b, 1, 4);
	cassandra_bytes_text(b, "shop", 2);
	cassandra_bytes_text(b, "orders", 2);
	cassandra_bytes_text(b, "card", 2);
	cassandra_bytes_number(b, 0x0d, 2);
	cassandra_bytes_number(b, (uint32_t)count, 4);
	for (int i = 0; i < count; i++)
		cassandra_bytes_text(b, "4111", 4);
	cassandra_bytes_close(b, at);
}

static inline void cassandra_bytes_error(struct cassandra_bytes *b, int version, int stream,
					 uint32_t code)
{
	size_t at = cassandra_bytes_open(b, version, 0, stream, CASSANDRA_ERROR);

	cassandra_bytes_number(b, code, 4);
	cassandra_bytes_text(b, "card 4111 is known", 2);
	cassandra_bytes_close(b, at);
}

static inline void cassandra_bytes_keyspace(struct cassandra_bytes *b, int version, int stream,
					    const char *keyspace)
{
	size_t at = cassandra_bytes_open(b, version, 0, stream, CASSANDRA_RESULT);

	cassandra_bytes_number(b, 3, 4);
	cassandra_bytes_text(b, keyspace, 2);
	cassandra_bytes_close(b, at);
}

/* What stands from `at` on becomes the payload of a segment (of `field_size` 3: not compressed). */
static inline void cassandra_bytes_segment(struct cassandra_bytes *b, size_t at, uint64_t fields,
					   size_t field_size)
{
	char header[8], payload[8192];
	size_t size = b->used - at;
	uint32_t crc = 0x875060;

	assert_true(size <= sizeof(payload));
	memcpy(payload, b->bytes + at, size);
	for (size_t i = 0; i < field_size; i++) {
		header[i] = (char)(fields >> 8 * i);
		crc ^= (uint32_t)(unsigned char)header[i] << 16;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x800000 ? (crc << 1 ^ 0x1974f0b) & 0xffffff : crc << 1;
	}
	for (size_t i = 0; i < 3; i++)
		header[field_size + i] = (char)(crc >> 8 * i);
	b->used = at;
	cassandra_bytes_put(b, header, field_size + 3);
	cassandra_bytes_put(b, payload, size);
	cassandra_bytes_put(b, "crc3", 4); /* not looked at */
}

static inline void cassandra_bytes_wrap(struct cassandra_bytes *b, size_t at,
					bool is_self_contained)
{
	cassandra_bytes_segment(b, at, (b->used - at) | (uint64_t)is_self_contained << 17, 3);
}

static inline struct view cassandra_bytes_view(const struct cassandra_bytes *b)
{
	return view_of(b->bytes, b->used);
}

#endif
