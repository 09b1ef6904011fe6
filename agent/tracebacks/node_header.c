/*
 * Is this the first line of a JavaScript stack, and what does it say? A line alone proves nothing:
 * it counts when frames follow (node.c).
 */
#include "tracebacks/node_header.h"

#define MAX_NAME 100

static bool cut_start(struct view *text, struct view start)
{
	if (!view_starts_with(*text, start))
		return false;
	*text = view_skip(*text, start.size);
	return true;
}

static bool is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_' || byte == '$' || byte < 0;
}

static size_t name_size(struct view text)
{
	size_t size = 0;

	while (size < text.size && is_name_byte(text.bytes[size]))
		size++;
	return size;
}

static bool is_error_name(struct view name)
{
	return view_ends_with(name, VIEW_LITERAL("Error")) ||
	       view_ends_with(name, VIEW_LITERAL("Exception")) ||
	       view_ends_with(name, VIEW_LITERAL("UnhandledPromiseRejection"));
}

/* Traces and warnings print stacks too, and are none of ours. */
static bool is_other_name(struct view name)
{
	return view_equals(name, VIEW_LITERAL("Trace")) ||
	       view_ends_with(name, VIEW_LITERAL("Warning"));
}

/* A class of its own: "ShopFailure", "Plain". */
static bool is_class_name(struct view name)
{
	return name.size >= 3 && name.bytes[0] >= 'A' && name.bytes[0] <= 'Z' &&
	       name.bytes[1] != ':';
}

/* Does an error's name follow? Then what stands before it is talk. */
static bool has_better_name(struct view value)
{
	return view_find(value, VIEW_LITERAL("Error: ")) >= 0 ||
	       view_find(value, VIEW_LITERAL("Error [")) >= 0 ||
	       view_find(value, VIEW_LITERAL("Exception: ")) >= 0 ||
	       view_ends_with(value, VIEW_LITERAL("Error"));
}

/* " [ERR_CODE]" or " [Error]" behind a name. */
static bool cut_code(struct view *rest)
{
	ssize_t end;

	if (!view_starts_with(*rest, VIEW_LITERAL(" [")))
		return false;
	end = view_find_byte(*rest, ']');
	if (end < 0 || end > MAX_NAME ||
	    view_find_byte(view_take(view_skip(*rest, 2), (size_t)end - 2), ' ') >= 0)
		return false;
	*rest = view_skip(*rest, (size_t)end + 1);
	return true;
}

static bool parse_named(struct view text, struct node_header *header)
{
	size_t size = name_size(text);
	struct view rest = view_skip(text, size);
	bool has_code;

	header->type = view_take(text, size);
	if (size == 0 || size > MAX_NAME || is_other_name(header->type))
		return false;
	has_code = cut_code(&rest);
	if (view_starts_with(rest, VIEW_LITERAL(":")) && (rest.size == 1 || rest.bytes[1] == ' '))
		header->value = view_skip(rest, 2);
	else if (rest.size)
		return false;
	if (is_error_name(header->type) || has_code)
		return true;
	return is_class_name(header->type) && !has_better_name(header->value);
}

/* "[Name: text]", "[Name: text] {". */
static bool cut_brackets(struct view *text, struct node_header *header)
{
	struct view inner = *text;

	if (!cut_start(&inner, VIEW_LITERAL("[")))
		return false;
	if (view_ends_with(inner, VIEW_LITERAL("] {")))
		header->opens_properties = true;
	else if (!view_ends_with(inner, VIEW_LITERAL("]")) &&
		 !view_ends_with(inner, VIEW_LITERAL("],")))
		return false;
	while (!view_ends_with(inner, VIEW_LITERAL("]")))
		inner = view_take(inner, inner.size - 1);
	*text = view_take(inner, inner.size - 1);
	header->is_stackless = true;
	return true;
}

static void cut_introduction(struct view *text, struct node_header *header)
{
	struct view rest = *text;
	ssize_t end;

	if (cut_start(&rest, VIEW_LITERAL("(node:"))) {
		end = view_find(rest, VIEW_LITERAL(") UnhandledPromiseRejectionWarning: "));
		if (end < 0)
			return;
		*text = view_skip(rest,
				  (size_t)end + sizeof(") UnhandledPromiseRejectionWarning: ") - 1);
		header->is_warned = true;
		header->is_rejection = true;
		return;
	}
	(void)cut_start(&rest, VIEW_LITERAL("error: "));
	if (!cut_start(&rest, VIEW_LITERAL("Uncaught ")))
		return;
	header->is_uncaught = true;
	header->is_rejection = cut_start(&rest, VIEW_LITERAL("(in promise) "));
	*text = rest;
}

/* What was rejected with, from the sentence that Node.js makes of it. */
static void cut_reason(struct node_header *header)
{
	ssize_t at = view_find(header->value, VIEW_LITERAL("rejected with the reason \""));
	struct view reason;

	if (!view_equals(header->type, VIEW_LITERAL("UnhandledPromiseRejection")))
		return;
	header->is_rejection = true;
	if (at < 0)
		return;
	reason = view_skip(header->value, (size_t)at + sizeof("rejected with the reason \"") - 1);
	if (view_ends_with(reason, VIEW_LITERAL("\".")))
		header->value = view_take(reason, reason.size - 2);
}

bool node_header_parse(struct view line, struct node_header *ret)
{
	struct node_header header = {0};

	cut_introduction(&line, &header);
	if (!cut_brackets(&line, &header) && view_starts_with(line, VIEW_LITERAL("[")))
		return false;
	if (!parse_named(line, &header))
		return false;
	cut_reason(&header);
	*ret = header;
	return true;
}

void node_header_parse_any(struct view line, struct node_header *ret)
{
	ssize_t colon = view_find(line, VIEW_LITERAL(": "));

	if (node_header_parse(line, ret))
		return;
	*ret = (struct node_header){.type = VIEW_LITERAL("Error"), .value = line};
	if (colon > 0 && colon <= MAX_NAME) {
		ret->type = view_take(line, (size_t)colon);
		ret->value = view_skip(line, (size_t)colon + 2);
	}
}
