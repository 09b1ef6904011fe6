/*
 * What a line of Ruby's output is. Ruby has one way to print what nobody caught, and every
 * framework one of its own to log what it did: the class before the message or after it, in
 * parentheses or not. All of them go on with places, one to a line, and only these prove it.
 */
#include "tracebacks/ruby_lines.h"

#define MAX_CLASS_BYTES 200

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static bool starts_word(char c)
{
	return c >= 'A' && c <= 'Z';
}

bool ruby_lines_is_class(struct view text)
{
	bool is_start = true;

	if (text.size == 0 || text.size > MAX_CLASS_BYTES)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		char c = text.bytes[i];

		if (is_start ? !starts_word(c) : !is_word(c) && c != ':')
			return false;
		is_start = false;
		if (c != ':')
			continue;
		if (i + 2 >= text.size || text.bytes[i + 1] != ':')
			return false;
		i++;
		is_start = true;
	}
	return true;
}

/* Digits that end before `end`: where they begin, or end itself. */
static size_t digits_before(struct view text, size_t end)
{
	while (end && is_digit(text.bytes[end - 1]))
		end--;
	return end;
}

static bool set_line(struct view digits, struct ruby_place *ret)
{
	uint64_t line;

	if (view_parse_u64(digits, &line) < 0 || line > UINT32_MAX)
		return false;
	ret->line = (uint32_t)line;
	return true;
}

/* The quote that ends a label stands at the end, or before ": message". */
static ssize_t find_label_end(struct view text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.bytes[i] == '\'' && (i + 1 == text.size || text.bytes[i + 1] == ':'))
			return (ssize_t)i;
	return -1;
}

bool ruby_lines_read_place(struct view text, struct ruby_place *ret)
{
	static const struct view in = {.bytes = ":in ", .size = 4};
	struct ruby_place place = {0};
	ssize_t at = view_find(text, in), end;
	size_t colon, label;

	if (at <= 0)
		return false;
	colon = digits_before(text, (size_t)at);
	label = (size_t)at + in.size;
	if (colon < 2 || colon == (size_t)at || text.bytes[colon - 1] != ':' ||
	    label + 1 >= text.size || (text.bytes[label] != '`' && text.bytes[label] != '\''))
		return false;
	end = find_label_end(view_skip(text, label + 1));
	if (end < 0 || !set_line(view_of(text.bytes + colon, (size_t)at - colon), &place))
		return false;
	place.file = view_take(text, colon - 1);
	place.label = view_of(text.bytes + label + 1, (size_t)end);
	place.size = label + 1 + (size_t)end + 1;
	*ret = place;
	return true;
}

static struct view skip_indent(struct view line)
{
	while (line.size && (line.bytes[0] == '\t' || line.bytes[0] == ' '))
		line = view_skip(line, 1);
	return line;
}

/* "app.rb:3" and nothing else: a place without a label, of older rubies. */
static bool read_bare_place(struct view text, struct ruby_place *ret)
{
	size_t colon = digits_before(text, text.size);
	struct ruby_place place = {.size = text.size};

	if (colon < 2 || colon == text.size || text.bytes[colon - 1] != ':' ||
	    view_find_byte(text, ' ') >= 0 || !set_line(view_skip(text, colon), &place))
		return false;
	place.file = view_take(text, colon - 1);
	*ret = place;
	return true;
}

bool ruby_lines_read_frame(struct view line, struct ruby_place *ret)
{
	struct view text = view_trim(skip_indent(line));
	bool has_from = view_starts_with(text, VIEW_LITERAL("from "));
	struct ruby_place place;

	if (has_from)
		text = skip_indent(view_skip(text, 5));
	if (!ruby_lines_read_place(text, &place) && !(has_from && read_bare_place(text, &place)))
		return false;
	if (place.size != text.size)
		return false;
	*ret = place;
	return true;
}

bool ruby_lines_read_reversed_frame(struct view line, struct ruby_place *ret)
{
	struct view text = skip_indent(line);
	size_t digits = 0;

	while (digits < text.size && is_digit(text.bytes[digits]))
		digits++;
	text = view_skip(text, digits);
	return digits && view_starts_with(text, VIEW_LITERAL(": from ")) &&
	       ruby_lines_read_frame(view_skip(text, 2), ret);
}

bool ruby_lines_read_levels(struct view line, uint32_t *ret_count)
{
	struct view text = skip_indent(line);
	ssize_t end;
	uint64_t count;

	if (!view_starts_with(text, VIEW_LITERAL("... ")))
		return false;
	text = view_skip(text, 4);
	end = view_find(text, VIEW_LITERAL(" levels..."));
	if (end < 0 || view_parse_u64(view_take(text, (size_t)end), &count) < 0 ||
	    count > UINT32_MAX)
		return false;
	*ret_count = (uint32_t)count;
	return true;
}

/* "message (Class)": splits at the parenthesis that ends the line. */
static bool split_class_at_end(struct view text, struct view *ret_message, struct view *ret_class)
{
	size_t at = text.size;
	struct view class;

	if (text.size < 3 || text.bytes[text.size - 1] != ')')
		return false;
	while (at && text.bytes[at - 1] != '(')
		at--;
	if (at == 0)
		return false;
	class = view_of(text.bytes + at, text.size - 1 - at);
	if (!ruby_lines_is_class(class) || (at > 1 && text.bytes[at - 2] != ' '))
		return false;
	*ret_class = class;
	*ret_message = view_take(text, at > 1 ? at - 2 : 0);
	return true;
}

static bool read_place_head(struct view line, struct ruby_head *ret)
{
	struct view text;

	if (!ruby_lines_read_place(line, &ret->place))
		return false;
	text = view_skip(line, ret->place.size);
	if (!view_starts_with(text, VIEW_LITERAL(": ")))
		return false;
	text = view_skip(text, 2);
	ret->kind = RUBY_HEAD_PLACE;
	if (split_class_at_end(text, &ret->value, &ret->type))
		return true;
	ret->value = text;
	if (view_equals(text, VIEW_LITERAL("unhandled exception"))) {
		ret->type = VIEW_LITERAL("RuntimeError");
		ret->value = (struct view){0};
	} else if (ruby_lines_is_class(text)) {
		ret->type = text;
		ret->value = (struct view){0};
	}
	return true;
}

static bool read_syntax_head(struct view line, struct ruby_head *ret)
{
	ssize_t at = view_find(line, VIEW_LITERAL(": syntax error"));

	if (at <= 0 || !read_bare_place(view_take(line, (size_t)at), &ret->place))
		return false;
	ret->kind = RUBY_HEAD_SYNTAX;
	ret->value = view_skip(line, (size_t)at + 2);
	if (!split_class_at_end(ret->value, &ret->value, &ret->type))
		ret->type = VIEW_LITERAL("SyntaxError");
	return true;
}

/* "#<Thread:0x00007f50cbb2c2d0@name app.rb:1 run> terminated with exception (…):" */
static bool read_thread_head(struct view line, struct ruby_head *ret)
{
	ssize_t at = view_find(line, VIEW_LITERAL("#<Thread:0x")), end;
	struct view name;

	if (at < 0 || view_find(line, VIEW_LITERAL("> terminated with exception")) < at)
		return false;
	ret->kind = RUBY_HEAD_THREAD;
	name = view_skip(line, (size_t)at);
	end = view_find_byte(name, ' ');
	name = view_take(name, end < 0 ? 0 : (size_t)end);
	at = view_find_byte(name, '@');
	if (at >= 0)
		ret->thread_name = view_skip(name, (size_t)at + 1);
	return true;
}

/* The class at the start of a text that goes on with `then`. */
static bool take_class(struct view *text, struct view then, struct view *ret_class)
{
	ssize_t at = view_find(*text, then);

	if (at <= 0 || !ruby_lines_is_class(view_take(*text, (size_t)at)))
		return false;
	*ret_class = view_take(*text, (size_t)at);
	*text = view_skip(*text, (size_t)at + then.size);
	return true;
}

static bool drop_end(struct view *text, struct view end)
{
	if (!view_ends_with(*text, end))
		return false;
	text->size -= end.size;
	return true;
}

/* Class and message in the order that somebody liked. */
static bool read_class_and_message(struct view text, struct ruby_head *ret)
{
	ret->value = text = view_trim(text);
	if (take_class(&ret->value, VIEW_LITERAL(" - "), &ret->type)) { /* Sinatra, Rack */
		ret->is_open = !drop_end(&ret->value, VIEW_LITERAL(":"));
		return true;
	}
	if (take_class(&ret->value, VIEW_LITERAL(" ("), &ret->type)) /* Rails */
		return drop_end(&ret->value, VIEW_LITERAL("):")) ||
		       drop_end(&ret->value, VIEW_LITERAL(")"));
	if (take_class(&ret->value, VIEW_LITERAL(": "), &ret->type)) /* WEBrick */
		return true;
	if (drop_end(&ret->value, VIEW_LITERAL(">"))) { /* Puma: #<Class: message> */
		ssize_t at = view_find(ret->value, VIEW_LITERAL("#<"));

		ret->value = view_skip(ret->value, at < 0 ? ret->value.size : (size_t)at + 2);
		if (take_class(&ret->value, VIEW_LITERAL(": "), &ret->type))
			return true;
	}
	return split_class_at_end(text, &ret->value, &ret->type); /* Logger */
}

/* What stands before it in the forms that are known: Logger's "E, [… #12] ERROR -- app: ",
 * WEBrick's "[…] ERROR ", Sinatra's "2026-11-21 10:00:00 - ". */
static struct view skip_log_prefix(struct view line)
{
	ssize_t at = view_find(line, VIEW_LITERAL(" -- ")), end;

	if (at >= 0) {
		struct view rest = view_skip(line, (size_t)at + 4);

		end = view_find(rest, VIEW_LITERAL(": "));
		return end < 0 ? rest : view_skip(rest, (size_t)end + 2);
	}
	at = view_find(line, VIEW_LITERAL("] ERROR "));
	if (at >= 0)
		return view_skip(line, (size_t)at + 8);
	at = view_find(line, VIEW_LITERAL(" - "));
	if (at > 0 && is_digit(line.bytes[0]) && is_digit(line.bytes[at - 1]))
		return view_skip(line, (size_t)at + 3);
	return line;
}

static bool read_logged_head(struct view line, struct ruby_head *ret)
{
	struct ruby_head head = {.kind = RUBY_HEAD_LOGGED};

	if (!read_class_and_message(skip_log_prefix(line), &head))
		return false;
	*ret = head;
	return true;
}

bool ruby_lines_read_head(struct view line, struct ruby_head *ret)
{
	*ret = (struct ruby_head){0};
	if (read_thread_head(line, ret) || read_place_head(line, ret) ||
	    read_syntax_head(line, ret))
		return true;
	*ret = (struct ruby_head){0};
	if (view_equals(line, VIEW_LITERAL("Traceback (most recent call last):"))) {
		ret->kind = RUBY_HEAD_REVERSED;
		return true;
	}
	return read_logged_head(line, ret);
}
