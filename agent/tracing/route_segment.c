/*
 * Tells names from values in one segment of a path. First the segment as a whole (number, UUID,
 * date, address, token), then word by word between . - _ : and so on. When in doubt a segment is a
 * placeholder: a template that is too wide costs detail, one that is too narrow costs cardinality.
 */
#include "tracing/route_segment.h"

#define MAX_LITERAL_BYTES 40 /* names people choose are shorter */
#define MIN_HASH_BYTES    6
#define MIN_TOKEN_BYTES   16
#define MIN_NUMBER_BYTES  4 /* inside a word: sha256 and h264 are names, order10234 is not */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_hex(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool is_separator(char c)
{
	return c == '-' || c == '_' || c == '.' || c == ':' || c == ',' || c == '@' || c == '~';
}

/* Letter classes of a word, and how often they change along it. */
struct shape {
	size_t digits, lower, upper, hex, others;
	size_t changes;       /* of class */
	size_t digit_changes; /* between digits and letters */
};

static struct shape shape_of(struct view v)
{
	struct shape shape = {0};
	int class, previous = 0;

	for (size_t i = 0; i < v.size; i++, previous = class) {
		char c = v.bytes[i];

		class = is_digit(c) ? 1 : is_letter(c) ? (c & 0x20 ? 2 : 3) : 4;
		shape.digits += class == 1;
		shape.lower += class == 2;
		shape.upper += class == 3;
		shape.others += class == 4;
		shape.hex += is_hex(c);
		shape.changes += i && class != previous;
		shape.digit_changes += i && (class == 1) != (previous == 1);
	}
	return shape;
}

/* Does it fit a pattern of x (hex digit), 0 (digit) and itself? */
static bool fits(struct view v, const char *pattern)
{
	if (v.size != strlen(pattern))
		return false;
	for (size_t i = 0; i < v.size; i++) {
		bool is_fit = pattern[i] == 'x'   ? is_hex(v.bytes[i])
			      : pattern[i] == '0' ? is_digit(v.bytes[i])
						  : v.bytes[i] == pattern[i];

		if (!is_fit)
			return false;
	}
	return true;
}

static bool is_date(struct view v)
{
	return fits(v, "0000-00-00") || fits(v, "0000-00") || fits(v, "00-00-0000") ||
	       fits(v, "0000_00_00") || fits(v, "0000.00.00") ||
	       (v.size > 11 && fits(view_take(v, 10), "0000-00-00") &&
		(v.bytes[10] == 'T' || v.bytes[10] == 't'));
}

static bool is_email(struct view v)
{
	ssize_t at = view_find_byte(v, '@');

	if (at < 0 && (at = view_find(v, VIEW_LITERAL("%40"))) < 0)
		return false;
	return at > 0 && view_find_byte(view_skip(v, (size_t)at), '.') > 1;
}

/* v1, v2.1, V3 */
static bool is_api_version(struct view v)
{
	if (v.size < 2 || v.size > 8 || (v.bytes[0] | 0x20) != 'v' || !is_digit(v.bytes[1]))
		return false;
	for (size_t i = 2; i < v.size; i++)
		if (!is_digit(v.bytes[i]) && v.bytes[i] != '.')
			return false;
	return v.size <= 4 || view_find_byte(v, '.') > 0;
}

static bool is_dotted_number(struct view v)
{
	struct shape shape = shape_of(v);

	return is_digit(v.bytes[0]) && is_digit(v.bytes[v.size - 1]) && shape.others &&
	       shape.digits + shape.others == v.size && !memchr(v.bytes, '-', v.size) &&
	       view_find_byte(v, '.') > 0;
}

/* Random letters and digits of one of the usual alphabets, base64url's - and _ among them. */
static bool is_token(struct view v, const struct shape *shape)
{
	if (v.size < MIN_TOKEN_BYTES)
		return false;
	for (size_t i = 0; i < v.size; i++)
		if (!is_letter(v.bytes[i]) && !is_digit(v.bytes[i]) && v.bytes[i] != '-' &&
		    v.bytes[i] != '_' && v.bytes[i] != '=')
			return false;
	if (shape->others == 0 && (shape->hex == v.size || shape->digits >= 3))
		return true;
	return shape->digits && shape->lower && shape->upper && shape->changes * 5 >= v.size * 2;
}

/* A word between separators that is a value as a whole. */
static const char *placeholder_of_word(struct view word)
{
	struct shape shape = shape_of(word);

	if (shape.digits == word.size)
		return "{id}";
	if (word.size >= MIN_HASH_BYTES && shape.hex == word.size && shape.digits)
		return "{hash}";
	if (word.size >= MIN_HASH_BYTES && shape.digit_changes >= 3)
		return "{hash}";
	return is_token(word, &shape) ? "{hash}" : NULL;
}

/* Escapes and unusual characters are the marks of free text: search terms, names, paths in paths.
 */
static bool is_free_text(struct view v)
{
	bool has_word = false;

	for (size_t i = 0; i < v.size; i++) {
		char c = v.bytes[i];
		bool is_word = is_letter(c) || is_digit(c);

		has_word |= is_word;
		if (!is_word && !is_separator(c) && c != '=')
			return true;
	}
	return !has_word;
}

static const char *placeholder_of_segment(struct view v)
{
	struct shape shape = shape_of(v);

	if (shape.digits == v.size)
		return "{id}";
	if (fits(v, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"))
		return "{uuid}";
	if (is_date(v))
		return "{date}";
	if (is_email(v))
		return "{email}";
	if (is_free_text(v))
		return "{value}";
	if (is_dotted_number(v))
		return "{version}";
	return is_token(v, &shape) ? "{hash}" : NULL;
}

static bool append(char *buffer, size_t *used, struct view piece)
{
	if (piece.size > MAX_ROUTE_SEGMENT_BYTES - *used)
		return false;
	if (piece.size)
		memcpy(buffer + *used, piece.bytes, piece.size);
	*used += piece.size;
	return true;
}

/* A word with its long numbers replaced: "order10234" → "order{id}". */
static bool append_word(struct view word, char *buffer, size_t *used, bool *is_literal)
{
	const char *placeholder = word.size ? placeholder_of_word(word) : NULL;

	if (placeholder) {
		*is_literal = false;
		return append(buffer, used, view_of_text(placeholder));
	}
	while (word.size) {
		bool is_number = is_digit(word.bytes[0]);
		size_t length = 1;

		while (length < word.size && is_digit(word.bytes[length]) == is_number)
			length++;
		if (is_number && length >= MIN_NUMBER_BYTES) {
			*is_literal = false;
			if (!append(buffer, used, VIEW_LITERAL("{id}")))
				return false;
		} else if (!append(buffer, used, view_take(word, length))) {
			return false;
		}
		word = view_skip(word, length);
	}
	return true;
}

/* Word by word; false when it does not fit. */
static bool write_words(struct view v, char *buffer, size_t *used, bool *is_literal)
{
	while (v.size) {
		size_t length = 0;

		while (length < v.size && !is_separator(v.bytes[length]) && v.bytes[length] != '=')
			length++;
		if (!append_word(view_take(v, length), buffer, used, is_literal))
			return false;
		v = view_skip(v, length);
		if (v.size == 0)
			break;
		if (!append(buffer, used, view_take(v, 1)))
			return false;
		if (v.bytes[0] == '=') { /* what follows is a value by its own word */
			*is_literal = false;
			return append(buffer, used, VIEW_LITERAL("{value}"));
		}
		v = view_skip(v, 1);
	}
	return true;
}

static size_t write_placeholder(const char *placeholder, char *buffer, bool *ret_is_literal)
{
	size_t used = 0;

	*ret_is_literal = false;
	(void)append(buffer, &used, view_of_text(placeholder));
	return used;
}

size_t route_segment_write(struct view segment, char *buffer, bool *ret_is_literal)
{
	ssize_t parameters = view_find_byte(segment, ';'); /* matrix parameters, ;jsessionid=… */
	const char *placeholder;
	size_t used = 0;

	*ret_is_literal = true;
	if (parameters >= 0)
		segment = view_take(segment, (size_t)parameters);
	if (segment.size == 0)
		return write_placeholder("{value}", buffer, ret_is_literal);
	if (is_api_version(segment)) {
		(void)append(buffer, &used, segment);
		return used;
	}
	placeholder = placeholder_of_segment(segment);
	if (placeholder)
		return write_placeholder(placeholder, buffer, ret_is_literal);
	if (!write_words(segment, buffer, &used, ret_is_literal) || used > MAX_LITERAL_BYTES)
		return write_placeholder("{value}", buffer, ret_is_literal);
	return used;
}
