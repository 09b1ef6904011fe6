/*
 * Ends of literals and comments. Pure scans over bytes: everything that is needed of a multi-byte
 * character is that none of its bytes is ASCII (UTF-8, and every encoding of a server). Strings
 * after the manuals of PostgreSQL (4.1.2), MySQL (9.1) and CQL (lexical structure).
 */
#include "protocols/sql/sql_literal.h"

static bool is_hex(char c)
{
	return sql_literal_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool continues_name(char c)
{
	return sql_literal_starts_name(c) || sql_literal_is_digit(c);
}

static char byte_at(struct view text, size_t at)
{
	return at < text.size ? text.bytes[at] : '\0';
}

size_t sql_literal_quoted(struct view text, size_t at, enum sql_escapes escapes, bool *ret_is_open)
{
	char quote = text.bytes[at];

	*ret_is_open = false;
	for (size_t i = at + 1; i < text.size; i++) {
		char c = text.bytes[i];

		if (c == '\\' && escapes != SQL_ESCAPES_NONE) {
			if (escapes == SQL_ESCAPES_UNKNOWN && byte_at(text, i + 1) == quote)
				break;
			i++;
		} else if (c == quote) {
			if (byte_at(text, i + 1) != quote || i + 1 >= text.size)
				return i + 1;
			i++;
		}
	}
	*ret_is_open = true;
	return text.size;
}

size_t sql_literal_dollar(struct view text, size_t at, bool is_cut)
{
	size_t tag_end = at + 1;
	struct view tag;
	ssize_t close;

	if (tag_end < text.size && sql_literal_is_digit(text.bytes[tag_end]))
		return 0;
	while (tag_end < text.size && continues_name(text.bytes[tag_end]))
		tag_end++;
	if (tag_end >= text.size)
		return is_cut ? text.size : 0;
	if (text.bytes[tag_end] != '$')
		return 0;
	tag = view_of(text.bytes + at, tag_end + 1 - at);
	close = view_find(view_skip(text, tag_end + 1), tag);
	return close < 0 ? text.size : tag_end + 1 + (size_t)close + tag.size;
}

/* Everything that hangs on to a number goes with it: 0x1F, 1_000, 12h, 1.5e-3, 2nd. */
size_t sql_literal_number(struct view text, size_t at)
{
	size_t i = at;
	bool is_hexadecimal;

	if (byte_at(text, i) == '-' || byte_at(text, i) == '+')
		i++;
	if (byte_at(text, i) == '.' && sql_literal_is_digit(byte_at(text, i + 1)))
		i++;
	if (!sql_literal_is_digit(byte_at(text, i)))
		return 0;
	is_hexadecimal = byte_at(text, i) == '0' && (byte_at(text, i + 1) | 0x20) == 'x';
	for (; i < text.size; i++) {
		char c = text.bytes[i];
		bool is_sign = (c == '-' || c == '+') && !is_hexadecimal &&
			       (text.bytes[i - 1] | 0x20) == 'e' &&
			       sql_literal_is_digit(byte_at(text, i + 1));

		if (!continues_name(c) && c != '.' && !is_sign)
			break;
	}
	return i;
}

size_t sql_literal_uuid(struct view text, size_t at, bool is_cut)
{
	static const char shape[] = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
	size_t i = 0;

	for (; i < sizeof(shape) - 1 && at + i < text.size; i++) {
		char c = text.bytes[at + i];

		if (shape[i] == '-' ? c != '-' : !is_hex(c))
			return 0;
	}
	if (i == sizeof(shape) - 1)
		return continues_name(byte_at(text, at + i)) ? 0 : at + i;
	return is_cut && i ? text.size : 0;
}

size_t sql_literal_block_comment(struct view text, size_t at, enum sql_nesting nesting)
{
	size_t depth = 1;

	for (size_t i = at + 2; i + 1 < text.size; i++) {
		if (text.bytes[i] == '*' && text.bytes[i + 1] == '/') {
			i++;
			if (--depth == 0)
				return i + 1;
		} else if (text.bytes[i] == '/' && text.bytes[i + 1] == '*') {
			if (nesting == SQL_NESTING_UNKNOWN)
				break;
			depth += nesting == SQL_NESTING_COUNTED;
			i += nesting == SQL_NESTING_COUNTED;
		}
	}
	return text.size;
}

size_t sql_literal_line_comment(struct view text, size_t at, bool ends_with_return)
{
	while (at < text.size && text.bytes[at] != '\n' &&
	       !(ends_with_return && text.bytes[at] == '\r'))
		at++;
	return at;
}
