/*
 * Go prints a function on one line and its place on the next. Names are symbols of the linker: the
 * package's path, in which the dots of the last element are escaped, a dot, and the rest.
 */
#include "tracebacks/go_frame.h"

#define ESCAPED_DOT VIEW_LITERAL("%2e")

static bool read_header_at(struct view text, struct go_header *ret)
{
	ssize_t end, from, to;
	struct view state;

	text = view_skip(text, sizeof("goroutine ") - 1);
	end = view_find_byte(text, ' ');
	from = view_find_byte(text, '[');
	if (end <= 0 || from < end || text.bytes[text.size - 1] != ':' ||
	    view_parse_u64(view_take(text, (size_t)end), &ret->id) < 0)
		return false;
	state = view_skip(text, (size_t)from + 1);
	to = view_find_byte(state, ']');
	if (to < 0)
		return false;
	state = view_take(state, (size_t)to);
	to = view_find_byte(state, ',');
	ret->state = to < 0 ? state : view_take(state, (size_t)to);
	return true;
}

bool go_frame_read_header(struct view line, struct go_header *ret)
{
	struct view rest = line;
	ssize_t at;

	if (!line.size || line.bytes[line.size - 1] != ':')
		return false;
	while ((at = view_find(rest, VIEW_LITERAL("goroutine "))) >= 0) {
		struct go_header header;

		rest = view_skip(rest, (size_t)at);
		header.offset = line.size - rest.size;
		if (read_header_at(rest, &header)) {
			*ret = header;
			return true;
		}
		rest = view_skip(rest, 1);
	}
	return false;
}

bool go_frame_read_call(struct view line, struct view *ret_name)
{
	struct view name = line;

	if (!line.size || line.bytes[line.size - 1] != ')')
		return false;
	while (name.size && name.bytes[name.size - 1] != '(')
		name.size--;
	if (name.size < 2)
		return false;
	name.size--;
	if (view_find_byte(name, ' ') >= 0 || view_find_byte(name, '\t') >= 0)
		return false;
	if (view_find_byte(name, '.') < 0 && !view_equals(name, VIEW_LITERAL("panic")))
		return false;
	*ret_name = name;
	return true;
}

bool go_frame_read_location(struct view line, struct go_location *ret)
{
	static const char *const ends[] = {" +0x", " fp=0x", " (0x"};
	struct view text = view_trim(line), digits;
	uint64_t number;
	size_t colon;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		ssize_t at = view_find(text, view_of_text(ends[i]));

		if (at > 0)
			text = view_take(text, (size_t)at);
	}
	for (colon = text.size; colon && text.bytes[colon - 1] != ':'; colon--)
		;
	digits = view_skip(text, colon);
	if (colon < 2 || view_parse_u64(digits, &number) < 0 || number > UINT32_MAX)
		return false;
	ret->file = view_take(text, colon - 1);
	ret->line = (uint32_t)number;
	return true;
}

uint32_t go_frame_read_elided(struct view line)
{
	uint64_t count;

	if (!view_starts_with(line, VIEW_LITERAL("...")) ||
	    !view_ends_with(line, VIEW_LITERAL(" elided...")))
		return 0;
	line = view_skip(line, 3);
	line = view_take(line, (size_t)view_find_byte(line, ' '));
	/* "...additional frames elided..." does not say how many. */
	return view_parse_u64(line, &count) == 0 && count && count <= UINT32_MAX ? (uint32_t)count
										 : 1;
}

/* Where the package ends: at the first dot behind the last slash, type arguments not looked at. */
static size_t measure_package(struct view name)
{
	size_t slash = 0;

	for (size_t i = 0; i < name.size && name.bytes[i] != '[' && name.bytes[i] != '('; i++)
		if (name.bytes[i] == '/')
			slash = i;
	for (size_t i = slash; i < name.size; i++)
		if (name.bytes[i] == '.')
			return i;
	return 0;
}

void go_frame_set_name(struct traceback *report, struct exception_frame *frame, struct view name)
{
	struct view module = view_take(name, measure_package(name));
	ssize_t at;

	if (view_equals(name, VIEW_LITERAL("panic")))
		module = VIEW_LITERAL("runtime");
	else if (module.size)
		name = view_skip(name, module.size + 1);
	while ((at = view_find(module, ESCAPED_DOT)) >= 0) {
		module =
			arena_join(&report->arena, view_take(module, (size_t)at), VIEW_LITERAL("."),
				   view_skip(module, (size_t)at + ESCAPED_DOT.size));
		if (!module.bytes)
			break;
	}
	frame->module = traceback_copy(report, module);
	frame->function = traceback_copy(report, name);
}

/* Gin leaves packages out: there the file tells. */
static bool is_of_runtime(const struct exception_frame *frame)
{
	return view_equals(frame->module, VIEW_LITERAL("runtime")) ||
	       (!frame->module.size && view_find(frame->file, VIEW_LITERAL("/src/runtime/")) >= 0);
}

bool go_frame_is_panic(const struct exception_frame *frame)
{
	return is_of_runtime(frame) && (view_equals(frame->function, VIEW_LITERAL("panic")) ||
					view_equals(frame->function, VIEW_LITERAL("gopanic")));
}

bool go_frame_is_raising(const struct exception_frame *frame)
{
	struct view name = frame->function;

	if (view_equals(frame->module, VIEW_LITERAL("internal/runtime/maps")))
		return view_equals(name, VIEW_LITERAL("fatal"));
	return is_of_runtime(frame) && (view_starts_with(name, VIEW_LITERAL("panic")) ||
					view_starts_with(name, VIEW_LITERAL("goPanic")) ||
					view_equals(name, VIEW_LITERAL("gopanic")) ||
					view_equals(name, VIEW_LITERAL("sigpanic")) ||
					view_equals(name, VIEW_LITERAL("throw")) ||
					view_equals(name, VIEW_LITERAL("fatal")) ||
					view_starts_with(name, VIEW_LITERAL("fatalthrow")));
}
