/*
 * Builds spans by the semantic conventions (1.44). What a protocol knows it says itself
 * (describe_*); what is common to all, times, sizes, route, thread, marks of loss, is written here.
 */
#include "tracing/span_builder.h"

#include "protocols/endpoint.h"
#include "protocols/protocol.h"
#include "protocols/tls_record.h"

#define MAX_ROUTE_BYTES 256

/* The conventions leave http.route to the framework; limpet.route.source says that this one was
 * guessed. */
static void guess_route(const struct span_builder *builder, struct segment *segment,
			struct span *span)
{
	struct view path = attribute_string(&span->attributes, "url.path");
	char buffer[MAX_ROUTE_BYTES];
	struct view route;

	if (!builder->routes || span->kind != SPAN_SERVER || view_is_empty(path))
		return;
	route = route_guesser_guess(builder->routes, segment->resource->service_name, path, buffer,
				    sizeof(buffer));
	if (view_is_empty(route))
		return;
	attribute_set_string(&span->attributes, &segment->arena, "http.route", route);
	attribute_set_static(&span->attributes, &segment->arena, "limpet.route.source", "guessed");
	span->name = arena_join(&segment->arena, span->name, VIEW_LITERAL(" "), route);
}

/* A client's call over a protocol nobody parsed: who was called, and how much moved. */
static void describe_call(const struct exchange *exchange, struct segment *segment,
			  struct span *span)
{
	const struct connection_identity *connection = exchange->connection;
	struct arena *arena = &segment->arena;

	span->origin = "auto.network.ebpf";
	endpoint_describe(exchange, span, arena);
	endpoint_describe_server(exchange, span, arena);
	if (connection->family == FAMILY_UNIX) {
		span->operation = "unix.client";
		span->name = arena_copy(arena, VIEW_LITERAL("UNIX call"));
		return;
	}
	span->operation = "tcp.client";
	span->name = arena_format(arena, connection->is_ciphertext ? "TLS :%u" : "TCP :%u",
				  connection->peer_port);
	attribute_set_static(&span->attributes, arena, "network.transport", "tcp");
}

/* What carried it. Of what nobody sees inside, whom it was meant for says more than the address. */
static void describe_tls(const struct connection_identity *connection, struct arena *arena,
			 struct span *span)
{
	const char *version = tls_record_version(connection->tls.version);
	struct view name = view_of_text(connection->tls.server_name);

	if (connection->is_ciphertext && name.size)
		attribute_set_string(&span->attributes, arena, "server.address", name);
	attribute_set_static(&span->attributes, arena, "tls.protocol.name",
			     version && connection->tls.version == 0x0300 ? "ssl" : "tls");
	if (version)
		attribute_set_static(&span->attributes, arena, "tls.protocol.version", version);
}

void span_builder_begin(const struct span_builder *builder, const struct exchange *exchange,
			const struct message *message, struct segment *segment, struct span *span,
			uint64_t unix_offset_ns)
{
	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->start_unix_ns = exchange->start_ns + unix_offset_ns;
	span->end_unix_ns = span->start_unix_ns;
	if (exchange->protocol && message)
		exchange->protocol->describe_request(message, exchange, span, &segment->arena);
	else
		describe_call(exchange, segment, span);
	if (exchange->connection &&
	    (exchange->connection->is_tls || exchange->connection->is_ciphertext))
		describe_tls(exchange->connection, &segment->arena, span);
	guess_route(builder, segment, span);
	attribute_set_integer(&span->attributes, &segment->arena, "thread.id",
			      exchange->request_tid);
}

void span_builder_respond(const struct exchange *exchange, const struct message *message,
			  struct segment *segment, struct span *span)
{
	if (exchange->protocol && message)
		exchange->protocol->describe_response(message, exchange, span, &segment->arena);
}

void span_builder_show(const struct exchange *exchange, enum message_kind kind, struct view bytes,
		       struct segment *segment, struct span *span)
{
	if (span->notes && exchange->protocol && exchange->protocol->describe_body)
		exchange->protocol->describe_body(kind, bytes, exchange, span, &segment->arena);
}

static void set_http_sizes(const struct exchange *exchange, struct arena *arena, struct span *span)
{
	struct attribute_list *list = &span->attributes;

	if (exchange->request_bytes)
		attribute_set_integer(list, arena, "http.request.size", exchange->request_bytes);
	if (exchange->has_request_body_bytes)
		attribute_set_integer(list, arena, "http.request.body.size",
				      exchange->request_body_bytes);
	if (exchange->response_bytes)
		attribute_set_integer(list, arena, "http.response.size", exchange->response_bytes);
	if (exchange->has_response_body_bytes)
		attribute_set_integer(list, arena, "http.response.body.size",
				      exchange->response_body_bytes);
}

static void set_call_sizes(const struct exchange *exchange, struct arena *arena, struct span *span)
{
	attribute_set_integer(&span->attributes, arena, "limpet.request.size",
			      exchange->request_bytes);
	attribute_set_integer(&span->attributes, arena, "limpet.response.size",
			      exchange->response_bytes);
}

static void mark_aborted(const struct exchange *exchange, struct arena *arena, struct span *span)
{
	span->is_incomplete = true;
	/* Where bytes were lost, its answer may have been among them. */
	if (exchange->is_lossy && exchange->protocol && exchange->protocol->conversation)
		return;
	/* A status already known (a response that broke off) says more. */
	if (!attribute_find(&span->attributes, "error.type"))
		attribute_set_static(&span->attributes, arena, "error.type",
				     exchange->is_timed_out ? "timeout" : "connection_closed");
	span->status = STATUS_ERROR;
}

void span_builder_finish(const struct exchange *exchange, struct segment *segment,
			 struct span *span, uint64_t unix_offset_ns)
{
	struct arena *arena = &segment->arena;

	span->end_unix_ns = exchange->end_ns + unix_offset_ns;
	if (span->end_unix_ns < span->start_unix_ns)
		span->end_unix_ns = span->start_unix_ns;
	if (exchange->response_start_ns > exchange->start_ns)
		attribute_set_integer(&span->attributes, arena, "limpet.time_to_first_byte_ns",
				      (int64_t)(exchange->response_start_ns - exchange->start_ns));
	/* An RPC over HTTP has no sizes of HTTP's. */
	if (exchange->protocol && exchange->protocol->is_http &&
	    !attribute_find(&span->attributes, "rpc.system.name"))
		set_http_sizes(exchange, arena, span);
	else if (!exchange->protocol)
		set_call_sizes(exchange, arena, span);
	if (exchange->is_lossy)
		attribute_set_boolean(&span->attributes, arena, "limpet.lossy", true);
	if (exchange->is_aborted)
		mark_aborted(exchange, arena, span);
}
