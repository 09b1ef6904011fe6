/*
 * Attributes, names and status of HTTP spans. The raw path is an attribute and never part of a
 * name; values of a query and credentials stay out altogether. Sizes of bodies and the route are
 * set later by the tracing room, which knows them.
 */
#include "protocols/http1_describe.h"

#include <stdio.h>
#include "protocols/attribute_text.h"
#include "protocols/endpoint.h"
#include "protocols/http1_head.h"
#include "protocols/http1_start_line.h"
#include "protocols/http1_url.h"
#include "protocols/http_refinements.h"

#define MAX_PATH_BYTES       1024
#define MAX_QUERY_BYTES      1024
#define MAX_URL_BYTES        2048
#define MAX_USER_AGENT_BYTES 256
#define MAX_HOST_BYTES       255

/* RFC 9110, RFC 5789 and QUERY, as the conventions list them. Method names have case. */
static const char *const known_methods[] = {
	"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "QUERY",
};

static const char *find_method(struct view method)
{
	for (size_t i = 0; i < sizeof(known_methods) / sizeof(known_methods[0]); i++)
		if (method.size && method.bytes[0] == known_methods[i][0] &&
		    view_equals(method, view_of_text(known_methods[i])))
			return known_methods[i];
	return NULL;
}

static const struct http1_fields *fields_of(const struct message *message)
{
	return (const struct http1_fields *)message->fields;
}

static void describe_method(struct view method, struct span *span, struct arena *arena)
{
	const char *known = find_method(method);

	if (known) {
		attribute_set_static(&span->attributes, arena, "http.request.method", known);
		span->name = view_of_text(known);
		return;
	}
	attribute_set_static(&span->attributes, arena, "http.request.method", "_OTHER");
	if (method.size)
		attribute_text_set(&span->attributes, arena, "http.request.method_original", method,
				   MAX_HTTP1_METHOD_BYTES);
	span->name = VIEW_LITERAL("HTTP");
}

static bool is_tls(const struct exchange *exchange)
{
	return exchange->connection && exchange->connection->is_tls;
}

static struct view scheme_of(const struct http1_url *url, const struct exchange *exchange)
{
	if (url->scheme.size)
		return url->scheme;
	return is_tls(exchange) ? VIEW_LITERAL("https") : VIEW_LITERAL("http");
}

/* The target's authority, else the Host field. */
static struct view authority_of(const struct http1_url *url, const struct http1_fields *fields)
{
	return url->authority.size ? url->authority : fields->host;
}

static void split_target(const struct http1_fields *fields, struct http1_url *ret)
{
	const char *end = fields->target.bytes + fields->target.size;

	http1_url_split(fields->target, view_equals(fields->method, VIEW_LITERAL("CONNECT")), ret);
	if (fields->is_target_unknown)
		ret->path = (struct view){0};
	if (!ret->scheme.size)
		ret->scheme = fields->scheme;
	/* Cut in its authority, a target may show credentials whose "@" was not captured. */
	if (fields->minor_version == HTTP1_VERSION_UNKNOWN && ret->authority.size &&
	    ret->authority.bytes + ret->authority.size == end)
		ret->authority = (struct view){0};
}

static void describe_server(const struct http1_url *url, const struct http1_fields *fields,
			    const struct exchange *exchange, struct span *span, struct arena *arena)
{
	bool is_unix = exchange->connection && exchange->connection->family == FAMILY_UNIX;
	struct view host;
	uint16_t port;

	if (!http1_url_split_authority(authority_of(url, fields), &host, &port)) {
		endpoint_describe_server(exchange, span, arena);
		return;
	}
	if (port == 0)
		port = view_equals_ignoring_case(scheme_of(url, exchange), VIEW_LITERAL("https"))
			       ? 443
			       : 80;
	attribute_text_set(&span->attributes, arena, "server.address", host, MAX_HOST_BYTES);
	if (!is_unix)
		attribute_set_integer(&span->attributes, arena, "server.port", port);
}

static void describe_target_for_server(const struct http1_url *url, const struct exchange *exchange,
				       struct span *span, struct arena *arena)
{
	char query[MAX_QUERY_BYTES];
	size_t size;

	attribute_text_set(&span->attributes, arena, "url.scheme", scheme_of(url, exchange),
			   MAX_HOST_BYTES);
	if (url->path.size)
		attribute_text_set(&span->attributes, arena, "url.path", url->path, MAX_PATH_BYTES);
	if (url->query.size == 0)
		return;
	size = http1_url_redact_query(url->query, query, sizeof(query));
	if (size)
		attribute_text_set(&span->attributes, arena, "url.query", view_of(query, size),
				   MAX_QUERY_BYTES);
}

/* A text under construction; what does not fit is left out and nothing follows it. */
struct text {
	size_t used;
	bool is_full;
	char bytes[MAX_URL_BYTES];
};

static void append(struct text *text, struct view piece)
{
	size_t left = sizeof(text->bytes) - text->used;

	if (text->is_full)
		return;
	text->is_full = piece.size > left;
	piece = view_take(piece, left);
	if (piece.size)
		memcpy(text->bytes + text->used, piece.bytes, piece.size);
	text->used += piece.size;
}

static void append_endpoint(struct text *url, const struct exchange *exchange)
{
	struct endpoint peer = {0};
	char port[8];

	if (exchange->connection && exchange->connection->family != FAMILY_UNIX)
		endpoint_peer(exchange->connection, &peer);
	if (peer.address.size == 0) {
		append(url, VIEW_LITERAL("localhost"));
		return;
	}
	if (view_find_byte(peer.address, ':') >= 0) {
		append(url, VIEW_LITERAL("["));
		append(url, peer.address);
		append(url, VIEW_LITERAL("]"));
	} else {
		append(url, peer.address);
	}
	if (peer.port && peer.port != (is_tls(exchange) ? 443 : 80)) {
		snprintf(port, sizeof(port), ":%u", peer.port);
		append(url, view_of_text(port));
	}
}

static void append_authority(struct text *text, const struct http1_url *url,
			     const struct http1_fields *fields, const struct exchange *exchange)
{
	struct view authority = authority_of(url, fields);
	struct http1_url of_host;

	/* The Host field goes through the same door as an authority, so that credentials somebody
	 * put there do not pass. */
	http1_url_split(authority, true, &of_host);
	if (url->has_credentials || of_host.has_credentials)
		append(text, VIEW_LITERAL("REDACTED:REDACTED@"));
	if (of_host.authority.size)
		append(text, of_host.authority);
	else
		append_endpoint(text, exchange);
}

static void describe_target_for_client(const struct http1_url *url,
				       const struct http1_fields *fields,
				       const struct exchange *exchange, struct span *span,
				       struct arena *arena)
{
	struct text text;

	text.used = 0;
	text.is_full = false;
	append(&text, scheme_of(url, exchange));
	append(&text, VIEW_LITERAL("://"));
	append_authority(&text, url, fields, exchange);
	if (!view_equals(url->path, VIEW_LITERAL("*")))
		append(&text, view_take(url->path, MAX_PATH_BYTES));
	if (url->query.size && text.used < sizeof(text.bytes)) {
		append(&text, VIEW_LITERAL("?"));
		text.used += http1_url_redact_query(url->query, text.bytes + text.used,
						    sizeof(text.bytes) - text.used);
	}
	attribute_text_set(&span->attributes, arena, "url.full", view_of(text.bytes, text.used),
			   MAX_URL_BYTES);
}

static void describe_version(uint8_t minor_version, struct span *span, struct arena *arena)
{
	if (minor_version == HTTP1_VERSION_2)
		attribute_set_static(&span->attributes, arena, "network.protocol.version", "2");
	else if (minor_version != HTTP1_VERSION_UNKNOWN)
		attribute_set_static(&span->attributes, arena, "network.protocol.version",
				     minor_version == 0 ? "1.0" : "1.1");
}

/* What bytes of the request's own say that HTTP's attributes leave out. */
static void refine_request(const struct message *message, const struct http1_url *url,
			   const struct exchange *exchange, struct span *span, struct arena *arena)
{
	const struct http1_fields *fields = fields_of(message);
	struct http_facts facts = {
		.method = fields->method,
		.path = url->path,
		.query = url->query,
		.host = authority_of(url, fields),
		.minor_version = fields->minor_version,
		.is_https =
			view_equals_ignoring_case(scheme_of(url, exchange), VIEW_LITERAL("https")),
		.fields = fields->values,
	};

	if (message->framing == BODY_CHUNKED)
		span->notes |= HTTP_NOTE_IS_CHUNKED_REQUEST;
	http_refinements_take_request(&facts, exchange, span, arena);
}

void http1_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena)
{
	const struct http1_fields *fields = fields_of(message);
	struct http1_url url;

	split_target(fields, &url);
	refine_request(message, &url, exchange, span, arena);
	if (span->notes & HTTP_NOTE_GRPC_WEB)
		return;
	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = exchange->is_server ? "http.server" : "http.client";
	span->origin = "auto.http.ebpf";
	describe_method(fields->method, span, arena);
	if (exchange->is_server)
		describe_target_for_server(&url, exchange, span, arena);
	else if (!fields->is_target_unknown)
		describe_target_for_client(&url, fields, exchange, span, arena);
	describe_server(&url, fields, exchange, span, arena);
	endpoint_describe(exchange, span, arena);
	describe_version(fields->minor_version, span, arena);
	if (exchange->is_server && fields->user_agent.size)
		attribute_text_set(&span->attributes, arena, "user_agent.original",
				   fields->user_agent, MAX_USER_AGENT_BYTES);
}

void http1_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena)
{
	const struct http1_fields *fields = fields_of(message);
	int status = fields->status;
	char text[4] = {(char)('0' + status / 100 % 10), (char)('0' + status / 10 % 10),
			(char)('0' + status % 10), '\0'};

	if (!(span->notes & HTTP_NOTE_GRPC_WEB)) {
		span->http_status = status;
		attribute_set_integer(&span->attributes, arena, "http.response.status_code",
				      status);
	}
	if (!(span->notes & HTTP_NOTE_GRPC_WEB) && status >= (exchange->is_server ? 500 : 400)) {
		span->status = STATUS_ERROR;
		attribute_set_string(&span->attributes, arena, "error.type", view_of(text, 3));
	}
	http_refinements_take_response(status, fields->values, exchange, span, arena);
}
