/* One pass over the words of the text. */
#include "processors/text_scrubber.h"

#include "processors/secret_name.h"

#define FILTERED "[Filtered]"

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

static bool ends_value(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '&' || c == ')' || c == '}' ||
	       c == '\n';
}

static size_t name_size(struct view text)
{
	size_t size = 0;

	while (size < text.size && is_name_byte(text.bytes[size]))
		size++;
	return size;
}

/* Quotes, blanks and one '=' or ':' between a name and its value; 0 when there is none. */
static size_t separator_size(struct view text)
{
	size_t size = 0;
	bool is_seen = false;

	while (size < text.size) {
		char c = text.bytes[size];

		if ((c == '=' || c == ':') && !is_seen)
			is_seen = true;
		else if (c != '"' && c != '\'' && !(c == ' ' && (is_seen || size < 2)))
			break;
		size++;
	}
	return is_seen ? size : 0;
}

static size_t value_size(struct view text)
{
	size_t size = 0;

	while (size < text.size && !ends_value(text.bytes[size]) && text.bytes[size] != '"' &&
	       text.bytes[size] != '\'')
		size++;
	return size;
}

static bool is_scheme(struct view name)
{
	return view_equals_ignoring_case(name, VIEW_LITERAL("bearer")) ||
	       view_equals_ignoring_case(name, VIEW_LITERAL("basic"));
}

/* A value like "Bearer abc" is two words. */
static size_t secret_size(struct view text)
{
	size_t size = value_size(text);

	if (is_scheme(view_take(text, size)) && size < text.size && text.bytes[size] == ' ')
		size += 1 + value_size(view_skip(text, size + 1));
	return size;
}

/* "//user:password@host": how much of it is nobody's business, from behind the slashes. */
static size_t credentials_size(struct view text)
{
	bool has_colon = false;

	for (size_t i = 0; i < text.size; i++) {
		char c = text.bytes[i];

		if (c == '@')
			return has_colon ? i : 0;
		if (c == '/' || c == ' ' || c == '"')
			return 0;
		has_colon |= c == ':';
	}
	return 0;
}

/* One word and what belongs to it; returns how much of the text was used up. */
static size_t take_word(struct byte_buffer *out, struct view text)
{
	struct view name = view_take(text, name_size(text));
	size_t gap = separator_size(view_skip(text, name.size)), secret = 0;

	if (name.size == 0) {
		size_t hidden = view_starts_with(text, VIEW_LITERAL("//"))
					? credentials_size(view_skip(text, 2))
					: 0;

		byte_buffer_append(out, view_take(text, hidden ? 2 : 1));
		if (hidden)
			byte_buffer_append_text(out, "REDACTED:REDACTED");
		return hidden ? 2 + hidden : 1;
	}
	if (gap && secret_name_matches(name)) {
		secret = secret_size(view_skip(text, name.size + gap));
	} else if (view_equals_ignoring_case(name, VIEW_LITERAL("bearer")) &&
		   name.size < text.size && text.bytes[name.size] == ' ') {
		gap = 1;
		secret = value_size(view_skip(text, name.size + gap));
	}
	byte_buffer_append(out, view_take(text, secret ? name.size + gap : name.size));
	if (!secret)
		return name.size;
	byte_buffer_append_text(out, FILTERED);
	return name.size + gap + secret;
}

struct view text_scrubber_scrub(struct view text, struct arena *arena, struct byte_buffer *work)
{
	struct view rest = text, result;

	byte_buffer_clear(work);
	while (rest.size)
		rest = view_skip(rest, take_word(work, rest));
	if (work->is_failed)
		return VIEW_LITERAL(FILTERED);
	if (view_equals(byte_buffer_view(work), text))
		return text;
	result = arena_copy(arena, byte_buffer_view(work));
	return result.bytes ? result : VIEW_LITERAL(FILTERED);
}
