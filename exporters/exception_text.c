/*
 * Python tells the cause first and the innermost frame last; all others begin with what was raised
 * and its innermost frame. Each exception is printed once, below or above its parent, which stands
 * before it in the chain: that bounds the recursion.
 */
#include "exporters/exception_text.h"

static void append_exception(struct byte_buffer *out, const struct crash *crash, uint32_t index);

/* Names come from the program: a line break in one must not look like a frame of ours. */
static void append_name(struct byte_buffer *out, struct view name)
{
	size_t before = out->size;

	byte_buffer_append(out, name);
	for (size_t i = before; i < out->size; i++)
		if ((unsigned char)out->bytes[i] < ' ' || out->bytes[i] == 0x7f)
			out->bytes[i] = '?';
}

static struct view trim_left(struct view text)
{
	while (text.size && (text.bytes[0] == ' ' || text.bytes[0] == '\t'))
		text = view_skip(text, 1);
	return text;
}

static void append_head(struct byte_buffer *out, const struct crash *crash,
			const struct exception *exception)
{
	if (exception->module.size && exception_has_qualified_types(crash->language)) {
		append_name(out, exception->module);
		byte_buffer_append_byte(out, '.');
	}
	append_name(out, exception->type.size ? exception->type : VIEW_LITERAL("Error"));
	if (exception->value.size) {
		byte_buffer_append_text(out, ": ");
		byte_buffer_append(out, exception->value);
	}
	byte_buffer_append_byte(out, '\n');
}

static void append_python_frame(struct byte_buffer *out, const struct exception_frame *frame)
{
	struct view source = trim_left(frame->context_line);

	if (frame->repeats)
		byte_buffer_append_format(out, "  [Previous line repeated %u more times]\n",
					  frame->repeats);
	byte_buffer_append_text(out, "  File \"");
	append_name(out, frame->file);
	byte_buffer_append_format(out, "\", line %u, in ", frame->line);
	append_name(out, frame->function.size ? frame->function : VIEW_LITERAL("<module>"));
	byte_buffer_append_byte(out, '\n');
	if (source.size) {
		byte_buffer_append_text(out, "    ");
		append_name(out, source);
		byte_buffer_append_byte(out, '\n');
	}
}

/* "\tat com.shop.Order.total(Order.java:42)", "    at total (/srv/shop/server.js:9:23)" */
static void append_frame(struct byte_buffer *out, const struct crash *crash,
			 const struct exception_frame *frame)
{
	const char *separator = exception_function_separator(crash->language);
	bool is_java = crash->language == LANGUAGE_JAVA;

	byte_buffer_append_text(out, is_java ? "\tat " : "    at ");
	if (frame->module.size && separator) {
		append_name(out, frame->module);
		byte_buffer_append_text(out, separator);
	}
	append_name(out, frame->function.size ? frame->function : VIEW_LITERAL("<anonymous>"));
	byte_buffer_append_text(out, is_java ? "(" : " (");
	append_name(out, frame->file.size ? frame->file
					  : (is_java ? VIEW_LITERAL("Native Method")
						     : VIEW_LITERAL("native")));
	if (frame->line)
		byte_buffer_append_format(out, ":%u", frame->line);
	if (frame->column)
		byte_buffer_append_format(out, ":%u", frame->column);
	byte_buffer_append_text(out, ")\n");
	if (frame->repeats)
		byte_buffer_append_format(out, "%s... %u more like this\n", is_java ? "\t" : "    ",
					  frame->repeats);
}

static bool is_child(const struct crash *crash, uint32_t index, uint32_t parent)
{
	return index > parent && crash->exceptions[index].parent == parent;
}

static void append_members(struct byte_buffer *out, const struct crash *crash, uint32_t index)
{
	uint32_t number = 0;

	for (uint32_t i = index + 1; i < crash->exceptions_count; i++) {
		if (!is_child(crash, i, index) || crash->exceptions[i].relation != RELATION_MEMBER)
			continue;
		byte_buffer_append_format(out, "  +---------------- %u ----------------\n",
					  ++number);
		append_exception(out, crash, i);
	}
}

static void append_python(struct byte_buffer *out, const struct crash *crash, uint32_t index)
{
	const struct exception *exception = &crash->exceptions[index];

	for (uint32_t i = index + 1; i < crash->exceptions_count; i++) {
		if (!is_child(crash, i, index) || crash->exceptions[i].relation == RELATION_MEMBER)
			continue;
		append_exception(out, crash, i);
		byte_buffer_append_text(
			out, crash->exceptions[i].relation == RELATION_CAUSE
				     ? "\nThe above exception was the direct cause of the "
				       "following exception:\n\n"
				     : "\nDuring handling of the above exception, another "
				       "exception occurred:\n\n");
	}
	if (exception->frames_count)
		byte_buffer_append_text(out, "Traceback (most recent call last):\n");
	for (uint32_t i = exception->frames_count; i-- > 0;)
		append_python_frame(out, &exception->frames[i]);
	append_head(out, crash, exception);
	append_members(out, crash, index);
}

static void append_other(struct byte_buffer *out, const struct crash *crash, uint32_t index)
{
	const struct exception *exception = &crash->exceptions[index];
	const char *indent = crash->language == LANGUAGE_JAVA ? "\t" : "    ";

	append_head(out, crash, exception);
	for (uint32_t i = 0; i < exception->frames_count; i++)
		append_frame(out, crash, &exception->frames[i]);
	if (exception->left_out)
		byte_buffer_append_format(out, "%s... %u more\n", indent, exception->left_out);
	for (uint32_t i = index + 1; i < crash->exceptions_count; i++) {
		enum exception_relation relation = crash->exceptions[i].relation;

		if (!is_child(crash, i, index) || relation == RELATION_MEMBER)
			continue;
		byte_buffer_append_text(out, relation == RELATION_SUPPRESSED ? "Suppressed: "
									     : "Caused by: ");
		append_exception(out, crash, i);
	}
	append_members(out, crash, index);
}

static void append_exception(struct byte_buffer *out, const struct crash *crash, uint32_t index)
{
	if (crash->language == LANGUAGE_PYTHON)
		append_python(out, crash, index);
	else
		append_other(out, crash, index);
}

void exception_text_append(struct byte_buffer *out, const struct crash *crash)
{
	if (crash->exceptions_count)
		append_exception(out, crash, 0);
}
