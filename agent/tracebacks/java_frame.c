/*
 * Frames of Java: "at loader/module@version/pkg.Class.method(File.java:12) ~[shop.jar:1.0]". The
 * module becomes the class with its package, the function the method; loader, module and jar go.
 */
#include "tracebacks/java_frame.h"

#include "tracebacks/source_place.h"

static bool is_part_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_' || byte == '$' || byte == '-' ||
	       byte < 0;
}

size_t java_frame_class_size(struct view text)
{
	size_t size = 0;

	while (size < text.size && (is_part_byte(text.bytes[size]) || text.bytes[size] == '.')) {
		/* No part is empty or begins with a digit or a dash. */
		bool is_start = size == 0 || text.bytes[size - 1] == '.';

		if (is_start && (text.bytes[size] == '.' || text.bytes[size] == '-' ||
				 (text.bytes[size] >= '0' && text.bytes[size] <= '9')))
			return 0;
		size++;
	}
	return size && text.bytes[size - 1] == '.' ? 0 : size;
}

static ssize_t find_last_byte(struct view text, char byte)
{
	for (size_t i = text.size; i > 0; i--)
		if (text.bytes[i - 1] == byte)
			return (ssize_t)(i - 1);
	return -1;
}

/* "Cart.java:12", "Native Method", "Unknown Source", "SourceFile". */
static bool parse_source(struct view text, struct exception_frame *frame)
{
	if (view_equals(text, VIEW_LITERAL("Native Method"))) {
		frame->is_native = true;
		return true;
	}
	if (view_equals(text, VIEW_LITERAL("Unknown Source")))
		return true;
	if (!text.size || view_find_byte(text, ' ') >= 0 || view_find_byte(text, '(') >= 0)
		return false;
	(void)source_place_cut_number(&text, VIEW_LITERAL(":"), &frame->line);
	/* A place of Node.js has two numbers. */
	if (view_find_byte(text, ':') >= 0)
		return false;
	frame->file = text;
	return true;
}

/* A lambda's hidden class has a slash in its name, behind the package: "Shop$$Lambda/0x…". */
static struct view cut_loader_and_module(struct view name)
{
	ssize_t hidden = view_find(name, VIEW_LITERAL("$$Lambda"));
	struct view before = hidden < 0 ? name : view_take(name, (size_t)hidden);
	ssize_t slash = find_last_byte(before, '/');

	return slash < 0 ? name : view_skip(name, (size_t)slash + 1);
}

bool java_frame_parse(struct view line, struct exception_frame *ret_frame)
{
	struct view text = view_skip(line, source_place_indent(line));
	struct exception_frame frame = {0};
	ssize_t open, close, dot;
	struct view name;

	if (text.size == line.size || !view_starts_with(text, VIEW_LITERAL("at ")))
		return false;
	text = view_skip(text, 3);
	open = view_find_byte(text, '(');
	if (open <= 0)
		return false;
	close = view_find_byte(view_skip(text, (size_t)open), ')');
	if (close < 0 ||
	    !parse_source(view_take(view_skip(text, (size_t)open + 1), (size_t)close - 1), &frame))
		return false;
	name = cut_loader_and_module(view_take(text, (size_t)open));
	dot = find_last_byte(name, '.');
	if (dot <= 0 || (size_t)dot + 1 == name.size || view_ends_with(name, VIEW_LITERAL(" ")) ||
	    view_find_byte(view_take(name, (size_t)dot), ' ') >= 0)
		return false;
	frame.module = view_take(name, (size_t)dot);
	frame.function = view_skip(name, (size_t)dot + 1);
	*ret_frame = frame;
	return true;
}

bool java_frame_parse_omission(struct view line, uint32_t *ret_count)
{
	static const struct view words[] = {
		VIEW_LITERAL(" more"),
		VIEW_LITERAL(" common frames omitted"),
		VIEW_LITERAL(" frames truncated"),
		VIEW_LITERAL(" frames excluded"),
	};
	struct view text = view_skip(line, source_place_indent(line));
	ssize_t space;

	if (text.size == line.size || !view_starts_with(text, VIEW_LITERAL("... ")))
		return false;
	text = view_skip(text, 4);
	space = view_find_byte(text, ' ');
	if (space <= 0)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!view_starts_with(view_skip(text, (size_t)space), words[i]))
			continue;
		*ret_count = source_place_leading_number(text);
		return true;
	}
	return false;
}
