/*
 * A frame of a JavaScript stack. "async" and an alias are no part of a function's name; the place
 * of code made by eval is that of the eval. What has no place in a file is native.
 */
#include "tracebacks/node_frame.h"

#include "tracebacks/source_place.h"

#define FILE_SCHEME VIEW_LITERAL("file://")

static ssize_t find_last(struct view text, struct view needle)
{
	for (size_t i = text.size; i >= needle.size && i > 0; i--)
		if (view_equals(view_of(text.bytes + i - needle.size, needle.size), needle))
			return (ssize_t)(i - needle.size);
	return -1;
}

static bool cut_start(struct view *text, struct view start)
{
	if (!view_starts_with(*text, start))
		return false;
	*text = view_skip(*text, start.size);
	return true;
}

static bool cut_end(struct view *text, struct view end)
{
	if (!view_ends_with(*text, end))
		return false;
	*text = view_take(*text, text->size - end.size);
	return true;
}

/* "/srv/app/x.js:3:7", "node:fs:573:18". */
static bool parse_position(struct view place, struct exception_frame *frame)
{
	uint32_t line, column;

	if (!source_place_cut_number(&place, VIEW_LITERAL(":"), &column) ||
	    !source_place_cut_number(&place, VIEW_LITERAL(":"), &line))
		return false;
	/* The rest of a frame that was cut is none. */
	if (place.bytes[0] != '/' && view_find_byte(place, '(') >= 0)
		return false;
	if (view_starts_with(place, VIEW_LITERAL("file:///")))
		place = view_skip(place, FILE_SCHEME.size);
	frame->file = place;
	frame->line = line;
	frame->column = column;
	return true;
}

/* "eval at run (/srv/app/x.js:24:12), <anonymous>:1:27": the innermost parentheses. */
static bool parse_eval(struct view place, struct exception_frame *frame)
{
	ssize_t open = find_last(place, VIEW_LITERAL("("));
	struct view inner;
	ssize_t close;

	if (!view_starts_with(place, VIEW_LITERAL("eval at ")))
		return false;
	inner = open < 0 ? (struct view){0} : view_skip(place, (size_t)open + 1);
	close = view_find_byte(inner, ')');
	if (close < 0 || !parse_position(view_take(inner, (size_t)close), frame))
		frame->is_native = true;
	return true;
}

static bool is_placeless(struct view place)
{
	return view_equals(place, VIEW_LITERAL("<anonymous>")) ||
	       view_equals(place, VIEW_LITERAL("native")) ||
	       view_equals(place, VIEW_LITERAL("unknown location")) ||
	       view_starts_with(place, VIEW_LITERAL("index ")) ||
	       view_starts_with(place, VIEW_LITERAL("wasm://"));
}

static bool parse_place(struct view place, struct exception_frame *frame)
{
	(void)cut_start(&place, VIEW_LITERAL("async "));
	if (parse_eval(place, frame) || parse_position(place, frame))
		return true;
	/* Bun has no columns here and there. */
	if (view_starts_with(place, VIEW_LITERAL("/")) &&
	    source_place_cut_number(&place, VIEW_LITERAL(":"), &frame->line)) {
		frame->file = place;
		return true;
	}
	frame->is_native = is_placeless(place);
	return frame->is_native;
}

static struct view clean_function(struct view name)
{
	ssize_t alias = view_find(name, VIEW_LITERAL(" [as "));

	(void)cut_start(&name, VIEW_LITERAL("async "));
	if (alias > 0 && view_ends_with(name, VIEW_LITERAL("]"))) {
		alias = view_find(name, VIEW_LITERAL(" [as "));
		if (alias > 0)
			name = view_take(name, (size_t)alias);
	}
	if (view_equals(name, VIEW_LITERAL("<anonymous>")))
		return (struct view){0};
	return name;
}

/* "Object.run [as go] (place)": the place begins behind the first " (" that leaves one. */
static bool parse_named(struct view text, struct exception_frame *frame)
{
	size_t from = 0;

	if (!cut_end(&text, VIEW_LITERAL(")")))
		return false;
	for (int tries = 0; tries < 8; tries++) {
		ssize_t open = view_find(view_skip(text, from), VIEW_LITERAL(" ("));
		struct exception_frame found = {0};

		if (open < 0)
			return false;
		from += (size_t)open;
		if (from > 0 && parse_place(view_skip(text, from + 2), &found)) {
			*frame = found;
			frame->function = clean_function(view_take(text, from));
			return true;
		}
		from += 2;
	}
	return false;
}

bool node_frame_parse(struct view line, struct node_frame *ret)
{
	struct view text = view_skip(line, source_place_indent(line));
	struct node_frame parsed = {0};

	if (text.size == line.size || !cut_start(&text, VIEW_LITERAL("at ")))
		return false;
	if (cut_end(&text, VIEW_LITERAL(" {")))
		parsed.opens_properties = true;
	else
		(void)cut_end(&text, VIEW_LITERAL(","));
	if (!parse_named(text, &parsed.frame) && !parse_place(text, &parsed.frame))
		return false;
	*ret = parsed;
	return true;
}
