/* Requests and responses of Kafka for tests; sizes are filled in by kafka_end. */
#ifndef SUPPORT_KAFKA_BYTES_H
#define SUPPORT_KAFKA_BYTES_H

#include <stdint.h>
#include <string.h>
#include "base/view.h"

struct kafka_bytes {
	size_t used, start;
	char bytes[8192];
};

static inline void kafka_number(struct kafka_bytes *b, uint64_t value, int size)
{
	for (int i = size - 1; i >= 0; i--)
		b->bytes[b->used++] = (char)(value >> (8 * i));
}

static inline void kafka_raw(struct kafka_bytes *b, struct view v)
{
	memcpy(b->bytes + b->used, v.bytes, v.size);
	b->used += v.size;
}

static inline void kafka_text(struct kafka_bytes *b, const char *text, bool is_flexible)
{
	if (is_flexible)
		kafka_number(b, strlen(text) + 1, 1);
	else
		kafka_number(b, strlen(text), 2);
	kafka_raw(b, view_of_text(text));
}

static inline void kafka_count(struct kafka_bytes *b, uint32_t count, bool is_flexible)
{
	if (is_flexible)
		kafka_number(b, count + 1, 1);
	else
		kafka_number(b, count, 4);
}

static inline void kafka_begin_request(struct kafka_bytes *b, int api, int version,
				       uint32_t correlation_id, bool is_flexible)
{
	b->start = b->used;
	kafka_number(b, 0, 4);
	kafka_number(b, (uint64_t)api, 2);
	kafka_number(b, (uint64_t)version, 2);
	kafka_number(b, correlation_id, 4);
	kafka_text(b, "shop-1", false);
	if (is_flexible)
		kafka_number(b, 0, 1);
}

static inline void kafka_begin_response(struct kafka_bytes *b, uint32_t correlation_id,
					bool has_tags)
{
	b->start = b->used;
	kafka_number(b, 0, 4);
	kafka_number(b, correlation_id, 4);
	if (has_tags)
		kafka_number(b, 0, 1);
}

static inline void kafka_end(struct kafka_bytes *b)
{
	size_t end = b->used, size = end - b->start - 4;

	b->used = b->start;
	kafka_number(b, size, 4);
	b->used = end;
}

/* One batch that says it has `count` records, and `extra` bytes of them. */
static inline void kafka_batch(struct kafka_bytes *b, uint32_t count, uint32_t extra,
			       bool is_flexible)
{
	uint32_t size = 61 + extra;

	if (is_flexible) {
		kafka_number(b, ((size + 1) & 0x7f) | 0x80, 1);
		kafka_number(b, (size + 1) >> 7, 1);
	} else {
		kafka_number(b, size, 4);
	}
	kafka_number(b, 0, 8);
	kafka_number(b, size - 12, 4);
	kafka_number(b, 0, 4);
	kafka_number(b, 2, 1);
	for (int i = 0; i < 40; i++)
		kafka_number(b, 0, 1);
	kafka_number(b, count, 4);
	for (uint32_t i = 0; i < extra; i++)
		kafka_number(b, 's', 1);
}

/* acks: 0, 1, 0xffff. */
static inline void kafka_produce(struct kafka_bytes *b, int version, uint32_t correlation_id,
				 int acks, uint32_t count)
{
	bool is_flexible = version >= 9;

	kafka_begin_request(b, 0, version, correlation_id, is_flexible);
	if (version >= 3)
		kafka_number(b, is_flexible ? 0 : 0xffff, is_flexible ? 1 : 2);
	kafka_number(b, (uint64_t)acks, 2);
	kafka_number(b, 30000, 4);
	kafka_count(b, 1, is_flexible);
	kafka_text(b, "orders", is_flexible);
	kafka_count(b, 1, is_flexible);
	kafka_number(b, 3, 4);
	kafka_batch(b, count, 200, is_flexible);
	if (is_flexible)
		kafka_number(b, 0, 3);
	kafka_end(b);
}

static inline void kafka_produced(struct kafka_bytes *b, int version, uint32_t correlation_id,
				  int error)
{
	bool is_flexible = version >= 9;

	kafka_begin_response(b, correlation_id, is_flexible);
	kafka_count(b, 1, is_flexible);
	kafka_text(b, "orders", is_flexible);
	kafka_count(b, 1, is_flexible);
	kafka_number(b, 3, 4);
	kafka_number(b, (uint64_t)error, 2);
	kafka_number(b, 0, 8);
	kafka_end(b);
}

static inline struct view kafka_view(const struct kafka_bytes *b)
{
	return view_of(b->bytes, b->used);
}

#endif
