/*
 * What a peer sent, made fit to be an attribute. OTLP strings must be UTF-8 and one bad byte makes
 * a server refuse the whole batch, so every string from the wire comes through here. Most are plain
 * ASCII and cost one look at each byte.
 */
#include "protocols/attribute_text.h"

#include "base/utf8.h"

/* Printable ASCII throughout? Eight bytes at a time; a text it doubts is only looked at again. */
static bool is_plain(struct view text)
{
	const uint64_t ones = 0x0101010101010101ull;
	uint64_t suspects = 0;
	size_t at = 0;

	for (; at + 8 <= text.size; at += 8) {
		uint64_t word;

		memcpy(&word, text.bytes + at, sizeof(word));
		/* The top bit of each byte: set itself, below a space, or DEL. */
		suspects |= word | (word - 0x20 * ones) | (word + ones);
	}
	for (; at < text.size; at++) {
		unsigned int byte = (unsigned char)text.bytes[at];

		suspects |= byte < 0x20 || byte >= 0x7f ? 0x80 : 0;
	}
	return (suspects & 0x80 * ones) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Length of a run of blanks that has a line break in it, 0 when there is none here. */
static size_t fold_length(struct view text)
{
	bool is_fold = false;
	size_t length = 0;

	for (; length < text.size && is_space(text.bytes[length]); length++)
		is_fold |= text.bytes[length] == '\r' || text.bytes[length] == '\n';
	return is_fold ? length : 0;
}

/* One character of the text: what to write for it, and how much of the text it was. */
static struct view next_piece(struct view text, size_t *ret_length)
{
	unsigned char byte = (unsigned char)text.bytes[0];
	size_t length = is_space(text.bytes[0]) ? fold_length(text) : 0;

	*ret_length = length;
	if (length)
		return VIEW_LITERAL(" ");
	length = utf8_sequence_length(text);
	*ret_length = length ? length : 1;
	if (length == 0 || (byte < 0x20 && byte != '\t') || byte == 0x7f)
		return VIEW_LITERAL("\xef\xbf\xbd");
	return view_take(text, length);
}

struct view attribute_text_clean(struct view text, char *buffer, size_t size)
{
	size_t used = 0, length;

	if (text.size <= size && is_plain(text))
		return text;
	while (text.size) {
		struct view piece = next_piece(text, &length);

		if (piece.size > size - used)
			break;
		memcpy(buffer + used, piece.bytes, piece.size);
		used += piece.size;
		text = view_skip(text, length);
	}
	return view_of(buffer, used);
}

void attribute_text_set(struct attribute_list *list, struct arena *arena, const char *key,
			struct view text, size_t max_bytes)
{
	char buffer[MAX_ATTRIBUTE_TEXT_BYTES];

	if (max_bytes > sizeof(buffer))
		max_bytes = sizeof(buffer);
	attribute_set_string(list, arena, key, attribute_text_clean(text, buffer, max_bytes));
}
