/*
 * Reads the baggage field. A member is key=value[;property]; keys are tokens, values are
 * percent-encoded. A member that makes no sense is skipped, not a reason to lose the others.
 */
#include "model/baggage.h"

#include <errno.h>
#include "base/utf8.h"

#define MAX_BAGGAGE_BYTES 8192 /* W3C Baggage: the least a platform must carry; ours to read */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct view trim(struct view v)
{
	while (v.size && is_space(v.bytes[0]))
		v = view_skip(v, 1);
	while (v.size && is_space(v.bytes[v.size - 1]))
		v.size--;
	return v;
}

bool baggage_next(struct view *rest, struct view *ret_key, struct view *ret_value)
{
	struct view member;

	*rest = view_take(*rest, MAX_BAGGAGE_BYTES);
	while (view_next_token(rest, ',', &member)) {
		ssize_t properties = view_find_byte(member, ';');
		ssize_t equals;

		if (properties >= 0)
			member = view_take(member, (size_t)properties);
		equals = view_find_byte(member, '=');
		if (equals <= 0)
			continue;
		*ret_key = trim(view_take(member, (size_t)equals));
		*ret_value = trim(view_skip(member, (size_t)equals + 1));
		if (ret_key->size)
			return true;
	}
	return false;
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

static int decode(struct view value, char *buffer, size_t size, struct view *ret)
{
	size_t used = 0;

	while (value.size) {
		uint8_t byte = (uint8_t)value.bytes[0];
		size_t length = 1;

		if (byte == '%') {
			if (view_parse_hex(view_take(view_skip(value, 1), 2), &byte, 1) < 0)
				return -EINVAL;
			length = 3;
		}
		if (used == size)
			return -ENOSPC;
		buffer[used++] = (char)byte;
		value = view_skip(value, length);
	}
	if (!is_utf8(view_of(buffer, used)))
		return -EINVAL;
	*ret = view_of(buffer, used);
	return 0;
}

int baggage_get(struct view baggage, struct view key, char *buffer, size_t size,
		struct view *ret_value)
{
	struct view member_key, value;

	while (baggage_next(&baggage, &member_key, &value))
		if (view_equals(member_key, key))
			return decode(value, buffer, size, ret_value);
	return -ENOENT;
}

bool baggage_has_sentry(struct view baggage)
{
	struct view key, value;

	while (baggage_next(&baggage, &key, &value))
		if (view_starts_with(key, VIEW_LITERAL("sentry-")))
			return true;
	return false;
}
