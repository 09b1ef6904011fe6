/* The text is gone through twice: to count, and to mark every so many lines. */
#include "exceptions/source_lines.h"

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define ELLIPSIS    "..."

/* Where the line that begins at `at` ends, its LF included. */
static size_t next_line(struct view text, size_t at)
{
	const char *end = memchr(text.bytes + at, '\n', text.size - at);

	return end ? (size_t)(end - text.bytes) + 1 : text.size;
}

void source_lines_index(struct source_lines *lines, struct view text)
{
	uint32_t number = 0;

	lines->text = text;
	lines->count = 0;
	for (size_t at = 0; at < text.size; at = next_line(text, at))
		lines->count++;
	lines->stride = lines->count / MAX_SOURCE_MARKS + 1;
	for (size_t at = 0; at < text.size; at = next_line(text, at)) {
		if (number % lines->stride == 0)
			lines->marks[number / lines->stride] = (uint32_t)at;
		number++;
	}
}

bool source_lines_find(const struct source_lines *lines, uint32_t number, struct view *ret)
{
	size_t at, end;

	if (number == 0 || number > lines->count)
		return false;
	number--;
	at = lines->marks[number / lines->stride];
	for (uint32_t i = 0; i < number % lines->stride; i++)
		at = next_line(lines->text, at);
	end = next_line(lines->text, at);
	if (end > at && lines->text.bytes[end - 1] == '\n')
		end--;
	if (end > at && lines->text.bytes[end - 1] == '\r')
		end--;
	*ret = view_of(lines->text.bytes + at, end - at);
	return true;
}

struct view source_lines_copy(struct view line, struct arena *arena)
{
	char bytes[MAX_SOURCE_LINE_BYTES];
	size_t used = 0, whole = 0;

	while (line.size) {
		size_t length = utf8_sequence_length(line), size = length ? length : 3;

		if (used + size > sizeof(bytes))
			break;
		memcpy(bytes + used, length ? line.bytes : REPLACEMENT, size);
		used += size;
		if (used <= sizeof(bytes) - strlen(ELLIPSIS))
			whole = used;
		line = view_skip(line, length ? length : 1);
	}
	if (line.size) {
		memcpy(bytes + whole, ELLIPSIS, strlen(ELLIPSIS));
		used = whole + strlen(ELLIPSIS);
	}
	return arena_copy(arena, view_of(bytes, used));
}
