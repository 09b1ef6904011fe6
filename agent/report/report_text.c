/* A mark is a size and whether a comma is due: what came after it is cut off again, a failure of
 * the buffer with it. */
#include "report/report_text.h"

#include <stdio.h>
#include <string.h>
#include "base/utf8.h"

#define LONGEST_TEXT_BYTES 4096
#define ELLIPSIS           "\xe2\x80\xa6"

struct json_writer report_text_begin(struct byte_buffer *buffer)
{
	struct json_writer writer;

	json_writer_init(&writer, buffer);
	writer.is_in_markup = true;
	return writer;
}

/* Not within a character: back over what continues one, and its first byte. */
static size_t cut_between(struct view text, size_t size)
{
	size_t begin = size;

	while (begin > 0 && size - begin < 3 && ((unsigned char)text.bytes[begin] & 0xc0) == 0x80)
		begin--;
	return utf8_sequence_length(view_skip(text, begin)) ? begin : size;
}

void report_text_string(struct json_writer *writer, struct view text, size_t max_bytes)
{
	char cut[LONGEST_TEXT_BYTES + sizeof(ELLIPSIS)];
	size_t size;

	if (max_bytes > LONGEST_TEXT_BYTES)
		max_bytes = LONGEST_TEXT_BYTES;
	if (text.size <= max_bytes) {
		json_writer_string(writer, text);
		return;
	}
	size = cut_between(text, max_bytes);
	memcpy(cut, text.bytes, size);
	memcpy(cut + size, ELLIPSIS, sizeof(ELLIPSIS) - 1);
	json_writer_string(writer, view_of(cut, size + sizeof(ELLIPSIS) - 1));
}

void report_text_set_long(struct json_writer *writer, const char *key, struct view text,
			  size_t max_bytes)
{
	if (view_is_empty(text))
		return;
	json_writer_key(writer, key);
	report_text_string(writer, text, max_bytes);
}

void report_text_set(struct json_writer *writer, const char *key, struct view text)
{
	report_text_set_long(writer, key, text, MAX_REPORT_TEXT_BYTES);
}

void report_text_set_number(struct json_writer *writer, const char *key, uint64_t number)
{
	json_writer_key(writer, key);
	json_writer_integer(writer, number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

void report_text_set_truth(struct json_writer *writer, const char *key, bool is_true)
{
	if (!is_true)
		return;
	json_writer_key(writer, key);
	json_writer_boolean(writer, true);
}

void report_text_set_address(struct json_writer *writer, const char *key, uint64_t address)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "0x%llx", (unsigned long long)address);
	report_text_set(writer, key, view_of_text(text));
}

struct report_mark report_text_mark(const struct json_writer *writer)
{
	return (struct report_mark){writer->buffer->size, writer->needs_comma};
}

bool report_text_keep(struct json_writer *writer, struct report_mark mark, size_t max_bytes)
{
	struct byte_buffer *buffer = writer->buffer;

	if (!buffer->is_failed && buffer->size <= max_bytes)
		return true;
	if (buffer->size > mark.size)
		buffer->size = mark.size;
	buffer->is_failed = false;
	writer->needs_comma = mark.needs_comma;
	return false;
}
