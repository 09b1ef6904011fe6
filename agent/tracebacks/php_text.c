/* Text of PHP's reports as people wrote it: what JSON, HTML, and FPM put around it taken off. */
#include "tracebacks/php_text.h"

/* Replaces the first match. */
static struct view replace(struct traceback *report, struct view text, struct view from,
			   struct view to)
{
	ssize_t at = view_find(text, from);

	if (at < 0)
		return (struct view){0};
	return arena_join(&report->arena, view_take(text, (size_t)at), to,
			  view_skip(text, (size_t)at + from.size));
}

struct view php_text_function(struct traceback *report, struct view function)
{
	ssize_t zero = view_find_byte(function, '\0');
	struct view replaced;

	/* The name of a class without one goes on with a NUL and where it is made. */
	if (zero >= 0) {
		struct view rest = view_skip(function, (size_t)zero);
		ssize_t arrow = view_find(rest, VIEW_LITERAL("->"));

		return arena_join(&report->arena, view_take(function, (size_t)zero),
				  arrow < 0 ? (struct view){0} : VIEW_LITERAL("::"),
				  arrow < 0 ? (struct view){0}
					    : view_skip(rest, (size_t)arrow + 2));
	}
	replaced = replace(report, function, VIEW_LITERAL("->"), VIEW_LITERAL("::"));
	if (!replaced.bytes)
		replaced = replace(report, function, VIEW_LITERAL("-&gt;"), VIEW_LITERAL("::"));
	return replaced.bytes ? replaced : traceback_copy(report, function);
}

static char escaped_byte(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case '\\':
	case '/':
	case '"':
		return c;
	default:
		return '\0';
	}
}

struct view php_text_unescape(struct traceback *report, struct view text)
{
	char *bytes = text.size ? arena_allocate(&report->arena, text.size) : NULL;
	size_t used = 0;

	if (!bytes)
		return (struct view){0};
	for (size_t i = 0; i < text.size; i++) {
		char c = text.bytes[i];
		char meant =
			c == '\\' && i + 1 < text.size ? escaped_byte(text.bytes[i + 1]) : '\0';

		if (meant)
			i++;
		bytes[used++] = meant ? meant : c;
	}
	return view_of(bytes, used);
}

bool php_text_next_escaped_line(struct view *rest, struct view *ret_line)
{
	struct view text = *rest;

	if (!text.size)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] == '"') {
			*ret_line = view_take(text, i);
			*rest = (struct view){0};
			return true;
		}
		if (text.bytes[i] != '\\' || i + 1 == text.size)
			continue;
		if (text.bytes[i + 1] == 'n') {
			*ret_line = view_take(text, i);
			*rest = view_skip(text, i + 2);
			return true;
		}
		i++;
	}
	*ret_line = text;
	*rest = (struct view){0};
	return true;
}

struct view php_text_unquote(struct view line, bool *is_quoted)
{
	static const struct view said = {.bytes = "said into stderr: \"", .size = 19};
	ssize_t at = view_find(line, said);

	if (at >= 0) {
		*is_quoted = true;
		line = view_skip(line, (size_t)at + said.size);
	}
	if (*is_quoted && view_ends_with(line, VIEW_LITERAL("\"")))
		line.size--;
	return line;
}

static const struct {
	struct view entity;
	char meant;
} entities[] = {
	{{.bytes = "&quot;", .size = 6}, '"'},  {{.bytes = "&amp;", .size = 5}, '&'},
	{{.bytes = "&lt;", .size = 4}, '<'},    {{.bytes = "&gt;", .size = 4}, '>'},
	{{.bytes = "&#039;", .size = 6}, '\''},
};

static size_t entity_at(struct view text, char *ret_meant)
{
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (view_starts_with(text, entities[i].entity)) {
			*ret_meant = entities[i].meant;
			return entities[i].entity.size;
		}
	return 0;
}

static struct view decode(struct traceback *report, struct view text)
{
	char *bytes = text.size ? arena_allocate(&report->arena, text.size) : NULL;
	size_t used = 0;

	if (!bytes)
		return text;
	for (size_t i = 0; i < text.size;) {
		char meant = text.bytes[i];
		size_t size = entity_at(view_skip(text, i), &meant);

		bytes[used++] = meant;
		i += size ? size : 1;
	}
	return view_of(bytes, used);
}

void php_text_decode_html(struct traceback *report)
{
	for (uint32_t i = 0; i < report->exceptions_count; i++)
		report->exceptions[i].value = decode(report, report->exceptions[i].value);
}
