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

static bool is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "=", ":", "==", ":=", "=>". */
static bool is_operator(struct view text, size_t at, bool is_seen)
{
	char c = text.bytes[at], before = at ? text.bytes[at - 1] : '\0';

	if (c == '=' || c == ':')
		return !is_seen || before == '=' || before == ':';
	return c == '>' && before == '=';
}

/* Quotes (escaped ones, too), blanks and one operator between a name and its value, a quote that
 * opens the value included; 0 when there is none. */
static size_t separator_size(struct view text)
{
	size_t size = 0;
	bool is_seen = false;

	/* "Session::start" is a name in a stack. */
	if (view_starts_with(text, VIEW_LITERAL("::")))
		return 0;
	while (size < text.size) {
		char c = text.bytes[size];

		if (is_operator(text, size, is_seen))
			is_seen = true;
		else if (is_seen && is_quote(c))
			return size + 1;
		else if (!is_quote(c) && c != '\\' && !(is_blank(c) && (is_seen || size < 2)))
			break;
		size++;
	}
	return is_seen ? size : 0;
}

/* To the quote that ends it. Where the first quote is escaped so is the last. */
static size_t quoted_size(struct view text, char quote, bool is_escaped)
{
	size_t size = 0;

	while (size < text.size && text.bytes[size] != quote)
		size += text.bytes[size] == '\\' && !is_escaped && size + 1 < text.size ? 2 : 1;
	return size;
}

static size_t value_size(struct view text)
{
	size_t size = 0;

	while (size < text.size && !ends_value(text.bytes[size]) && !is_quote(text.bytes[size]))
		size++;
	return size;
}

static bool is_scheme(struct view name)
{
	static const char *const schemes[] = {"bearer", "basic",     "token", "digest",
					      "apikey", "negotiate", "ntlm"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (view_equals_ignoring_case(name, view_of_text(schemes[i])))
			return true;
	return false;
}

/* What follows a name and these bytes between. A value like "Bearer abc" is two words. */
static size_t secret_size(struct view between, struct view text)
{
	char last = between.size ? between.bytes[between.size - 1] : '\0';
	size_t size;

	if (is_quote(last))
		return quoted_size(text, last,
				   between.size > 1 && between.bytes[between.size - 2] == '\\');
	size = value_size(text);
	if (is_scheme(view_take(text, size)) && size < text.size && text.bytes[size] == ' ')
		size += 1 + value_size(view_skip(text, size + 1));
	return size;
}

/* "//user:password@host", or a token alone: how much of it is nobody's business, from behind the
 * slashes. A password may have an '@' in it. */
static size_t credentials_size(struct view text)
{
	size_t size = 0;

	for (size_t i = 0; i < text.size; i++) {
		char c = text.bytes[i];

		if (c == '/' || c == '?' || c == '#' || is_blank(c) || is_quote(c) || c == '\n')
			break;
		if (c == '@')
			size = i;
	}
	return size;
}

/* "--password x", as on a command line. */
static bool is_option(struct view name, struct view rest)
{
	return view_starts_with(name, VIEW_LITERAL("--")) && rest.size > 1 &&
	       rest.bytes[0] == ' ' && rest.bytes[1] != '-';
}

/* "KeyError: 'id'" names no key of anybody's. */
static bool is_secret(struct view name)
{
	return secret_name_matches(name) && !view_ends_with(name, VIEW_LITERAL("Error")) &&
	       !view_ends_with(name, VIEW_LITERAL("Exception"));
}

/* "session.py:12", a line of a source file as stacks have it. */
static bool is_place(struct view name, struct view rest)
{
	static const char *const endings[] = {".py",  ".js",   ".mjs", ".cjs",   ".ts", ".jsx",
					      ".tsx", ".java", ".kt",  ".scala", ".go", ".rb",
					      ".pl",  ".pm",   ".php", ".cs",    ".fs", ".c",
					      ".cc",  ".cpp",  ".h",   ".rs"};

	if (rest.size < 2 || rest.bytes[0] != ':' || rest.bytes[1] < '0' || rest.bytes[1] > '9')
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (view_ends_with(name, view_of_text(endings[i])))
			return true;
	return false;
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
	if (!gap && is_option(name, view_skip(text, name.size)))
		gap = 1;
	if (gap && is_secret(name) && !is_place(name, view_skip(text, name.size))) {
		secret = secret_size(view_take(view_skip(text, name.size), gap),
				     view_skip(text, name.size + gap));
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
