/*
 * gRPC-Web over HTTP/1: a call is described as over HTTP/2, where its frames are followed
 * (http2/grpc_messages.c). Here only the heads and what was captured of the bodies are there: the
 * status is taken from the answer's head or from trailers that can be seen, and left out otherwise;
 * messages are not counted.
 */
#include "protocols/grpc_web/grpc_web.h"

#include "protocols/grpc_web/grpc_web_trailer.h"
#include "protocols/http2/grpc_describe.h"
#include "protocols/http2/grpc_status.h"
#include "protocols/http2/http2_stream.h"

#define HTTP_OK 200

static bool begins_with(struct view text, struct view word)
{
	return view_equals_ignoring_case(view_take(text, word.size), word);
}

static bool is_text(struct view type)
{
	return begins_with(type, VIEW_LITERAL("application/grpc-web-text"));
}

static void take_request(const struct http_facts *facts, const struct exchange *exchange,
			 struct span *span, struct arena *arena)
{
	struct view type = facts->fields[HTTP_FIELD_CONTENT_TYPE];
	struct http2_fields fields = {
		.scheme = facts->is_https ? VIEW_LITERAL("https") : VIEW_LITERAL("http"),
		.authority = facts->host,
		.path = facts->path,
	};

	if (!begins_with(type, VIEW_LITERAL("application/grpc-web")) ||
	    !view_equals(facts->method, VIEW_LITERAL("POST")))
		return;
	span->notes |= HTTP_NOTE_GRPC_WEB;
	if (is_text(type))
		span->notes |= HTTP_NOTE_GRPC_WEB_TEXT;
	grpc_describe_request(&fields, exchange, span, arena);
	attribute_set_static(&span->attributes, arena, "network.protocol.version",
			     facts->minor_version ? "1.1" : "1.0");
}

static void answer(int status, const struct exchange *exchange, struct span *span,
		   struct arena *arena)
{
	struct http2_fields fields = {.grpc_status = status};

	grpc_describe_response(&fields, exchange, span, arena);
}

static bool take_response(const struct http_facts *facts, const struct exchange *exchange,
			  struct span *span, struct arena *arena)
{
	struct view type = facts->fields[HTTP_FIELD_CONTENT_TYPE];
	int status = grpc_status_read(facts->fields[HTTP_FIELD_GRPC_STATUS]);

	if (!(span->notes & HTTP_NOTE_GRPC_WEB))
		return false;
	if (status < 0 && facts->status != HTTP_OK)
		status = grpc_status_of_http(facts->status);
	span->notes &= ~HTTP_NOTE_GRPC_WEB_TEXT;
	if (is_text(type))
		span->notes |= HTTP_NOTE_GRPC_WEB_TEXT;
	if (status >= 0)
		answer(status, exchange, span, arena);
	return true;
}

static void take_body(enum message_kind kind, struct view bytes, const struct exchange *exchange,
		      struct span *span, struct arena *arena)
{
	int status;

	if (kind != MESSAGE_RESPONSE || !(span->notes & HTTP_NOTE_GRPC_WEB) ||
	    attribute_find(&span->attributes, "rpc.response.status_code"))
		return;
	status = grpc_web_trailer_status(bytes, span->notes & HTTP_NOTE_GRPC_WEB_TEXT);
	if (status >= 0)
		answer(status, exchange, span, arena);
}

const struct http_refinement grpc_web_refinement = {
	.name = "grpc-web",
	.take_request = take_request,
	.take_body = take_body,
	.take_response = take_response,
};
