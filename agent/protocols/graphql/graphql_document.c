/*
 * Goes over the definitions of a document (GraphQL, October 2021, section 2): of each only its
 * keyword and its name are looked at, selections and arguments are stepped over with their strings,
 * so that no brace inside of a literal counts. A document is proven by an operation that has begun
 * its selections with a name or a spread.
 */
#include "protocols/graphql/graphql_document.h"

#define MAX_DEPTH 64

struct reader {
	struct view text;
	size_t at;
};

static bool is_letter(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_part(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

bool graphql_document_is_name(struct view text)
{
	if (!text.size || text.size > MAX_GRAPHQL_NAME_BYTES || !is_letter(text.bytes[0]))
		return false;
	for (size_t i = 1; i < text.size; i++)
		if (!is_name_part(text.bytes[i]))
			return false;
	return true;
}

/* White space, commas, comments and a byte order mark say nothing (section 2.1). The next
 * character; 0 at the end. */
static char peek(struct reader *r)
{
	while (r->at < r->text.size) {
		char c = r->text.bytes[r->at];

		if (c == '#') {
			ssize_t end = view_find_byte(view_skip(r->text, r->at), '\n');

			r->at = end < 0 ? r->text.size : r->at + (size_t)end + 1;
		} else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' ||
			   (unsigned char)c == 0xef || (unsigned char)c == 0xbb ||
			   (unsigned char)c == 0xbf) {
			r->at++;
		} else {
			return c;
		}
	}
	return 0;
}

static struct view read_name(struct reader *r)
{
	size_t begin = r->at;

	while (r->at < r->text.size && is_name_part(r->text.bytes[r->at]))
		r->at++;
	return view_of(r->text.bytes + begin, r->at - begin);
}

/* From a quote to behind the one that ends it. */
static bool skip_string(struct reader *r)
{
	struct view block = VIEW_LITERAL("\"\"\"");

	if (view_starts_with(view_skip(r->text, r->at), block)) {
		for (r->at += 3; r->at < r->text.size; r->at++) {
			if (r->text.bytes[r->at] == '\\')
				r->at += view_starts_with(view_skip(r->text, r->at + 1), block) * 3;
			else if (view_starts_with(view_skip(r->text, r->at), block)) {
				r->at += 3;
				return true;
			}
		}
		return false;
	}
	for (r->at++; r->at < r->text.size; r->at++) {
		if (r->text.bytes[r->at] == '\\')
			r->at++;
		else if (r->text.bytes[r->at] == '"')
			return r->at++, true;
	}
	return false;
}

/* The braces, brackets or parentheses that begin here. False: they do not end, or not as they
 * began. */
static bool skip_group(struct reader *r)
{
	char open[MAX_DEPTH];
	int depth = 0;
	char c;

	while ((c = peek(r))) {
		if (c == '"') {
			if (!skip_string(r))
				return false;
			continue;
		}
		r->at++;
		if (c == '{' || c == '(' || c == '[') {
			if (depth == MAX_DEPTH)
				return false;
			open[depth++] = c == '(' ? ')' : (char)(c + 2);
		} else if (c == '}' || c == ')' || c == ']') {
			if (open[--depth] != c)
				return false;
			if (!depth)
				return true;
		}
	}
	return false;
}

/* Does a selection set begin here? */
static bool is_selection(const struct reader *r)
{
	struct reader next = *r;
	char c;

	if (peek(&next) != '{')
		return false;
	next.at++;
	c = peek(&next);
	return is_letter(c) || c == '.';
}

/* Variables and directives in front of a selection set. False: none comes, or nothing any more. */
static bool skip_to_selection(struct reader *r)
{
	char c;

	while ((c = peek(r)) && c != '{') {
		if (c == '(') {
			if (!skip_group(r))
				return false;
			continue;
		}
		if (c != '@')
			return false;
		r->at++;
		if (!read_name(r).size)
			return false;
	}
	return is_selection(r);
}

static const char *type_of(struct view keyword)
{
	static const char *const types[] = {"query", "mutation", "subscription"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (view_equals(keyword, view_of_text(types[i])))
			return types[i];
	return NULL;
}

/* The definition's head, up to its selections: type NULL for a fragment. False: it is none. */
static bool read_definition(struct reader *r, struct graphql_operation *ret)
{
	struct view keyword;

	*ret = (struct graphql_operation){.type = "query"};
	if (peek(r) == '{')
		return is_selection(r);
	keyword = read_name(r);
	ret->type = type_of(keyword);
	if (!ret->type && !view_equals(keyword, VIEW_LITERAL("fragment")))
		return false;
	if (is_letter(peek(r)))
		ret->name = read_name(r);
	if (!ret->type) { /* "fragment Name on Type" */
		peek(r);
		if (!view_equals(read_name(r), VIEW_LITERAL("on")) || !is_letter(peek(r)))
			return false;
		read_name(r);
	}
	return skip_to_selection(r);
}

bool graphql_document_read(struct view document, bool is_cut, struct view wanted,
			   struct graphql_operation *ret)
{
	struct reader r = {.text = document};
	struct graphql_operation chosen = {0}, found;
	unsigned int count = 0;
	bool is_whole = true;

	while (is_whole && peek(&r)) {
		if (!read_definition(&r, &found)) {
			is_whole = false;
			break;
		}
		is_whole = skip_group(&r);
		if (!found.type)
			continue;
		count++;
		if (wanted.size ? view_equals(found.name, wanted) : count == 1)
			chosen = found;
	}
	/* What does not end may only be cut; otherwise it is not the language. */
	if (!count || (!is_whole && !is_cut))
		return false;
	*ret = (struct graphql_operation){.name = wanted};
	if (!wanted.size && (count > 1 || is_cut))
		return true;
	if (chosen.type)
		*ret = chosen;
	if (!graphql_document_is_name(ret->name))
		ret->name = (struct view){0};
	return true;
}
