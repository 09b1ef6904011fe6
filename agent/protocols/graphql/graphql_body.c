/*
 * A tolerant scanner of JSON for one purpose: the members "query" and "operationName" of the object
 * a body begins with (GraphQL over HTTP, section 5). It is total, takes one pass, keeps no tree,
 * and works on bodies that were cut; of everything else it only finds the end. What it copies dies
 * with the request that is read: nothing but names of the language leaves this room.
 */
#include "protocols/graphql/graphql_body.h"

struct scanner {
	struct view json;
	size_t at;
};

/* What the members say; bytes NULL: not there. */
struct members {
	struct view query, operation_name;
	bool is_query_cut, is_persisted;
};

static char peek(struct scanner *s)
{
	while (s->at < s->json.size) {
		char c = s->json.bytes[s->at];

		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			return c;
		s->at++;
	}
	return 0;
}

static char unescape(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case 'b':
	case 'f':
		return ' ';
	case 'u': /* no name has one, and a quote in a string is written otherwise: any byte does */
		return '?';
	default:
		return c;
	}
}

/* A string from its quote on, copied into the request's text. True: its end was there. */
static bool read_string(struct scanner *s, struct graphql_request *request, struct view *ret)
{
	size_t begin = request->used_bytes;
	bool is_whole = false;

	for (s->at++; s->at < s->json.size && !is_whole; s->at++) {
		char c = s->json.bytes[s->at];

		is_whole = c == '"';
		if (is_whole || request->used_bytes == sizeof(request->text))
			continue;
		if (c == '\\' && ++s->at < s->json.size) {
			c = unescape(s->json.bytes[s->at]);
			if (s->json.bytes[s->at] == 'u')
				s->at += 4;
		}
		request->text[request->used_bytes++] = c;
	}
	*ret = view_of(request->text + begin, request->used_bytes - begin);
	return is_whole && request->used_bytes < sizeof(request->text);
}

static bool skip_string(struct scanner *s)
{
	for (s->at++; s->at < s->json.size; s->at++) {
		if (s->json.bytes[s->at] == '\\')
			s->at++;
		else if (s->json.bytes[s->at] == '"')
			return s->at++, true;
	}
	return false;
}

/* Any value; the end of an object or a list is where as many have ended as began. */
static bool skip_value(struct scanner *s)
{
	size_t depth = 0;
	char c;

	while ((c = peek(s))) {
		if (c == '"') {
			if (!skip_string(s))
				return false;
		} else if (c == '{' || c == '[') {
			depth++;
			s->at++;
		} else if (c == '}' || c == ']') {
			if (!depth)
				return true; /* of what is around it */
			depth--;
			s->at++;
		} else if (c == ',' && !depth) {
			return true;
		} else {
			s->at++;
			continue;
		}
		if (!depth)
			return true;
	}
	return false;
}

/* {"persistedQuery": ...} in the extensions stands for a document the server knows. */
static bool take_extensions(struct scanner *s, struct members *members)
{
	size_t begin = s->at;
	bool is_whole = skip_value(s);
	struct view value = view_take(view_skip(s->json, begin), s->at - begin);

	members->is_persisted = view_find(value, VIEW_LITERAL("\"persistedQuery\"")) >= 0 &&
				view_find(value, VIEW_LITERAL("\"sha256Hash\"")) >= 0;
	return is_whole;
}

static bool take_member(struct scanner *s, struct view name, struct graphql_request *request,
			struct members *members)
{
	if (view_equals(name, VIEW_LITERAL("query")) && peek(s) == '"') {
		members->is_query_cut = !read_string(s, request, &members->query);
		return !members->is_query_cut;
	}
	if (view_equals(name, VIEW_LITERAL("operationName")) && peek(s) == '"') {
		if (read_string(s, request, &members->operation_name))
			return true;
		members->operation_name = (struct view){0};
		return false;
	}
	if (view_equals(name, VIEW_LITERAL("extensions")))
		return take_extensions(s, members);
	return skip_value(s);
}

/* The members of the object that begins here. False: it goes on, or is none. */
static bool read_object(struct scanner *s, struct graphql_request *request, struct members *members)
{
	char c;

	for (s->at++; (c = peek(s)) == '"';) {
		size_t before = request->used_bytes;
		struct view name;
		bool is_whole = read_string(s, request, &name);

		if (!is_whole || peek(s) != ':')
			return false;
		s->at++;
		request->used_bytes = before + name.size;
		if (!take_member(s, name, request, members) || peek(s) != ',')
			break;
		s->at++;
	}
	if (peek(s) != '}')
		return false;
	s->at++;
	return true;
}

static bool conclude(const struct members *members, bool is_whole, struct graphql_request *ret)
{
	struct view wanted = members->operation_name;

	if (wanted.size && !graphql_document_is_name(wanted))
		return false;
	/* operationName may still come: of a document with several operations it would choose. */
	if (members->query.size)
		return graphql_document_read(members->query, members->is_query_cut, wanted,
					     &ret->operation);
	if (!members->is_persisted || !is_whole)
		return false;
	ret->operation = (struct graphql_operation){.name = wanted};
	return true;
}

bool graphql_body_read_json(struct view body, struct graphql_request *ret)
{
	struct scanner s = {.json = body};
	struct members members = {0};
	bool is_whole, is_list;

	ret->used_bytes = 0;
	is_list = peek(&s) == '[';
	if (is_list)
		s.at++;
	if (peek(&s) != '{')
		return false;
	is_whole = read_object(&s, ret, &members);
	if (!conclude(&members, is_whole, ret))
		return false;
	/* Several requests in one: none of them is the operation. */
	if (is_list && (!is_whole || peek(&s) != ']'))
		ret->operation = (struct graphql_operation){0};
	return true;
}

bool graphql_body_read_document(struct view body, struct graphql_request *ret)
{
	/* How much of it is there is not known here: cut or not, its end shows it. */
	if (graphql_document_read(body, false, (struct view){0}, &ret->operation))
		return true;
	return graphql_document_read(body, true, (struct view){0}, &ret->operation);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-encoded; "+" is a space. False: it did not fit. */
static bool decode(struct view text, struct graphql_request *request, struct view *ret)
{
	size_t begin = request->used_bytes;

	for (size_t i = 0; i < text.size; i++) {
		char c = text.bytes[i] == '+' ? ' ' : text.bytes[i];
		int high = c == '%' && i + 2 < text.size ? hex_digit(text.bytes[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(text.bytes[i + 2]) : -1;

		if (request->used_bytes == sizeof(request->text))
			return false;
		if (low >= 0) {
			c = (char)(high << 4 | low);
			i += 2;
		}
		request->text[request->used_bytes++] = c;
	}
	*ret = view_of(request->text + begin, request->used_bytes - begin);
	return true;
}

bool graphql_body_read_query(struct view query, struct graphql_request *ret)
{
	struct members members = {0};
	struct view member;

	ret->used_bytes = 0;
	while (query.size && view_next_token(&query, '&', &member)) {
		if (view_starts_with(member, VIEW_LITERAL("query=")))
			members.is_query_cut = !decode(view_skip(member, 6), ret, &members.query);
		else if (view_starts_with(member, VIEW_LITERAL("operationName=")) &&
			 !decode(view_skip(member, 14), ret, &members.operation_name))
			return false;
	}
	return members.query.size && conclude(&members, true, ret);
}

struct view graphql_body_dechunk(struct view raw, char *buffer, size_t size)
{
	size_t used = 0;
	ssize_t end;

	while ((end = view_find_byte(raw, '\n')) > 0 && used < size) {
		struct view piece;
		size_t length = 0;

		for (ssize_t i = 0; i < end && hex_digit(raw.bytes[i]) >= 0 && length < 1 << 20;
		     i++)
			length = length * 16 + (size_t)hex_digit(raw.bytes[i]);
		raw = view_skip(raw, (size_t)end + 1);
		piece = view_take(view_take(raw, length), size - used);
		if (!piece.size)
			break;
		memcpy(buffer + used, piece.bytes, piece.size);
		used += piece.size;
		raw = view_skip(raw, length + 2); /* CR LF */
	}
	return view_of(buffer, used);
}
