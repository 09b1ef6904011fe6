/* One code unit after the other; Python's strings have whole characters in each. */
#include "tracebacks/python_string.h"

#include <stdio.h>
#include <string.h>

#define MAX_CHARACTER_BYTES 6 /* of what one becomes: "\udc80" */
#define MAX_CODE_POINT      0x10ffff

static size_t put_character(char *to, uint32_t code)
{
	static const char digits[] = "0123456789abcdef";

	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code >= 0xd800 && code <= 0xdfff) {
		to[0] = '\\';
		to[1] = 'u';
		for (int i = 0; i < 4; i++)
			to[2 + i] = digits[code >> (12 - 4 * i) & 15];
		return 6;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static uint32_t unit_at(struct view bytes, size_t index, size_t unit)
{
	const char *at = bytes.bytes + index * unit;
	uint16_t half;
	uint32_t whole;

	if (unit == 1)
		return (unsigned char)*at;
	if (unit == 2) {
		memcpy(&half, at, sizeof(half));
		return half;
	}
	memcpy(&whole, at, sizeof(whole));
	return whole <= MAX_CODE_POINT ? whole : 0xfffd;
}

struct view python_string_decode(struct arena *arena, const struct python_text *text,
				 struct view bytes, bool *ret_is_cut)
{
	size_t unit = PYTHON_TEXT_KIND(text->state), count, size = 0;
	char characters[PYTHON_VALUE_BYTES * MAX_CHARACTER_BYTES];

	*ret_is_cut = false;
	bytes = view_take(view_take(bytes, text->captured), PYTHON_VALUE_BYTES);
	if (!(text->state & PYTHON_TEXT_IS_COMPACT) || (unit != 1 && unit != 2 && unit != 4))
		return (struct view){0};
	count = bytes.size / unit;
	*ret_is_cut = count < text->length;
	if (count > text->length)
		count = text->length;
	for (size_t i = 0; i < count; i++)
		size += put_character(characters + size, unit_at(bytes, i, unit));
	return size ? arena_copy(arena, view_of(characters, size)) : (struct view){0};
}

static size_t put_escape(char *to, char character)
{
	static const char escaped[] = "\\\n\r\t", names[] = "\\nrt";
	const char *found = character ? strchr(escaped, character) : NULL;

	if (found) {
		to[0] = '\\';
		to[1] = names[found - escaped];
		return 2;
	}
	if ((unsigned char)character >= 0x20 && character != 0x7f) {
		to[0] = character;
		return 1;
	}
	return (size_t)snprintf(to, 5, "\\x%02x", (unsigned char)character);
}

struct view python_string_quote(struct arena *arena, struct view text)
{
	bool has_single = text.size && memchr(text.bytes, '\'', text.size);
	bool has_double = text.size && memchr(text.bytes, '"', text.size);
	char quote = has_single && !has_double ? '"' : '\'';
	char *to = arena_allocate(arena, text.size * 4 + 3);
	size_t size = 0;

	if (!to)
		return (struct view){0};
	to[size++] = quote;
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] == quote)
			to[size++] = '\\';
		size += put_escape(to + size, text.bytes[i]);
	}
	to[size++] = quote;
	return view_of(to, size);
}
