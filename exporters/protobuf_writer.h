/*
 * Writes protobuf's wire format into a byte buffer, front to back, without a message tree.
 * protobuf-c packs a tree of structs in two passes over every field of every message, used or not,
 * and wants its strings NUL-terminated; spans have twenty attributes of three messages each, so
 * that is most of the agent's cost per span. protobuf-c reads what servers answer, and in the tests
 * what this wrote. A failed buffer makes every call a no-op: check buffer->is_failed once, at the
 * end.
 */
#ifndef EXPORTERS_PROTOBUF_WRITER_H
#define EXPORTERS_PROTOBUF_WRITER_H

#include <endian.h>
#include "base/byte_buffer.h"

#define PROTOBUF_WIRE_VARINT  0
#define PROTOBUF_WIRE_FIXED64 1
#define PROTOBUF_WIRE_BYTES   2
#define PROTOBUF_WIRE_FIXED32 5

#define MAX_PROTOBUF_VARINT 10

/* Scalars equal to zero and empty bytes are left out, as proto3 has it. */
void protobuf_writer_varint(struct byte_buffer *buffer, uint32_t field, uint64_t value);
void protobuf_writer_fixed32(struct byte_buffer *buffer, uint32_t field, uint32_t value);
void protobuf_writer_fixed64(struct byte_buffer *buffer, uint32_t field, uint64_t value);
void protobuf_writer_bytes(struct byte_buffer *buffer, uint32_t field, struct view value);

/*
 * A message inside: begin, its fields, end with what begin returned. length_size is a guess at how
 * many bytes its length will take (1 below 128 bytes, 2 below 16 KiB, 3 below 2 MiB); a wrong guess
 * costs a move of the content, nothing else.
 */
size_t protobuf_writer_begin(struct byte_buffer *buffer, uint32_t field, uint32_t length_size);
void protobuf_writer_end(struct byte_buffer *buffer, size_t begun, uint32_t length_size);

/* For hot paths that reserved their room at once: each returns the place after what it wrote. */
static inline size_t protobuf_writer_varint_size(uint64_t value)
{
	return ((63u - (unsigned int)__builtin_clzll(value | 1)) * 9 + 73) / 64;
}

static inline char *protobuf_writer_put_varint(char *at, uint64_t value)
{
	while (value >= 0x80) {
		*at++ = (char)(value | 0x80);
		value >>= 7;
	}
	*at++ = (char)value;
	return at;
}

static inline char *protobuf_writer_put_tag(char *at, uint32_t field, uint32_t wire_type)
{
	return protobuf_writer_put_varint(at, (uint64_t)field << 3 | wire_type);
}

static inline char *protobuf_writer_put_bytes(char *at, struct view value)
{
	at = protobuf_writer_put_varint(at, value.size);
	if (value.size)
		memcpy(at, value.bytes, value.size);
	return at + value.size;
}

static inline char *protobuf_writer_put_fixed64(char *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
	return at + sizeof(value);
}

#endif
