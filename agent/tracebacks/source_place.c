/* Numbers behind names of files, and indentation: what the printed frames of several languages
 * have in common. Pure. */
#include "tracebacks/source_place.h"

#define MAX_DIGITS 10

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

bool source_place_cut_number(struct view *text, struct view separator, uint32_t *ret_number)
{
	size_t digits = 0;
	uint64_t number;
	struct view rest;

	while (digits < text->size && digits <= MAX_DIGITS &&
	       is_digit(text->bytes[text->size - 1 - digits]))
		digits++;
	if (!digits || digits > MAX_DIGITS)
		return false;
	rest = view_take(*text, text->size - digits);
	if (rest.size <= separator.size || !view_ends_with(rest, separator))
		return false;
	if (view_parse_u64(view_skip(*text, rest.size), &number) < 0 || number > UINT32_MAX)
		return false;
	*ret_number = (uint32_t)number;
	*text = view_take(rest, rest.size - separator.size);
	return true;
}

uint32_t source_place_leading_number(struct view text)
{
	uint64_t number = 0;

	for (size_t i = 0; i < text.size && is_digit(text.bytes[i]); i++) {
		number = number * 10 + (uint64_t)(text.bytes[i] - '0');
		if (number > UINT32_MAX)
			return UINT32_MAX;
	}
	return (uint32_t)number;
}

size_t source_place_indent(struct view line)
{
	size_t count = 0;

	while (count < line.size && (line.bytes[count] == ' ' || line.bytes[count] == '\t'))
		count++;
	return count;
}
