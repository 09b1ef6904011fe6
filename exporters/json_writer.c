/* Commas are kept by one flag: a value sets it, a key and an opening bracket clear it. */
#include "exporters/json_writer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/utf8.h"

void json_writer_init(struct json_writer *writer, struct byte_buffer *buffer)
{
	*writer = (struct json_writer){.buffer = buffer};
}

static void separate(struct json_writer *writer)
{
	if (writer->needs_comma)
		byte_buffer_append_byte(writer->buffer, ',');
	writer->needs_comma = true;
}

void json_writer_begin(struct json_writer *writer, char bracket)
{
	separate(writer);
	byte_buffer_append_byte(writer->buffer, bracket);
	writer->needs_comma = false;
}

void json_writer_end(struct json_writer *writer, char bracket)
{
	byte_buffer_append_byte(writer->buffer, bracket);
	writer->needs_comma = true;
}

void json_writer_key(struct json_writer *writer, const char *key)
{
	separate(writer);
	byte_buffer_append_byte(writer->buffer, '"');
	byte_buffer_append_text(writer->buffer, key);
	byte_buffer_append(writer->buffer, VIEW_LITERAL("\":"));
	writer->needs_comma = false;
}

/* Bytes that stand for themselves. */
static size_t plain_prefix(const struct json_writer *writer, struct view text)
{
	size_t size = 0;

	while (size < text.size) {
		unsigned char byte = (unsigned char)text.bytes[size];

		if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\' ||
		    (byte == '<' && writer->is_in_markup))
			break;
		size++;
	}
	return size;
}

/* Only called for sequences of up to three bytes: nothing above U+FFFF is unprintable. */
static unsigned int code_point(struct view sequence)
{
	const unsigned char *b = (const unsigned char *)sequence.bytes;

	if (sequence.size == 1)
		return b[0];
	if (sequence.size == 2)
		return (b[0] & 0x1fu) << 6 | (b[1] & 0x3fu);
	return (b[0] & 0x0fu) << 12 | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu);
}

/* One character that plain_prefix stopped at; returns the bytes it took. */
static size_t append_special(struct json_writer *writer, struct view text)
{
	struct byte_buffer *buffer = writer->buffer;
	size_t length = utf8_sequence_length(text);

	if (length == 0) {
		byte_buffer_append_text(buffer, "\xef\xbf\xbd");
		return 1;
	}
	if (text.bytes[0] == '"' || text.bytes[0] == '\\') {
		byte_buffer_append_byte(buffer, '\\');
		byte_buffer_append_byte(buffer, text.bytes[0]);
	} else if (text.bytes[0] == '\n') {
		byte_buffer_append_text(buffer, "\\n");
	} else if (text.bytes[0] == '<' && writer->is_in_markup) {
		byte_buffer_append_text(buffer, "\\u003c");
	} else if (utf8_printable_length(text)) {
		byte_buffer_append(buffer, view_take(text, length));
	} else {
		byte_buffer_append_format(buffer, "\\u%04x", code_point(view_take(text, length)));
	}
	return length;
}

void json_writer_string(struct json_writer *writer, struct view value)
{
	separate(writer);
	byte_buffer_append_byte(writer->buffer, '"');
	while (value.size) {
		size_t plain = plain_prefix(writer, value);

		byte_buffer_append(writer->buffer, view_take(value, plain));
		value = view_skip(value, plain);
		if (value.size)
			value = view_skip(value, append_special(writer, value));
	}
	byte_buffer_append_byte(writer->buffer, '"');
}

void json_writer_hex(struct json_writer *writer, struct view bytes)
{
	static const char digits[] = "0123456789abcdef";

	separate(writer);
	byte_buffer_append_byte(writer->buffer, '"');
	for (size_t i = 0; i < bytes.size; i++) {
		byte_buffer_append_byte(writer->buffer, digits[(unsigned char)bytes.bytes[i] >> 4]);
		byte_buffer_append_byte(writer->buffer, digits[bytes.bytes[i] & 15]);
	}
	byte_buffer_append_byte(writer->buffer, '"');
}

void json_writer_integer(struct json_writer *writer, int64_t value)
{
	separate(writer);
	byte_buffer_append_format(writer->buffer, "%" PRId64, value);
}

void json_writer_boolean(struct json_writer *writer, bool value)
{
	separate(writer);
	byte_buffer_append_text(writer->buffer, value ? "true" : "false");
}

void json_writer_integer_text(struct json_writer *writer, int64_t value)
{
	separate(writer);
	byte_buffer_append_format(writer->buffer, "\"%" PRId64 "\"", value);
}

void json_writer_unsigned_text(struct json_writer *writer, uint64_t value)
{
	separate(writer);
	byte_buffer_append_format(writer->buffer, "\"%" PRIu64 "\"", value);
}

void json_writer_double(struct json_writer *writer, double value)
{
	char text[32];

	separate(writer);
	if (isnan(value)) {
		byte_buffer_append_text(writer->buffer, "\"NaN\"");
		return;
	}
	if (isinf(value)) {
		byte_buffer_append_text(writer->buffer,
					value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	byte_buffer_append_text(writer->buffer, text);
}
