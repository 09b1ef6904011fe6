/*
 * One pass over the tokens of a line, of no language in particular: names, literals, brackets and
 * the rest. From an operator behind a secret name to the end of its expression, literals go that
 * stand in the expression itself; what stands in a call's brackets is the call's, but for calls
 * that only wrap a text.
 */
#include "processors/code_scrubber.h"

#include "processors/secret_name.h"

#define FILTERED          "[Filtered]"
#define MIN_SECRET_DIGITS 6
#define MIN_TOKEN_BYTES   6

struct code {
	struct view rest;
	struct byte_buffer *out;
	struct view name;     /* the last one: "db.password", or what a literal says */
	bool is_name_literal; /* it was a literal, the first in its bracket */
	bool is_name_argument;
	bool is_behind_name; /* nothing but blanks and closing brackets since */
	bool is_hot;         /* in the expression that belongs to a secret name */
	int depth;           /* brackets opened since it is hot */
	int wrapped;         /* of calls that only wrap */
	char last;           /* last byte that is no blank, of what is no name or literal */
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_one_of(struct view word, const char *list)
{
	struct view rest = view_of_text(list), token;

	while (view_next_token(&rest, ' ', &token))
		if (token.size && view_equals_ignoring_case(token, word))
			return true;
	return false;
}

static void put(struct code *code, size_t size)
{
	byte_buffer_append(code->out, view_take(code->rest, size));
	code->rest = view_skip(code->rest, size);
}

/* "db.password", "$token". */
static size_t name_size(struct view text)
{
	size_t size = 0;

	while (size < text.size && (is_letter(text.bytes[size]) || is_digit(text.bytes[size]) ||
				    text.bytes[size] == '.' || text.bytes[size] == '$'))
		size++;
	return size;
}

static struct view last_part(struct view name)
{
	const char *dot = name.size ? memrchr(name.bytes, '.', name.size) : NULL;

	return dot ? view_skip(name, (size_t)(dot - name.bytes) + 1) : name;
}

static bool is_secret(struct view name)
{
	return secret_name_matches(name) && !view_ends_with(name, VIEW_LITERAL("Error")) &&
	       !view_ends_with(name, VIEW_LITERAL("Exception"));
}

static bool is_wrapper(struct view name)
{
	return is_one_of(last_part(name), "string str bytes byte secretstr secretbytes from");
}

/* setPassword("…"), withToken("…") */
static bool is_setter(struct view name)
{
	struct view part = last_part(name);

	return (view_starts_with(part, VIEW_LITERAL("set")) ||
		view_starts_with(part, VIEW_LITERAL("with"))) &&
	       is_secret(part);
}

static void begin_expression(struct code *code)
{
	code->is_hot = true;
	code->depth = code->wrapped = 0;
}

/* Bytes within the quotes; the quote itself is of `width`. */
static size_t literal_size(struct view text, char quote, size_t width)
{
	size_t size = 0;

	while (size < text.size && text.bytes[size] != '\n') {
		if (text.bytes[size] == quote &&
		    (width == 1 || (size + 2 < text.size && text.bytes[size + 1] == quote &&
				    text.bytes[size + 2] == quote)))
			break;
		size += text.bytes[size] == '\\' && size + 1 < text.size ? 2 : 1;
	}
	return size < text.size ? size : text.size;
}

static bool is_token_byte(char c)
{
	return (is_letter(c) && !(c & 0x80)) || is_digit(c) || c == '+' || c == '/' || c == '=' ||
	       c == '.' || c == '~' || c == '-';
}

/* "eyJhbGci…", "dXNlcjpw": no word of prose, and no place for one ("%s", "{token}"). */
static size_t token_size(struct view text)
{
	bool has_digit = false, has_upper = false, has_lower = false;
	size_t size = 0;

	while (size < text.size && is_token_byte(text.bytes[size])) {
		char c = text.bytes[size];

		has_digit |= is_digit(c) || c == '=';
		has_digit |=
			c == '.' && size + 1 < text.size && is_token_byte(text.bytes[size + 1]);
		has_upper |= size > 0 && c >= 'A' && c <= 'Z';
		has_lower |= c >= 'a' && c <= 'z';
		size++;
	}
	return size >= MIN_TOKEN_BYTES && (has_digit || (has_upper && has_lower)) ? size : 0;
}

/* "user:password@" behind "://"; names of variables in it are no secret. */
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
	return view_find_byte(view_take(text, size), '{') >= 0 ||
			       view_find_byte(view_take(text, size), '%') == 0
		       ? 0
		       : size;
}

/* What is secret wherever it stands. False: nothing here. */
static bool take_credentials(struct code *code, bool is_word_start)
{
	struct view scheme = view_take(code->rest, name_size(code->rest)), rest;
	size_t hidden;

	if (view_starts_with(code->rest, VIEW_LITERAL("://"))) {
		hidden = credentials_size(view_skip(code->rest, 3));
		if (!hidden)
			return false;
		put(code, 3);
		byte_buffer_append_text(code->out, "REDACTED:REDACTED");
		code->rest = view_skip(code->rest, hidden);
		return true;
	}
	rest = view_skip(code->rest, scheme.size);
	if (!is_word_start || !is_one_of(scheme, "bearer basic") || rest.size == 0 ||
	    rest.bytes[0] != ' ')
		return false;
	hidden = token_size(view_skip(rest, 1));
	if (!hidden)
		return false;
	put(code, scheme.size + 1);
	byte_buffer_append_text(code->out, FILTERED);
	code->rest = view_skip(code->rest, hidden);
	return true;
}

static void put_text(struct code *code, size_t size)
{
	size_t end = code->rest.size - size;
	char before = ' ';

	while (code->rest.size > end) {
		if (take_credentials(code, !is_letter(before)))
			before = ' ';
		else {
			before = code->rest.bytes[0];
			put(code, 1);
		}
	}
}

/* The code is at the quote. */
static void take_literal(struct code *code)
{
	char quote = code->rest.bytes[0];
	bool is_first = code->last == '(' || code->last == '[' || code->last == '{';
	size_t width = 1, size;

	if (code->rest.size > 2 && code->rest.bytes[1] == quote && code->rest.bytes[2] == quote)
		width = 3;
	size = literal_size(view_skip(code->rest, width), quote, width);
	put(code, width);
	code->name = view_take(code->rest, size);
	if (code->is_hot && code->depth == 0 && size) {
		byte_buffer_append_text(code->out, FILTERED);
		code->rest = view_skip(code->rest, size);
		code->name.size = 0;
	} else {
		put_text(code, size);
	}
	if (code->rest.size >= width && code->rest.bytes[0] == quote)
		put(code, width);
	code->is_name_literal = true;
	code->is_name_argument = is_first && code->last == '(';
	code->is_behind_name = true;
	code->last = quote;
}

static void take_number(struct code *code)
{
	size_t size = 0, digits = 0;

	while (size < code->rest.size &&
	       (is_digit(code->rest.bytes[size]) || is_letter(code->rest.bytes[size]) ||
		code->rest.bytes[size] == '.'))
		digits += is_digit(code->rest.bytes[size++]);
	if (code->is_hot && code->depth == 0 && digits >= MIN_SECRET_DIGITS) {
		byte_buffer_append_text(code->out, FILTERED);
		code->rest = view_skip(code->rest, size);
	} else {
		put(code, size);
	}
	code->is_behind_name = false;
	code->last = '0';
}

static void take_name(struct code *code)
{
	size_t size = name_size(code->rest);
	struct view word = view_take(code->rest, size);

	/* f"…", b'…' */
	if (size <= 2 && size < code->rest.size && is_quote(code->rest.bytes[size]) &&
	    is_one_of(word, "f b r u fr rf br rb")) {
		put(code, size);
		take_literal(code);
		return;
	}
	if (take_credentials(code, true))
		return;
	/* Go: `password string = "x"`; the name before the type stays the one. */
	if (!(code->is_behind_name && is_secret(code->name) && is_one_of(word, "string str")))
		code->name = word;
	code->is_name_literal = code->is_name_argument = false;
	code->is_behind_name = true;
	put(code, size);
	/* "don't" */
	if (code->rest.size > 1 && code->rest.bytes[0] == '\'' && is_letter(code->rest.bytes[1]))
		put(code, 1);
}

/* A call, an index; or brackets around what is a part of the expression itself. */
static void open_bracket(struct code *code)
{
	bool is_call = code->rest.bytes[0] == '(' && code->is_behind_name && !code->is_name_literal;
	bool is_around = is_call ? is_wrapper(code->name)
				 : code->rest.bytes[0] != '{' && !code->is_behind_name;

	if (is_call && is_setter(code->name)) {
		begin_expression(code);
		code->wrapped = 1;
	} else if (code->is_hot && code->depth == 0 && is_around) {
		code->wrapped++;
	} else if (code->is_hot) {
		code->depth++;
	}
	code->is_behind_name = false;
}

/* `headers["Authorization"] = …`: the name is behind its bracket, too. */
static void close_bracket(struct code *code)
{
	if (!code->is_hot)
		return;
	if (code->depth > 0)
		code->depth--;
	else if (code->wrapped > 0)
		code->wrapped--;
	else
		code->is_hot = false;
}

static bool is_word(struct view name)
{
	for (size_t i = 0; i < name.size; i++)
		if (!is_letter(name.bytes[i]) && !is_digit(name.bytes[i]) && name.bytes[i] != '-' &&
		    name.bytes[i] != '.')
			return name.bytes[i] == '$';
	return name.size > 0;
}

/* What stands between a name and what it is, or is otherwise: "=", ":", "=>", "==", "!=", "||",
 * "??"; the comma of `get("password", "…")`. */
static bool is_binding(const struct code *code)
{
	char c = code->rest.bytes[0], next = code->rest.size > 1 ? code->rest.bytes[1] : '\0';

	if (c == '|' || c == '?')
		return next == c;
	return c == '=' || (c == ':' && next != ':') || (c == '!' && next == '=') ||
	       (c == ',' && code->is_name_argument);
}

static void take_operator(struct code *code)
{
	char c = code->rest.bytes[0];

	if (code->is_behind_name && is_binding(code) && is_word(code->name) &&
	    is_secret(code->name))
		begin_expression(code);
	else if (code->is_hot && code->depth == 0 && (c == ';' || (c == ',' && code->wrapped == 0)))
		code->is_hot = false;
	/* TypeScript: `password?: string` */
	if (c != '?')
		code->is_behind_name = false;
}

static void take_other(struct code *code)
{
	char c = code->rest.bytes[0];

	if (c == '(' || c == '[' || c == '{')
		open_bracket(code);
	else if (c == ')' || c == ']' || c == '}')
		close_bracket(code);
	else if (c == '\n')
		code->is_hot = code->is_behind_name = false;
	else if (!is_blank(c))
		take_operator(code);
	if (!is_blank(c))
		code->last = c;
	put(code, 1);
}

static void take_token(struct code *code)
{
	char c = code->rest.bytes[0];

	if (is_quote(c))
		take_literal(code);
	else if (is_digit(c))
		take_number(code);
	else if (is_letter(c) || c == '$')
		take_name(code);
	else if (!take_credentials(code, false))
		take_other(code);
}

struct view code_scrubber_scrub(struct view text, struct arena *arena, struct byte_buffer *work)
{
	struct code code = {.rest = text, .out = work};
	struct view result;

	byte_buffer_clear(work);
	while (code.rest.size)
		take_token(&code);
	if (work->is_failed)
		return VIEW_LITERAL(FILTERED);
	if (view_equals(byte_buffer_view(work), text))
		return text;
	result = arena_copy(arena, byte_buffer_view(work));
	return result.bytes ? result : VIEW_LITERAL(FILTERED);
}
