/*
 * Names of threads and messages are the program's: they may have quotes in them. Before 1.73 the
 * message stood in quotes, unescaped, before the place.
 */
#include "tracebacks/rust_line.h"

#define HASH_BYTES 16

/* Cuts ":123" from the end. */
static bool take_number(struct view *text, uint32_t *ret)
{
	size_t colon = text->size;
	uint64_t number;

	while (colon && text->bytes[colon - 1] != ':')
		colon--;
	if (!colon || view_parse_u64(view_skip(*text, colon), &number) < 0 || number > UINT32_MAX)
		return false;
	text->size = colon - 1;
	*ret = (uint32_t)number;
	return true;
}

bool rust_line_read_place(struct view text, struct rust_place *ret)
{
	struct rust_place place = {0};
	uint32_t number;

	if (!take_number(&text, &place.line))
		return false;
	if (take_number(&text, &number)) {
		place.column = place.line;
		place.line = number;
	}
	place.file = text;
	if (!text.size)
		return false;
	*ret = place;
	return true;
}

bool rust_line_read_quote_end(struct view line, struct view *ret_text, struct rust_place *ret)
{
	for (size_t i = line.size; i-- > 2;) {
		if (line.bytes[i] != ' ' || line.bytes[i - 2] != '\'' ||
		    (line.bytes[i - 1] != ',' && line.bytes[i - 1] != ':'))
			continue;
		if (!rust_line_read_place(view_skip(line, i + 1), ret))
			return false;
		*ret_text = view_take(line, i - 2);
		return true;
	}
	return false;
}

/* "' (12)" or "'" is what may stand between the name and " panicked at ". */
static bool read_thread(struct view text, struct rust_header *ret)
{
	size_t size = text.size;

	if (size && text.bytes[size - 1] == ')') {
		while (size && text.bytes[size - 1] != '(')
			size--;
		if (size < 2 || view_parse_u64(view_of(text.bytes + size, text.size - size - 1),
					       &ret->thread_id) < 0)
			return false;
		size -= 2;
	}
	if (!size || text.bytes[size - 1] != '\'')
		return false;
	ret->thread_name = view_take(text, size - 1);
	return true;
}

bool rust_line_read_header(struct view line, struct rust_header *ret)
{
	struct view text, start = VIEW_LITERAL("thread '"), at = VIEW_LITERAL(" panicked at ");
	struct rust_header header = {0};
	ssize_t found;

	if (!view_starts_with(line, start))
		return false;
	text = view_skip(line, start.size);
	found = view_find(text, at);
	if (found < 0 || !read_thread(view_take(text, (size_t)found), &header))
		return false;
	text = view_skip(text, (size_t)found + at.size);
	if (view_ends_with(text, VIEW_LITERAL(":")) &&
	    rust_line_read_place(view_take(text, text.size - 1), &header.place)) {
		header.is_whole = true;
	} else if (text.size && text.bytes[0] == '\'') {
		header.is_quoted = true;
		header.message = view_skip(text, 1);
		header.is_whole =
			rust_line_read_quote_end(header.message, &header.message, &header.place);
	} else {
		return false;
	}
	*ret = header;
	return true;
}

static bool is_hex(struct view text)
{
	for (size_t i = 0; i < text.size; i++)
		if (!memchr("0123456789abcdef", text.bytes[i], 16))
			return false;
	return text.size > 0;
}

bool rust_line_read_frame(struct view line, struct view *ret_function)
{
	struct view text = view_trim(line);
	ssize_t at = view_find(text, VIEW_LITERAL(": "));
	uint64_t number;

	if (at <= 0 || !line.size || line.bytes[0] != ' ' ||
	    view_parse_u64(view_take(text, (size_t)at), &number) < 0)
		return false;
	text = view_trim(view_skip(text, (size_t)at + 1));
	if (view_starts_with(text, VIEW_LITERAL("0x"))) {
		at = view_find(text, VIEW_LITERAL(" - "));
		text = at < 0 ? (struct view){0} : view_skip(text, (size_t)at + 3);
	}
	/* The hash of the legacy mangling says nothing to people. */
	if (text.size > HASH_BYTES + 3 && is_hex(view_skip(text, text.size - HASH_BYTES)) &&
	    view_ends_with(view_take(text, text.size - HASH_BYTES), VIEW_LITERAL("::h")))
		text.size -= HASH_BYTES + 3;
	if (view_equals(text, VIEW_LITERAL("<unknown>")))
		text.size = 0;
	*ret_function = text;
	return true;
}

static bool is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_';
}

bool rust_line_find_crate_number(struct view name, size_t *ret_offset, size_t *ret_size)
{
	for (size_t i = 1; i + HASH_BYTES + 1 < name.size; i++) {
		if (name.bytes[i] != '[' || !is_name_byte(name.bytes[i - 1]))
			continue;
		for (size_t size = HASH_BYTES - 2; size <= HASH_BYTES; size++) {
			if (name.bytes[i + 1 + size] != ']' ||
			    !is_hex(view_of(name.bytes + i + 1, size)))
				continue;
			*ret_offset = i;
			*ret_size = size + 2;
			return true;
		}
	}
	return false;
}

bool rust_line_read_frame_place(struct view line, struct rust_place *ret)
{
	struct view text = view_trim(line);

	return line.size && line.bytes[0] == ' ' && view_starts_with(text, VIEW_LITERAL("at ")) &&
	       rust_line_read_place(view_skip(text, 3), ret);
}

bool rust_line_is_debug(struct view text, struct view *ret_type)
{
	size_t size = 0;
	struct view rest;

	*ret_type = (struct view){0};
	if (text.size >= 2 && text.bytes[0] == '"')
		return text.bytes[text.size - 1] == '"';
	if (!text.size || text.bytes[0] < 'A' || text.bytes[0] > 'Z')
		return false;
	while (size < text.size && is_name_byte(text.bytes[size]))
		size++;
	rest = view_skip(text, size);
	if (!(view_starts_with(rest, VIEW_LITERAL(" { ")) &&
	      view_ends_with(rest, VIEW_LITERAL(" }"))) &&
	    !(view_starts_with(rest, VIEW_LITERAL("(")) && view_ends_with(rest, VIEW_LITERAL(")"))))
		return false;
	*ret_type = view_take(text, size);
	return true;
}
