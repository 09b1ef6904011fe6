/*
 * GraphQL over HTTP: the operation a request asks for, read from the beginning of its body (POST)
 * or from its URL (GET), and proven by the language itself, whatever the path. Attributes and names
 * by the semantic conventions 1.44; the document is left out, for it carries literals.
 */
#include "protocols/graphql/graphql.h"

#include "protocols/graphql/graphql_body.h"

static bool begins_with(struct view text, struct view word)
{
	return view_equals_ignoring_case(view_take(text, word.size), word);
}

static void set_operation(const struct graphql_operation *operation, struct span *span,
			  struct arena *arena)
{
	span->notes |= HTTP_NOTE_GRAPHQL;
	if (operation->type)
		attribute_set_static(&span->attributes, arena, "graphql.operation.type",
				     operation->type);
	if (operation->name.size)
		attribute_set_string(&span->attributes, arena, "graphql.operation.name",
				     operation->name);
}

static void take_request(const struct http_facts *facts, const struct exchange *exchange,
			 struct span *span, struct arena *arena)
{
	struct view type = facts->fields[HTTP_FIELD_CONTENT_TYPE];
	struct graphql_request request;

	(void)exchange;
	if (view_equals(facts->method, VIEW_LITERAL("POST"))) {
		if (begins_with(type, VIEW_LITERAL("application/json")) ||
		    begins_with(type, VIEW_LITERAL("application/graphql+json")))
			span->notes |= HTTP_NOTE_GRAPHQL_BODY;
		else if (begins_with(type, VIEW_LITERAL("application/graphql")))
			span->notes |= HTTP_NOTE_GRAPHQL_BODY | HTTP_NOTE_GRAPHQL_TEXT;
		return;
	}
	if (view_equals(facts->method, VIEW_LITERAL("GET")) &&
	    graphql_body_read_query(facts->query, &request))
		set_operation(&request.operation, span, arena);
}

static void take_body(enum message_kind kind, struct view bytes, const struct exchange *exchange,
		      struct span *span, struct arena *arena)
{
	char buffer[MAX_GRAPHQL_TEXT_BYTES];
	struct graphql_request request;
	bool is_text = span->notes & HTTP_NOTE_GRAPHQL_TEXT;

	if (kind != MESSAGE_REQUEST || !(span->notes & HTTP_NOTE_GRAPHQL_BODY))
		return;
	/* Its first piece is all that is looked at. */
	span->notes &= ~HTTP_NOTE_GRAPHQL_BODY;
	if (exchange->request_body_bytes)
		return;
	if (span->notes & HTTP_NOTE_IS_CHUNKED_REQUEST)
		bytes = graphql_body_dechunk(bytes, buffer, sizeof(buffer));
	if (is_text ? graphql_body_read_document(bytes, &request)
		    : graphql_body_read_json(bytes, &request))
		set_operation(&request.operation, span, arena);
}

static bool take_response(const struct http_facts *facts, const struct exchange *exchange,
			  struct span *span, struct arena *arena)
{
	struct view type = attribute_string(&span->attributes, "graphql.operation.type");

	(void)facts;
	(void)exchange;
	(void)arena;
	if (!(span->notes & HTTP_NOTE_GRAPHQL))
		return false;
	span->name = type.size ? type : VIEW_LITERAL("GraphQL Operation");
	return true;
}

const struct http_refinement graphql_refinement = {
	.name = "graphql",
	.take_request = take_request,
	.take_body = take_body,
	.take_response = take_response,
};
