/* A growable byte buffer: doubles up to its cap, remembers the first failure. */
#include "base/byte_buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAPACITY 256

void byte_buffer_init(struct byte_buffer *buffer, size_t max_bytes)
{
	*buffer = (struct byte_buffer){.max_bytes = max_bytes};
}

void byte_buffer_done(struct byte_buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct byte_buffer){.max_bytes = buffer->max_bytes};
}

void byte_buffer_clear(struct byte_buffer *buffer)
{
	buffer->size = 0;
	buffer->is_failed = false;
}

char *byte_buffer_reserve(struct byte_buffer *buffer, size_t count)
{
	size_t wanted, capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
	char *bytes;

	if (buffer->is_failed || count > buffer->max_bytes ||
	    buffer->size > buffer->max_bytes - count) {
		buffer->is_failed = true;
		return NULL;
	}
	wanted = buffer->size + count;
	if (wanted <= buffer->capacity)
		return buffer->bytes + buffer->size;
	while (capacity < wanted)
		capacity = capacity > SIZE_MAX / 2 ? wanted : capacity * 2;
	if (capacity > buffer->max_bytes)
		capacity = buffer->max_bytes;
	bytes = realloc(buffer->bytes, capacity);
	if (!bytes) {
		buffer->is_failed = true;
		return NULL;
	}
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return bytes + buffer->size;
}

void byte_buffer_append(struct byte_buffer *buffer, struct view v)
{
	char *room = v.size ? byte_buffer_reserve(buffer, v.size) : NULL;

	if (!room)
		return;
	memcpy(room, v.bytes, v.size);
	buffer->size += v.size;
}

void byte_buffer_append_text(struct byte_buffer *buffer, const char *text)
{
	byte_buffer_append(buffer, view_of_text(text));
}

void byte_buffer_append_byte(struct byte_buffer *buffer, char byte)
{
	byte_buffer_append(buffer, view_of(&byte, 1));
}

void byte_buffer_append_format(struct byte_buffer *buffer, const char *format, ...)
{
	char text[256];
	va_list args;
	char *room;
	int size;

	va_start(args, format);
	size = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (size >= 0 && (size_t)size < sizeof(text)) {
		byte_buffer_append(buffer, view_of(text, (size_t)size));
		return;
	}
	/* vsnprintf writes a NUL behind the text; it is not part of it. */
	room = size < 0 ? NULL : byte_buffer_reserve(buffer, (size_t)size + 1);
	if (!room) {
		buffer->is_failed = true;
		return;
	}
	va_start(args, format);
	(void)vsnprintf(room, (size_t)size + 1, format, args);
	va_end(args);
	buffer->size += (size_t)size;
}

void byte_buffer_consume(struct byte_buffer *buffer, size_t count)
{
	if (count > buffer->size)
		count = buffer->size;
	if (count)
		memmove(buffer->bytes, buffer->bytes + count, buffer->size - count);
	buffer->size -= count;
}
