/* Two passes over the same text, so that a mistake in the last pair leaves nothing of the first. */
#include "process/resource_attributes.h"

#include <errno.h>
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/utf8.h"

/* Decodes %XX into buffer (encoded.size bytes are enough): the size, or -EINVAL. */
static ssize_t decode_percent(struct view encoded, char *buffer)
{
	size_t used = 0;
	uint8_t byte;

	while (encoded.size) {
		if (encoded.bytes[0] != '%') {
			buffer[used++] = encoded.bytes[0];
			encoded = view_skip(encoded, 1);
			continue;
		}
		if (view_parse_hex(view_take(view_skip(encoded, 1), 2), &byte, 1) < 0)
			return -EINVAL;
		buffer[used++] = (char)byte;
		encoded = view_skip(encoded, 3);
	}
	return (ssize_t)used;
}

static bool is_utf8(struct view text)
{
	while (text.size) {
		size_t length = utf8_sequence_length(text);

		if (length == 0)
			return false;
		text = view_skip(text, length);
	}
	return true;
}

static bool is_printable(struct view text)
{
	while (text.size) {
		size_t length = utf8_printable_length(text);

		if (length == 0)
			return false;
		text = view_skip(text, length);
	}
	return true;
}

/* One pair into two buffers. False when malformed. */
static bool decode_pair(struct view pair, char *buffer, struct view *ret_key,
			struct view *ret_value)
{
	ssize_t equals = view_find_byte(pair, '='), key_size, value_size;

	if (equals <= 0)
		return false;
	key_size = decode_percent(view_trim(view_take(pair, (size_t)equals)), buffer);
	if (key_size <= 0)
		return false;
	value_size =
		decode_percent(view_trim(view_skip(pair, (size_t)equals + 1)), buffer + key_size);
	if (value_size < 0)
		return false;
	*ret_key = view_of(buffer, (size_t)key_size);
	*ret_value = view_of(buffer + key_size, (size_t)value_size);
	return is_printable(*ret_key) && is_utf8(*ret_value);
}

int resource_attributes_parse(struct view text, struct attribute_list *list, struct arena *arena)
{
	_cleanup_(cleanup_free) char *buffer = NULL;
	struct view rest, pair, key, value;
	int pairs = 0;

	if (text.size > MAX_RESOURCE_ATTRIBUTES_BYTES)
		return -EINVAL;
	buffer = malloc(text.size + 1);
	if (!buffer)
		return -ENOMEM;
	rest = text;
	while (view_next_token(&rest, ',', &pair)) {
		if (view_is_empty(view_trim(pair)))
			continue; /* a trailing comma is common and harmless */
		if (++pairs > MAX_RESOURCE_ATTRIBUTE_PAIRS ||
		    !decode_pair(pair, buffer, &key, &value))
			return -EINVAL;
	}
	rest = text;
	while (view_next_token(&rest, ',', &pair)) {
		struct view kept;

		if (view_is_empty(view_trim(pair)) || !decode_pair(pair, buffer, &key, &value))
			continue;
		kept = arena_copy(arena, key);
		if (kept.bytes)
			attribute_set_string(list, arena, kept.bytes, value);
	}
	return 0;
}
