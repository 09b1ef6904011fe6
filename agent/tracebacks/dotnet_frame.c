/*
 * Frames of .NET: "at Ns.Class.Method[T](Type name) in /src/Shop.cs:line 12". The module becomes
 * the declaring type, the function the method; arguments and generic parameters go.
 */
#include "tracebacks/dotnet_frame.h"

#include "tracebacks/source_place.h"

/* Where the arguments begin: the first parenthesis outside of angle brackets. */
static ssize_t find_arguments(struct view text)
{
	int angles = 0;

	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] == '<')
			angles++;
		else if (text.bytes[i] == '>' && angles > 0)
			angles--;
		else if (text.bytes[i] == '(' && angles == 0)
			return (ssize_t)i;
	}
	return -1;
}

/* The dot between type and method: not one in angle or square brackets, not one of ".ctor". */
static ssize_t find_method_dot(struct view name)
{
	ssize_t dot = -1;
	int depth = 0;

	for (size_t i = 0; i < name.size; i++) {
		char byte = name.bytes[i];

		if (byte == '<' || byte == '[')
			depth++;
		else if ((byte == '>' || byte == ']') && depth > 0)
			depth--;
		else if (byte == '.' && depth == 0 && (i == 0 || name.bytes[i - 1] != '.'))
			dot = (ssize_t)i;
	}
	return dot;
}

/* " in /src/Shop.cs:line 12" behind the arguments; true when nothing at all is there. */
static bool parse_source(struct view text, struct exception_frame *frame)
{
	static const struct view in = VIEW_LITERAL(" in ");

	text = view_trim(text).size ? text : (struct view){0};
	if (!text.size)
		return true;
	if (!view_starts_with(text, in) ||
	    !source_place_cut_number(&text, VIEW_LITERAL(":line "), &frame->line))
		return false;
	frame->file = view_skip(text, in.size);
	return frame->file.size > 0;
}

static struct view cut_parameters(struct view function)
{
	ssize_t bracket = view_find_byte(function, '[');

	return bracket > 0 ? view_take(function, (size_t)bracket) : function;
}

bool dotnet_frame_parse(struct view line, struct exception_frame *ret_frame)
{
	struct view text = view_skip(line, source_place_indent(line));
	struct exception_frame frame = {0};
	ssize_t open, close, dot;
	struct view name, after;

	if (line.size - text.size < 3 || !view_starts_with(text, VIEW_LITERAL("at ")))
		return false;
	text = view_skip(text, 3);
	open = find_arguments(text);
	if (open <= 0)
		return false;
	/* Arguments have parentheses in them only when a type is a pointer to a function. */
	close = view_find(text, VIEW_LITERAL(") in "));
	if (close < 0)
		close = view_find_byte(view_skip(text, (size_t)open), ')') + open;
	if (close < open || text.bytes[close] != ')')
		return false;
	after = view_skip(text, (size_t)close + 1);
	name = view_take(text, (size_t)open);
	dot = find_method_dot(name);
	if (view_find_byte(name, ' ') >= 0 || !parse_source(after, &frame))
		return false;
	if (dot > 0)
		frame.module = view_take(name, (size_t)dot);
	frame.function = cut_parameters(view_skip(name, (size_t)(dot + 1)));
	if (!frame.function.size)
		return false;
	*ret_frame = frame;
	return true;
}
