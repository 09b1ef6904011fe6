/*
 * Go prints no type where the value is a string or an error, or is a basic type; of other types of
 * a basic kind it prints main.code("E42"), of all else (main.order) and an address.
 */
#include "tracebacks/go_value.h"

static bool take_suffix(struct view *text, struct view suffix)
{
	if (!view_ends_with(*text, suffix))
		return false;
	text->size -= suffix.size;
	return true;
}

static bool is_type_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' || byte == '/' ||
	       byte == '*' || byte == '-' || byte == '[' || byte == ']' || (byte & 0x80);
}

/* The type's name at the beginning: it has a package. */
static size_t measure_type(struct view text)
{
	bool has_dot = false;
	size_t size = 0;

	while (size < text.size && is_type_byte(text.bytes[size])) {
		has_dot |= text.bytes[size] == '.' && size > 0;
		size++;
	}
	return has_dot ? size : 0;
}

/* "E42" in quotes, or a number: what the runtime can print of a basic kind. */
static bool is_basic(struct view text)
{
	if (text.size >= 2 && text.bytes[0] == '"' && text.bytes[text.size - 1] == '"')
		return true;
	if (view_equals(text, VIEW_LITERAL("true")) || view_equals(text, VIEW_LITERAL("false")))
		return true;
	for (size_t i = 0; i < text.size; i++)
		if (!memchr("0123456789+-.e()i", text.bytes[i], 17))
			return false;
	return text.size > 0;
}

/* main.code("E42"), main.order{…} */
static bool split_call(struct view value, struct view *ret_type, struct view *ret_value)
{
	size_t size = measure_type(value);
	struct view inner = view_skip(value, size + 1);

	if (!size || size >= value.size || !inner.size)
		return false;
	if (value.bytes[size] == '{' && value.bytes[value.size - 1] == '}') {
		inner = view_skip(value, size);
	} else {
		if (value.bytes[size] != '(' || value.bytes[value.size - 1] != ')')
			return false;
		inner.size--;
		if (!is_basic(inner))
			return false;
		if (inner.bytes[0] == '"')
			inner = view_of(inner.bytes + 1, inner.size - 2);
	}
	*ret_type = view_take(value, size);
	*ret_value = inner;
	return true;
}

/* (main.order) 0xc0000120c0, (*main.order) {…} */
static bool split_cast(struct view value, struct view *ret_type, struct view *ret_value)
{
	size_t size;

	if (!view_starts_with(value, VIEW_LITERAL("(")))
		return false;
	size = measure_type(view_skip(value, 1));
	if (!size || !view_starts_with(view_skip(value, size + 1), VIEW_LITERAL(") ")))
		return false;
	*ret_type = view_of(value.bytes + 1, size);
	*ret_value = view_skip(value, size + 3);
	return true;
}

static struct view type_of_text(struct view value)
{
	if (view_starts_with(value, VIEW_LITERAL("runtime error: ")))
		return VIEW_LITERAL("runtime.Error");
	if (view_starts_with(value, VIEW_LITERAL("interface conversion: ")))
		return VIEW_LITERAL("*runtime.TypeAssertionError");
	if (view_starts_with(value, VIEW_LITERAL("panic called with nil argument")))
		return VIEW_LITERAL("*runtime.PanicNilError");
	return VIEW_LITERAL("panic");
}

bool go_value_settle(struct traceback *report, struct exception *exception, bool is_runtime)
{
	struct view value = exception->value, type;
	bool is_recovered = false;

	if (is_runtime)
		is_recovered = take_suffix(&value, VIEW_LITERAL(" [recovered]")) ||
			       take_suffix(&value, VIEW_LITERAL(" [recovered, repanicked]"));
	if (!is_runtime || (!split_call(value, &type, &value) && !split_cast(value, &type, &value)))
		type = type_of_text(value);
	exception->value = value;
	if (!exception->type.size)
		exception->type = traceback_copy(report, type);
	return is_recovered;
}

/* Behind "panic", "panic recovered", "PANIC RECOVER]", "panic serving 127.0.0.1:5555": the colon or
 * bracket and spaces. */
static struct view behind_word(struct view text)
{
	ssize_t end;

	text = view_skip(text, sizeof("panic") - 1);
	if (view_starts_with(text, VIEW_LITERAL(" serving "))) {
		end = view_find(text, VIEW_LITERAL(": "));
		return end < 0 ? (struct view){0} : view_skip(text, (size_t)end + 2);
	}
	while (text.size && ((text.bytes[0] | 0x20) == ' ' ||
			     ((text.bytes[0] | 0x20) >= 'a' && (text.bytes[0] | 0x20) <= 'z')))
		text = view_skip(text, 1);
	if (!text.size || !memchr(":]=", text.bytes[0], 3))
		return (struct view){0};
	return view_trim(view_skip(text, 1));
}

bool go_value_find(struct view line, struct view *ret_value)
{
	static const char *const words[] = {"panic", "PANIC", "Panic"};
	ssize_t first = -1;

	for (size_t i = 0; i < 3; i++) {
		ssize_t at = view_find(line, view_of_text(words[i]));

		if (at >= 0 && (first < 0 || at < first))
			first = at;
	}
	if (first < 0)
		return false;
	*ret_value = behind_word(view_skip(line, (size_t)first));
	return true;
}
