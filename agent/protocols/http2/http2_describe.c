/*
 * A request of HTTP/2 is put into the form of HTTP/1 and described as one, so that addresses,
 * queries and credentials are treated alike. What an unknown part of the header table named is left
 * out, and the span says so (limpet.headers.incomplete).
 */
#include "protocols/http2/http2_describe.h"

#include "model/attribute.h"
#include "protocols/http1_describe.h"
#include "protocols/http1_head.h"
#include "protocols/http1_start_line.h"
#include "protocols/http2/grpc_describe.h"
#include "protocols/http2/http2_frame.h"
#include "protocols/http2/http2_stream.h"

static const struct http2_fields *fields_of(const struct message *message)
{
	return (const struct http2_fields *)message->fields;
}

static void mark_unknown(const struct http2_fields *fields, struct span *span, struct arena *arena)
{
	if (fields->has_unknown)
		attribute_set_boolean(&span->attributes, arena, "limpet.headers.incomplete", true);
}

void http2_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena)
{
	const struct http2_fields *fields = fields_of(message);
	struct message http = {.kind = MESSAGE_REQUEST, .is_truncated = message->is_truncated};
	struct http1_fields *line = (struct http1_fields *)http.fields;

	if (fields->is_grpc) {
		grpc_describe_request(fields, exchange, span, arena);
		mark_unknown(fields, span, arena);
		return;
	}
	line->method = fields->method;
	memcpy(line->values, fields->values, sizeof(line->values));
	line->host = fields->authority;
	line->user_agent = fields->user_agent;
	line->minor_version = HTTP1_VERSION_2;
	line->scheme = fields->scheme;
	line->target = fields->path;
	/* Of CONNECT the authority is the target, and so it is where a WebSocket is asked for with
	 * a path (RFC 8441). */
	if (view_equals(fields->method, VIEW_LITERAL("CONNECT")))
		line->target = fields->authority;
	line->is_target_unknown = line->target.size == 0;
	if (line->is_target_unknown)
		line->target = VIEW_LITERAL("");
	http1_describe_request(&http, exchange, span, arena);
	mark_unknown(fields, span, arena);
}

/* A stream that was given up: the code says why, and a client that only wants no more of an answer
 * says CANCEL too. */
static void describe_reset(uint32_t code, struct span *span, struct arena *arena)
{
	const char *name = http2_frame_error_name(code);

	if (code == 0)
		return;
	span->status = STATUS_ERROR;
	attribute_set_static(&span->attributes, arena, "error.type", name ? name : "_OTHER");
}

void http2_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena)
{
	const struct http2_fields *fields = fields_of(message);
	struct message http = {.kind = MESSAGE_RESPONSE};
	struct http1_fields *line = (struct http1_fields *)http.fields;

	if (fields->is_grpc) {
		grpc_describe_response(fields, exchange, span, arena);
		mark_unknown(fields, span, arena);
		return;
	}
	line->status = fields->status;
	memcpy(line->values, fields->values, sizeof(line->values));
	if (fields->status)
		http1_describe_response(&http, exchange, span, arena);
	if (fields->has_reset)
		describe_reset(fields->reset_code, span, arena);
	mark_unknown(fields, span, arena);
}
