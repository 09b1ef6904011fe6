/* UTF-8 validation, one sequence at a time; the callers decide what replaces a bad byte. */
#include "base/utf8.h"

#include <string.h>

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

static size_t length_by_lead(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

size_t utf8_sequence_length(struct view text)
{
	const unsigned char *b = (const unsigned char *)text.bytes;
	size_t length = text.size ? length_by_lead(b[0]) : 0;

	if (length == 0 || text.size < length)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (!is_continuation(b[i]))
			return 0;
	if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) ||
	    (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))
		return 0;
	return length;
}

size_t utf8_printable_length(struct view text)
{
	const unsigned char *b = (const unsigned char *)text.bytes;
	size_t length = utf8_sequence_length(text);

	if (length == 1 && (b[0] < 0x20 || b[0] == 0x7f))
		return 0;
	if (length == 2 && b[0] == 0xc2 && b[1] < 0xa0)
		return 0;
	/* U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069: they reorder or break what
	 * follows on a screen. */
	if (length == 2 && b[0] == 0xd8 && b[1] == 0x9c)
		return 0;
	if (length == 3 && b[0] == 0xe2 && b[1] == 0x80 &&
	    (b[2] == 0x8e || b[2] == 0x8f || (b[2] >= 0xa8 && b[2] <= 0xae)))
		return 0;
	if (length == 3 && b[0] == 0xe2 && b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9)
		return 0;
	return length;
}

struct view utf8_clean(struct view text, char *buffer, size_t size)
{
	size_t used = 0;

	while (text.size && used + 4 <= size) {
		size_t length = utf8_sequence_length(text);

		if (length)
			memcpy(buffer + used, text.bytes, length);
		else
			memcpy(buffer + used, "\xef\xbf\xbd", 3);
		used += length ? length : 3;
		text = view_skip(text, length ? length : 1);
	}
	return view_of(buffer, used);
}
