/*
 * Shapes only: each line by itself. Names may be of any alphabet; what stands in quotes is taken as
 * it is, up to the last quote that fits.
 */
#include "tracebacks/python_line.h"

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool skip_text(struct view *rest, const char *text)
{
	if (!view_starts_with(*rest, view_of_text(text)))
		return false;
	*rest = view_skip(*rest, strlen(text));
	return true;
}

/* Digits, at least one, as a number that fits. */
static bool take_number(struct view *rest, uint32_t *ret_number)
{
	size_t size = 0;
	uint64_t number;

	while (size < rest->size && is_digit(rest->bytes[size]))
		size++;
	if (view_parse_u64(view_take(*rest, size), &number) < 0 || number > UINT32_MAX)
		return false;
	*ret_number = (uint32_t)number;
	*rest = view_skip(*rest, size);
	return true;
}

bool python_line_location(struct view line, struct python_location *ret)
{
	struct view rest = line;
	ssize_t quote;

	if (!skip_text(&rest, "  File \""))
		return false;
	quote = view_find(rest, VIEW_LITERAL("\", line "));
	if (quote < 0)
		return false;
	*ret = (struct python_location){.file = view_take(rest, (size_t)quote)};
	rest = view_skip(rest, (size_t)quote + 8);
	if (!take_number(&rest, &ret->line))
		return false;
	if (skip_text(&rest, ", in "))
		ret->function = rest;
	else if (rest.size)
		return false;
	return true;
}

uint32_t python_line_repeats(struct view line)
{
	struct view rest = line;
	uint32_t count;

	if (!skip_text(&rest, "  [Previous line repeated ") || !take_number(&rest, &count))
		return 0;
	return view_starts_with(rest, VIEW_LITERAL(" more time")) ? count : 0;
}

static bool is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) ||
	       byte == '_' || (byte & 0x80);
}

static bool is_capital(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte & 0x80);
}

/* Dotted names; "<locals>" and "<unknown>" are parts too. */
static bool is_qualified_name(struct view name)
{
	struct view part;

	if (!name.size)
		return false;
	while (view_next_token(&name, '.', &part)) {
		if (view_equals(part, VIEW_LITERAL("<locals>")) ||
		    view_equals(part, VIEW_LITERAL("<unknown>")))
			continue;
		if (!part.size || is_digit(part.bytes[0]))
			return false;
		for (size_t i = 0; i < part.size; i++)
			if (!is_name_byte(part.bytes[i]))
				return false;
	}
	return true;
}

/* What of a qualified name is the module: what comes before the first class, and before the
 * function that <locals> are of. */
static struct view module_of(struct view name, size_t type_size)
{
	struct view rest = name, part, module = {0};
	size_t end = 0, before = 0;

	if (name.size == type_size)
		return module;
	while (view_next_token(&rest, '.', &part) && rest.bytes) {
		if (view_equals(part, VIEW_LITERAL("<locals>"))) {
			end = before;
			break;
		}
		if (part.size && is_capital(part.bytes[0]))
			break;
		before = end;
		end = (size_t)(part.bytes + part.size - name.bytes);
	}
	module = view_take(name, end);
	return view_equals(module, VIEW_LITERAL("__main__")) ? (struct view){0} : module;
}

bool python_line_type(struct view line, struct python_type *ret)
{
	ssize_t colon = view_find_byte(line, ':');
	struct view name = colon < 0 ? line : view_take(line, (size_t)colon);
	size_t start;

	if (!is_qualified_name(name) || name.bytes[name.size - 1] == '>')
		return false;
	if (colon >= 0 && (size_t)colon + 1 < line.size && line.bytes[colon + 1] != ' ')
		return false;
	for (start = name.size; start && name.bytes[start - 1] != '.';)
		start--;
	*ret = (struct python_type){.type = view_skip(name, start)};
	ret->module = module_of(name, ret->type.size);
	if (colon >= 0)
		ret->value = view_skip(line, (size_t)colon + 2);
	return true;
}

bool python_line_is_header(struct view line, bool *ret_is_group)
{
	*ret_is_group = skip_text(&line, "Exception Group ");
	return view_equals(line, VIEW_LITERAL("Traceback (most recent call last):"));
}

/* "---------------- 1 ----------------" */
static enum python_margin rule_of(struct view rule)
{
	size_t dashes = 0;

	while (dashes < rule.size && rule.bytes[dashes] == '-')
		dashes++;
	if (dashes < 10)
		return MARGIN_NONE;
	rule = view_skip(rule, dashes);
	if (!rule.size)
		return MARGIN_CLOSE;
	if (skip_text(&rule, " ... -"))
		return MARGIN_MORE;
	return rule.size > 2 && rule.bytes[0] == ' ' && is_digit(rule.bytes[1]) ? MARGIN_MEMBER
										: MARGIN_NONE;
}

enum python_margin python_line_margin(struct view line, uint32_t *ret_level, struct view *ret_text)
{
	size_t spaces = 0;
	struct view rest;

	while (spaces < line.size && line.bytes[spaces] == ' ')
		spaces++;
	rest = view_skip(line, spaces);
	if (spaces < 2 || spaces % 2 || !rest.size)
		return MARGIN_NONE;
	*ret_level = (uint32_t)(spaces / 2 - 1);
	if (rest.bytes[0] == '|' && (rest.size == 1 || rest.bytes[1] == ' ')) {
		*ret_text = view_skip(rest, 2);
		return MARGIN_TEXT;
	}
	if (rest.bytes[0] != '+')
		return MARGIN_NONE;
	if (skip_text(&rest, "+ ")) {
		*ret_text = rest;
		return MARGIN_TEXT;
	}
	/* The first member stands one level deeper than the group that opens it. */
	if (skip_text(&rest, "+-+"))
		(*ret_level)++;
	else
		rest = view_skip(rest, 1);
	return rule_of(rest);
}

bool python_line_is_cause(struct view line)
{
	return view_equals(line, VIEW_LITERAL("The above exception was the direct cause of the "
					      "following exception:"));
}

bool python_line_is_context(struct view line)
{
	return view_equals(line, VIEW_LITERAL("During handling of the above exception, another "
					      "exception occurred:"));
}
