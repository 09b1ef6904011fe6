/*
 * Reads plain bytes front to back and never beyond their end: the first read that does not fit
 * fails, and so does every later one. Check once, at the end (or before a count is believed). The
 * bytes are of this machine, so numbers lie as they are.
 */
#ifndef UNWINDING_JOB_BYTES_H
#define UNWINDING_JOB_BYTES_H

#include <string.h>
#include "base/byte_buffer.h"

struct job_bytes {
	struct view rest;
	bool is_failed;
};

/* size bytes, borrowed; empty on failure. */
static inline struct view job_bytes_view(struct job_bytes *reader, size_t size)
{
	struct view taken;

	if (reader->is_failed || size > reader->rest.size) {
		reader->is_failed = true;
		return (struct view){0};
	}
	taken = view_take(reader->rest, size);
	reader->rest = view_skip(reader->rest, size);
	return taken;
}

/* Zeros on failure. */
static inline void job_bytes_copy(struct job_bytes *reader, void *ret_bytes, size_t size)
{
	struct view taken = job_bytes_view(reader, size);

	if (reader->is_failed)
		memset(ret_bytes, 0, size);
	else if (size)
		memcpy(ret_bytes, taken.bytes, size);
}

static inline uint8_t job_bytes_u8(struct job_bytes *reader)
{
	uint8_t value;

	job_bytes_copy(reader, &value, sizeof(value));
	return value;
}

static inline uint32_t job_bytes_u32(struct job_bytes *reader)
{
	uint32_t value;

	job_bytes_copy(reader, &value, sizeof(value));
	return value;
}

static inline uint64_t job_bytes_u64(struct job_bytes *reader)
{
	uint64_t value;

	job_bytes_copy(reader, &value, sizeof(value));
	return value;
}

/* How many of at least item_bytes each follow; 0 and a failure when they cannot, or are more than
 * max. */
static inline uint32_t job_bytes_count(struct job_bytes *reader, uint32_t max, size_t item_bytes)
{
	uint32_t count = job_bytes_u32(reader);

	if (count > max || count > reader->rest.size / item_bytes)
		reader->is_failed = true;
	return reader->is_failed ? 0 : count;
}

/* The other direction. */
static inline void job_bytes_put(struct byte_buffer *out, const void *bytes, size_t size)
{
	byte_buffer_append(out, view_of(bytes, size));
}

static inline void job_bytes_put_u8(struct byte_buffer *out, uint8_t value)
{
	job_bytes_put(out, &value, sizeof(value));
}

static inline void job_bytes_put_u32(struct byte_buffer *out, uint32_t value)
{
	job_bytes_put(out, &value, sizeof(value));
}

static inline void job_bytes_put_u64(struct byte_buffer *out, uint64_t value)
{
	job_bytes_put(out, &value, sizeof(value));
}

#endif
