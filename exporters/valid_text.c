/* Valid UTF-8 out of whatever a traced program sent. Nearly all text is ASCII: eight bytes are
 * looked at at a time. */
#include "exporters/valid_text.h"

#include "base/utf8.h"

#define HIGH_BITS 0x8080808080808080ull

static size_t ascii_prefix(struct view text, size_t from)
{
	uint64_t word;

	while (text.size - from >= sizeof(word)) {
		memcpy(&word, text.bytes + from, sizeof(word));
		if (word & HIGH_BITS)
			break;
		from += sizeof(word);
	}
	while (from < text.size && !(text.bytes[from] & 0x80))
		from++;
	return from;
}

size_t valid_text_prefix(struct view text)
{
	size_t valid = 0;

	for (;;) {
		size_t length;

		valid = ascii_prefix(text, valid);
		length = utf8_sequence_length(view_skip(text, valid));
		if (length == 0)
			return valid;
		valid += length;
	}
}

struct view valid_text_of(struct view text, struct byte_buffer *scratch)
{
	size_t valid = valid_text_prefix(text);

	if (valid == text.size)
		return text;
	byte_buffer_clear(scratch);
	while (text.size) {
		byte_buffer_append(scratch, view_take(text, valid));
		text = view_skip(text, valid);
		if (text.size) {
			byte_buffer_append_text(scratch, "\xef\xbf\xbd");
			text = view_skip(text, 1);
		}
		valid = valid_text_prefix(text);
	}
	return scratch->is_failed ? (struct view){0} : byte_buffer_view(scratch);
}
