/*
 * Records of what a thread writes, as the kernel side makes them (shared/exception_record.h): whole
 * writes or chunks of them, one stream until another is begun. They pass the decoder, as real ones
 * do.
 */
#ifndef SUPPORT_OUTPUT_BUILDER_H
#define SUPPORT_OUTPUT_BUILDER_H

#include <assert.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>
#include "capture/event_decoder.h"

struct output_builder {
	void (*take)(void *self, const struct event *event);
	void *self;
	uint64_t context; /* 0: tgid << 32 | tid */
	uint32_t tgid, tid, serial;
	uint8_t flags;       /* of the next record, then none */
	bool is_in_stream;   /* the next record is not the first */
	bool is_losing_them; /* records are made, and lost */
};

/* Another stream: a marker was seen again after a while. */
static inline void output_builder_begin(struct output_builder *b, uint32_t tgid, uint32_t tid)
{
	b->tgid = tgid;
	b->tid = tid;
	b->serial++;
	b->is_in_stream = false;
}

static inline void output_builder_chunk(struct output_builder *b, struct view bytes,
					uint32_t offset, uint32_t write_size, uint64_t time_ns)
{
	size_t size = sizeof(struct output_record) + bytes.size;
	struct output_record *record = calloc(1, (size + 7) & ~(size_t)7);
	struct event event;

	assert(record && offset + bytes.size <= write_size);
	record->header = (struct record_header){RECORD_OUTPUT, 0, (uint32_t)size, time_ns};
	record->context = b->context ? b->context : (uint64_t)b->tgid << 32 | b->tid;
	record->tgid = b->tgid;
	record->tid = b->tid;
	record->serial = b->serial;
	record->size = write_size;
	record->offset = offset;
	record->captured = (uint32_t)bytes.size;
	record->descriptor = 2;
	record->flags = b->flags | (b->is_in_stream ? 0 : OUTPUT_IS_FIRST);
	if (bytes.size)
		memcpy(record->bytes, bytes.bytes, bytes.size);
	b->flags = 0;
	b->is_in_stream = true;
	assert(event_decoder_decode(view_of(record, size), &event) == 0);
	if (!b->is_losing_them)
		b->take(b->self, &event);
	free(record);
}

/* One write, in chunks of at most that many bytes. */
static inline void output_builder_pieces(struct output_builder *b, const char *text,
					 uint32_t chunk_bytes, uint64_t time_ns)
{
	uint32_t size = (uint32_t)strlen(text);

	for (uint32_t offset = 0; offset < size; offset += chunk_bytes)
		output_builder_chunk(b, view_take(view_of_text(text + offset), chunk_bytes), offset,
				     size, time_ns);
}

static inline void output_builder_write(struct output_builder *b, const char *text,
					uint64_t time_ns)
{
	output_builder_pieces(b, text, OUTPUT_CHUNK_BYTES, time_ns);
}

/* Each line in a write of its own, as runtimes print. */
static inline void output_builder_lines(struct output_builder *b, const char *text,
					uint64_t time_ns)
{
	while (*text) {
		uint32_t size = (uint32_t)(strchrnul(text, '\n') - text);

		size += text[size] == '\n';
		output_builder_chunk(b, view_of(text, size), 0, size, time_ns);
		text += size;
	}
}

#endif
