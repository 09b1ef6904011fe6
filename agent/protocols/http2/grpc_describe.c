/*
 * Names, attributes and status of gRPC calls. The conventions have no attribute for how many
 * messages a call had, so those are limpet.rpc.*; the kind of streaming follows from them as far as
 * it can be seen (a stream of one message looks like none).
 */
#include "protocols/http2/grpc_describe.h"

#include <stdio.h>
#include "model/attribute.h"
#include "model/span.h"
#include "protocols/attribute_text.h"
#include "protocols/endpoint.h"
#include "protocols/http1_url.h"
#include "protocols/http2/grpc_status.h"
#include "protocols/http2/http2_frame.h"

#define MAX_METHOD_BYTES 512
#define MAX_HOST_BYTES   255
#define UNIMPLEMENTED    12

/* "pkg.Service/Method" of "/pkg.Service/Method"; empty when the path is something else. */
static struct view method_of(struct view path)
{
	ssize_t slash;

	if (path.size < 4 || path.size > MAX_METHOD_BYTES || path.bytes[0] != '/')
		return (struct view){0};
	path = view_skip(path, 1);
	slash = view_find_byte(path, '/');
	if (slash <= 0 || (size_t)slash + 1 == path.size || view_find_byte(path, '?') >= 0)
		return (struct view){0};
	return path;
}

static void describe_server(const struct http2_fields *fields, const struct exchange *exchange,
			    struct span *span, struct arena *arena)
{
	bool is_unix = exchange->connection && exchange->connection->family == FAMILY_UNIX;
	bool is_https = view_equals_ignoring_case(fields->scheme, VIEW_LITERAL("https"));
	struct http1_url url;
	struct view host;
	uint16_t port;

	http1_url_split(fields->authority, true, &url);
	if (!http1_url_split_authority(url.authority, &host, &port)) {
		endpoint_describe_server(exchange, span, arena);
		return;
	}
	attribute_text_set(&span->attributes, arena, "server.address", host, MAX_HOST_BYTES);
	if (is_unix)
		return;
	if (port == 0)
		port = is_https ? 443 : 80;
	attribute_set_integer(&span->attributes, arena, "server.port", port);
}

static void begin_span(const struct exchange *exchange, struct span *span, struct arena *arena)
{
	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = exchange->is_server ? "grpc.server" : "grpc.client";
	span->origin = "auto.grpc.ebpf";
	span->name = VIEW_LITERAL("grpc");
	attribute_set_static(&span->attributes, arena, "rpc.system.name", "grpc");
}

void grpc_describe_request(const struct http2_fields *fields, const struct exchange *exchange,
			   struct span *span, struct arena *arena)
{
	struct view method = method_of(fields->path);

	begin_span(exchange, span, arena);
	if (method.size) {
		attribute_text_set(&span->attributes, arena, "rpc.method", method,
				   MAX_METHOD_BYTES);
		span->name = attribute_string(&span->attributes, "rpc.method");
	}
	describe_server(fields, exchange, span, arena);
	endpoint_describe(exchange, span, arena);
	attribute_set_static(&span->attributes, arena, "network.protocol.name", "http");
	attribute_set_static(&span->attributes, arena, "network.protocol.version", "2");
}

/* A server that says so does not know the method: anybody may have made it up. */
static void withdraw_method(struct span *span, struct arena *arena)
{
	struct view method = attribute_string(&span->attributes, "rpc.method");

	if (!method.size || view_equals(method, VIEW_LITERAL("_OTHER")))
		return;
	attribute_set_string(&span->attributes, arena, "rpc.method_original", method);
	attribute_set_static(&span->attributes, arena, "rpc.method", "_OTHER");
	span->name = VIEW_LITERAL("grpc");
}

static void describe_status(int status, const struct exchange *exchange, struct span *span,
			    struct arena *arena)
{
	const char *name = grpc_status_name(status);
	char number[16];

	snprintf(number, sizeof(number), "%d", status);
	attribute_set_string(&span->attributes, arena, "rpc.response.status_code",
			     view_of_text(name ? name : number));
	if (status == UNIMPLEMENTED && exchange->is_server)
		withdraw_method(span, arena);
	if (!grpc_status_is_error(status, exchange->is_server))
		return;
	span->status = STATUS_ERROR;
	attribute_set_string(&span->attributes, arena, "error.type",
			     view_of_text(name ? name : number));
}

/* A client that resets a call may have run out of time or changed its mind: which of the two is on
 * the wire only where it had set itself no time. */
static void describe_reset(const struct http2_fields *fields, const struct exchange *exchange,
			   struct span *span, struct arena *arena)
{
	if (!fields->is_cancelled_late) {
		describe_status(grpc_status_of_reset(fields->reset_code), exchange, span, arena);
		return;
	}
	if (exchange->is_server)
		return;
	span->status = STATUS_ERROR;
	attribute_set_static(&span->attributes, arena, "error.type", "CANCEL");
}

static void describe_messages(const struct http2_fields *fields, struct span *span,
			      struct arena *arena)
{
	bool is_many[2];

	for (int side = 0; side < 2; side++) {
		is_many[side] = fields->message_counts[side] > 1;
		if (fields->has_message_counts[side])
			attribute_set_integer(&span->attributes, arena,
					      side == MESSAGE_REQUEST
						      ? "limpet.rpc.request.messages"
						      : "limpet.rpc.response.messages",
					      fields->message_counts[side]);
	}
	if (!fields->has_message_counts[0] || !fields->has_message_counts[1])
		return;
	if (is_many[MESSAGE_REQUEST] || is_many[MESSAGE_RESPONSE])
		attribute_set_static(&span->attributes, arena, "limpet.rpc.streaming",
				     !is_many[MESSAGE_RESPONSE]  ? "client"
				     : !is_many[MESSAGE_REQUEST] ? "server"
								 : "bidi");
}

void grpc_describe_response(const struct http2_fields *fields, const struct exchange *exchange,
			    struct span *span, struct arena *arena)
{
	/* The request's content type was not known. */
	if (!attribute_find(&span->attributes, "rpc.system.name"))
		begin_span(exchange, span, arena);
	describe_messages(fields, span, arena);
	if (fields->has_reset && fields->grpc_status < 0)
		describe_reset(fields, exchange, span, arena);
	else if (fields->grpc_status >= 0)
		describe_status(fields->grpc_status, exchange, span, arena);
}
