/* Views: searching, cutting and number parsing over memory owned elsewhere. Nothing here allocates.
 */
#include "base/view.h"

#include <errno.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool view_equals_ignoring_case(struct view a, struct view b)
{
	if (a.size != b.size)
		return false;
	for (size_t i = 0; i < a.size; i++)
		if (lower(a.bytes[i]) != lower(b.bytes[i]))
			return false;
	return true;
}

bool view_starts_with(struct view v, struct view prefix)
{
	return v.size >= prefix.size && view_equals(view_take(v, prefix.size), prefix);
}

bool view_ends_with(struct view v, struct view suffix)
{
	return v.size >= suffix.size && view_equals(view_skip(v, v.size - suffix.size), suffix);
}

ssize_t view_find_byte(struct view v, char byte)
{
	const char *at = v.size ? memchr(v.bytes, byte, v.size) : NULL;

	return at ? at - v.bytes : -1;
}

ssize_t view_find(struct view v, struct view needle)
{
	const char *at;

	if (needle.size == 0)
		return 0;
	if (v.size < needle.size)
		return -1;
	at = memmem(v.bytes, v.size, needle.bytes, needle.size);
	return at ? at - v.bytes : -1;
}

struct view view_skip(struct view v, size_t count)
{
	if (count > v.size)
		count = v.size;
	/* Nothing may be added to the pointer of an empty view, not even nothing. */
	if (count == 0)
		return v;
	return view_of(v.bytes + count, v.size - count);
}

struct view view_take(struct view v, size_t count)
{
	return view_of(v.bytes, count < v.size ? count : v.size);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct view view_base_name(struct view path)
{
	const char *slash = path.size ? memrchr(path.bytes, '/', path.size) : NULL;

	return slash ? view_skip(path, (size_t)(slash - path.bytes) + 1) : path;
}

struct view view_trim(struct view v)
{
	while (v.size && is_blank(v.bytes[0]))
		v = view_skip(v, 1);
	while (v.size && is_blank(v.bytes[v.size - 1]))
		v.size--;
	return v;
}

bool view_next_token(struct view *rest, char separator, struct view *ret_token)
{
	ssize_t at;

	if (!rest->bytes)
		return false;
	at = view_find_byte(*rest, separator);
	if (at < 0) {
		*ret_token = *rest;
		*rest = (struct view){0};
		return true;
	}
	*ret_token = view_take(*rest, (size_t)at);
	*rest = view_skip(*rest, (size_t)at + 1);
	return true;
}

int view_parse_u64(struct view v, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (v.size == 0)
		return -EINVAL;
	for (size_t i = 0; i < v.size; i++) {
		if (v.bytes[i] < '0' || v.bytes[i] > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(v.bytes[i] - '0'), &value))
			return -ERANGE;
	}
	*ret_value = value;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int view_parse_hex(struct view v, uint8_t *ret_bytes, size_t size)
{
	if (v.size != 2 * size)
		return -EINVAL;
	for (size_t i = 0; i < v.size; i++)
		if (hex_digit(v.bytes[i]) < 0)
			return -EINVAL;
	for (size_t i = 0; i < size; i++)
		ret_bytes[i] =
			(uint8_t)(hex_digit(v.bytes[2 * i]) << 4 | hex_digit(v.bytes[2 * i + 1]));
	return 0;
}
