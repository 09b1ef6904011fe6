/* A growable byte buffer with a cap. The first failed append makes every later one fail: check
 * once, at the end. */
#ifndef BASE_BYTE_BUFFER_H
#define BASE_BYTE_BUFFER_H

#include <stdbool.h>
#include "base/view.h"

struct byte_buffer {
	char *bytes;
	size_t size;
	size_t capacity;
	size_t max_bytes;
	bool is_failed; /* the cap was reached or memory was out; content up to then is intact */
};

void byte_buffer_init(struct byte_buffer *buffer, size_t max_bytes);
void byte_buffer_done(struct byte_buffer *buffer);

/* Empties it, forgets a failure, keeps the memory. */
void byte_buffer_clear(struct byte_buffer *buffer);

void byte_buffer_append(struct byte_buffer *buffer, struct view v);
void byte_buffer_append_text(struct byte_buffer *buffer, const char *text);
void byte_buffer_append_byte(struct byte_buffer *buffer, char byte);
void byte_buffer_append_format(struct byte_buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Room for count bytes at the end, or NULL; the caller then adds what it wrote to buffer->size. */
char *byte_buffer_reserve(struct byte_buffer *buffer, size_t count);

/* Drops the first count bytes and moves the rest to the front. */
void byte_buffer_consume(struct byte_buffer *buffer, size_t count);

static inline struct view byte_buffer_view(const struct byte_buffer *buffer)
{
	return view_of(buffer->bytes, buffer->size);
}

#endif
