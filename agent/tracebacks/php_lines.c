/*
 * What a line of PHP's output is. The same error has a form for logs ("PHP Fatal error:  "), one
 * for the browser (HTML), one for terminals, and what loggers make of the object. A head is looked
 * for anywhere in a line: servers put their own words in front of it.
 */
#include "tracebacks/php_lines.h"

#define MAX_CLASS_BYTES 300

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_class_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
	       c == '\\' || c == '@' || (unsigned char)c >= 0x80;
}

static bool is_class(struct view text)
{
	if (text.size == 0 || text.size > MAX_CLASS_BYTES || is_digit(text.bytes[0]) ||
	    text.bytes[0] == '@')
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (!is_class_byte(text.bytes[i]))
			return false;
	return true;
}

/* Offset of the last match, or -1. */
static ssize_t find_last(struct view text, struct view needle)
{
	if (text.size < needle.size)
		return -1;
	for (size_t at = text.size - needle.size + 1; at-- > 0;)
		if (memcmp(text.bytes + at, needle.bytes, needle.size) == 0)
			return (ssize_t)at;
	return -1;
}

static size_t count_digits(struct view text)
{
	size_t count = 0;

	while (count < text.size && is_digit(text.bytes[count]))
		count++;
	return count;
}

static bool read_line_number(struct view digits, uint32_t *ret)
{
	uint64_t line;

	if (view_parse_u64(digits, &line) < 0 || line > UINT32_MAX)
		return false;
	*ret = (uint32_t)line;
	return true;
}

/* "file:3": the whole text. */
static bool read_file_and_line(struct view text, struct php_place *ret)
{
	size_t digits = text.size;

	while (digits && is_digit(text.bytes[digits - 1]))
		digits--;
	if (digits < 2 || text.bytes[digits - 1] != ':' ||
	    !read_line_number(view_skip(text, digits), &ret->line))
		return false;
	ret->file = view_take(text, digits - 1);
	return true;
}

bool php_lines_cut_place(struct view *text, struct php_place *ret)
{
	ssize_t at = find_last(*text, VIEW_LITERAL(" in "));
	struct php_place place;

	if (at < 0 || !read_file_and_line(view_skip(*text, (size_t)at + 4), &place))
		return false;
	*text = view_take(*text, (size_t)at);
	*ret = place;
	return true;
}

static struct view drop_tags(struct view text)
{
	if (view_starts_with(text, VIEW_LITERAL("<b>")))
		text = view_skip(text, 3);
	if (view_ends_with(text, VIEW_LITERAL("</b>")))
		text.size -= 4;
	return text;
}

/* "message in file on line 3", in HTML with both in bold; what follows the number is a server's
 * quote or a tag. */
static bool cut_on_line(struct view *text, struct php_place *ret)
{
	static const struct view on_line = {.bytes = " on line ", .size = 9};
	ssize_t end = find_last(*text, on_line), at;
	struct view number;
	size_t digits;

	if (end < 0)
		return false;
	number = view_skip(*text, (size_t)end + on_line.size);
	if (view_starts_with(number, VIEW_LITERAL("<b>")))
		number = view_skip(number, 3);
	digits = count_digits(number);
	if (!digits || !read_line_number(view_take(number, digits), &ret->line))
		return false;
	number = view_skip(number, digits);
	if (number.size && number.bytes[0] != '"' && number.bytes[0] != '<')
		return false;
	*text = view_take(*text, (size_t)end);
	at = find_last(*text, VIEW_LITERAL(" in "));
	if (at < 0)
		return false;
	ret->file = drop_tags(view_skip(*text, (size_t)at + 4));
	*text = view_take(*text, (size_t)at);
	return ret->file.size > 0;
}

bool php_lines_is_thrown(struct view line)
{
	return view_starts_with(view_trim(line), VIEW_LITERAL("thrown in "));
}

bool php_lines_read_exception(struct view text, struct php_head *ret)
{
	struct view before = text;
	ssize_t at;

	ret->has_place = php_lines_cut_place(&before, &ret->place);
	at = view_find(text, VIEW_LITERAL(": "));
	if (at > 0 && is_class(view_take(text, (size_t)at))) {
		ret->type = view_take(text, (size_t)at);
		/* Without a message the class stands directly before the place. */
		ret->value = view_skip(before, (size_t)at + 2);
		return true;
	}
	/* A message that begins with a line break. */
	if (text.size && text.bytes[text.size - 1] == ':' &&
	    is_class(view_take(text, text.size - 1))) {
		ret->type = view_take(text, text.size - 1);
		ret->value = (struct view){0};
		return true;
	}
	ret->type = before;
	ret->value = (struct view){0};
	return ret->has_place && is_class(before);
}

/* Where a function's name ends: at its arguments, which since 8.4 the name of a closure may hold
 * as well ("{closure:f():5}(1)"). */
static size_t function_size(struct view text)
{
	ssize_t closure = view_find(text, VIEW_LITERAL("{closure")), end;
	size_t from = 0;

	if (closure >= 0) {
		end = view_find_byte(view_skip(text, (size_t)closure), '}');
		from = end < 0 ? 0 : (size_t)(closure + end);
	}
	end = view_find_byte(view_skip(text, from), '(');
	return end < 0 ? text.size : from + (size_t)end;
}

/* "/srv/app/x.php(9): ": the first number in parentheses that a colon follows. */
static bool read_frame_place(struct view *text, struct php_place *ret)
{
	for (size_t at = 1; at < text->size; at++) {
		struct view rest = view_skip(*text, at + 1);
		size_t digits;

		if (text->bytes[at] != '(')
			continue;
		digits = count_digits(rest);
		if (!digits || !view_starts_with(view_skip(rest, digits), VIEW_LITERAL("): ")))
			continue;
		if (!read_line_number(view_take(rest, digits), &ret->line))
			return false;
		ret->file = view_take(*text, at);
		*text = view_skip(rest, digits + 3);
		return true;
	}
	return false;
}

bool php_lines_read_frame(struct view line, struct php_frame *ret)
{
	static const struct view internal = {.bytes = "[internal function]: ", .size = 21};
	struct php_frame frame = {0};
	struct view text = line;
	size_t digits;

	if (text.size < 4 || text.bytes[0] != '#')
		return false;
	digits = count_digits(view_skip(text, 1));
	text = view_skip(text, 1 + digits);
	if (!digits || !view_starts_with(text, VIEW_LITERAL(" ")))
		return false;
	text = view_skip(text, 1);
	if (view_starts_with(text, VIEW_LITERAL("{main}"))) {
		frame.is_main = true;
		*ret = frame;
		return true;
	}
	frame.is_internal = view_starts_with(text, internal);
	if (frame.is_internal)
		text = view_skip(text, internal.size);
	else if (!read_frame_place(&text, &frame.place))
		return false;
	frame.function = view_take(text, function_size(text));
	*ret = frame;
	return true;
}

/* What follows the first of these words in the line. */
static bool find_after(struct view line, struct view words, struct view *ret)
{
	ssize_t at = view_find(line, words);

	if (at < 0)
		return false;
	*ret = view_skip(line, (size_t)at + words.size);
	return true;
}

static struct view skip_spaces(struct view text)
{
	while (text.size && text.bytes[0] == ' ')
		text = view_skip(text, 1);
	return text;
}

static bool read_fatal(struct view line, struct php_head *ret)
{
	struct view text;

	ret->is_html = find_after(line, VIEW_LITERAL("<b>Fatal error</b>: "), &text);
	if (!ret->is_html && !find_after(line, VIEW_LITERAL("Fatal error: "), &text))
		return false;
	text = skip_spaces(text);
	if (view_starts_with(text, VIEW_LITERAL("Uncaught "))) {
		ret->kind = PHP_HEAD_UNCAUGHT;
		return php_lines_read_exception(view_skip(text, 9), ret);
	}
	ret->kind = PHP_HEAD_FATAL;
	ret->type = VIEW_LITERAL("Fatal error");
	ret->has_place = cut_on_line(&text, &ret->place);
	ret->value = text;
	return ret->has_place;
}

static bool read_parse(struct view line, struct php_head *ret)
{
	struct view text;

	ret->is_html = find_after(line, VIEW_LITERAL("<b>Parse error</b>: "), &text);
	if (!ret->is_html && !find_after(line, VIEW_LITERAL("Parse error: "), &text))
		return false;
	text = skip_spaces(text);
	ret->kind = PHP_HEAD_PARSE;
	ret->type = VIEW_LITERAL("ParseError");
	ret->has_place = cut_on_line(&text, &ret->place);
	ret->value = text;
	return ret->has_place;
}

/* The end of an object's place: ":3)" before the end of the text, of the value, or an escaped line
 * break. */
static ssize_t find_object_end(struct view text)
{
	for (size_t i = 2; i < text.size; i++) {
		if (text.bytes[i] != ')' || !is_digit(text.bytes[i - 1]))
			continue;
		if (i + 1 == text.size || text.bytes[i + 1] == '\\' || text.bytes[i + 1] == '"')
			return (ssize_t)i;
	}
	return -1;
}

bool php_lines_read_object(struct view text, struct php_head *ret)
{
	struct view object;
	ssize_t end, at;

	ret->kind = PHP_HEAD_OBJECT;
	if (!find_after(text, VIEW_LITERAL("[object] ("), &object))
		return false;
	at = view_find(object, VIEW_LITERAL("(code: "));
	if (at <= 0 || !is_class(view_take(object, (size_t)at)))
		return false;
	ret->type = view_take(object, (size_t)at);
	if (!find_after(view_skip(object, (size_t)at), VIEW_LITERAL("): "), &object))
		return false;
	end = find_object_end(object);
	if (end < 0)
		return false;
	ret->rest = view_skip(object, (size_t)end + 1);
	object = view_take(object, (size_t)end);
	at = find_last(object, VIEW_LITERAL(" at "));
	if (at < 0 || !read_file_and_line(view_skip(object, (size_t)at + 4), &ret->place))
		return false;
	ret->has_place = true;
	ret->value = view_take(object, (size_t)at);
	return true;
}

static bool read_symfony(struct view line, struct php_head *ret)
{
	struct view text, number;
	ssize_t at, end;

	ret->kind = PHP_HEAD_SYMFONY;
	if (!find_after(line, VIEW_LITERAL("Uncaught PHP Exception "), &text))
		return false;
	at = view_find(text, VIEW_LITERAL(": \""));
	if (at <= 0 || !is_class(view_take(text, (size_t)at)))
		return false;
	ret->type = view_take(text, (size_t)at);
	text = view_skip(text, (size_t)at + 3);
	at = view_find(text, VIEW_LITERAL("\" at "));
	if (at < 0)
		return false;
	ret->value = view_take(text, (size_t)at);
	text = view_skip(text, (size_t)at + 5);
	end = view_find(text, VIEW_LITERAL(" line "));
	if (end <= 0)
		return false;
	ret->place.file = view_take(text, (size_t)end);
	number = view_skip(text, (size_t)end + 6);
	ret->has_place = true;
	return read_line_number(view_take(number, count_digits(number)), &ret->place.line);
}

/* (string)$e, perhaps behind a time in brackets and FPM's words. */
static bool read_string(struct view line, struct php_head *ret)
{
	struct view text = line;
	ssize_t end;

	if (view_starts_with(text, VIEW_LITERAL("["))) {
		end = view_find(text, VIEW_LITERAL("] "));
		text = view_skip(text, end < 0 ? 0 : (size_t)end + 2);
	}
	(void)find_after(text, VIEW_LITERAL("PHP message: "), &text);
	ret->kind = PHP_HEAD_STRING;
	return php_lines_read_exception(text, ret) && ret->has_place;
}

bool php_lines_read_head(struct view line, struct php_head *ret)
{
	static bool (*const readers[])(struct view, struct php_head *) = {
		php_lines_read_object, read_symfony, read_fatal, read_parse, read_string,
	};

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		*ret = (struct php_head){0};
		if (readers[i](line, ret))
			return true;
	}
	*ret = (struct php_head){0};
	return false;
}
