/*
 * JSON into a byte buffer, front to back. Strings come out as valid UTF-8 whatever goes in, and
 * safe for a terminal: control characters and whatever reorders text are escaped. A failed buffer
 * makes every call a no-op: check is_failed once, at the end.
 */
#ifndef EXPORTERS_JSON_WRITER_H
#define EXPORTERS_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/byte_buffer.h"

struct json_writer {
	struct byte_buffer *buffer;
	bool needs_comma;
	bool is_in_markup; /* set after init: '<' is escaped too, the text may stand in a page */
};

void json_writer_init(struct json_writer *writer, struct byte_buffer *buffer);

/* bracket: '{' or '[', and '}' or ']'. */
void json_writer_begin(struct json_writer *writer, char bracket);
void json_writer_end(struct json_writer *writer, char bracket);

/* The key is ours: plain ASCII, nothing to escape. A value or begin follows. */
void json_writer_key(struct json_writer *writer, const char *key);

void json_writer_string(struct json_writer *writer, struct view value);
void json_writer_hex(struct json_writer *writer, struct view bytes);
void json_writer_integer(struct json_writer *writer, int64_t value);
void json_writer_boolean(struct json_writer *writer, bool value);

/* 64-bit integers as decimal strings: JSON numbers lose digits beyond 2^53. */
void json_writer_integer_text(struct json_writer *writer, int64_t value);
void json_writer_unsigned_text(struct json_writer *writer, uint64_t value);

/* The shortest form that reads back as the same number; "NaN", "Infinity", "-Infinity" as strings
 * (proto3's mapping). */
void json_writer_double(struct json_writer *writer, double value);

#endif
