/*
 * A FastCGI request is an HTTP request that a web server took apart: it is put together again and
 * described as one, so that addresses, queries and credentials are treated alike.
 */
#include "protocols/fastcgi_describe.h"

#include "model/attribute.h"
#include "protocols/attribute_text.h"
#include "protocols/fastcgi_params.h"
#include "protocols/http1_describe.h"
#include "protocols/http1_head.h"
#include "protocols/http1_start_line.h"

#define MAX_TARGET_BYTES 4096
#define MAX_SCRIPT_BYTES 1024

static const struct fastcgi_fields *fields_of(const struct message *message)
{
	return (const struct fastcgi_fields *)message->fields;
}

/* A text under construction; what does not fit is cut. */
struct text {
	size_t used;
	char bytes[MAX_TARGET_BYTES];
};

static void append(struct text *text, struct view piece)
{
	piece = view_take(piece, sizeof(text->bytes) - text->used);
	if (piece.size)
		memcpy(text->bytes + text->used, piece.bytes, piece.size);
	text->used += piece.size;
}

static bool is_https(const struct fastcgi_fields *fields)
{
	if (view_equals_ignoring_case(fields->scheme, VIEW_LITERAL("https")))
		return true;
	return fields->https.size && !view_equals_ignoring_case(fields->https, VIEW_LITERAL("off"));
}

/* What the client asked for: "shop.example:8080", or what the server is called. */
static struct view put_host(const struct fastcgi_fields *fields, struct text *text)
{
	size_t start = text->used;

	if (fields->host.size)
		return fields->host;
	append(text, fields->server_name);
	if (fields->server_name.size && fields->server_port.size) {
		append(text, VIEW_LITERAL(":"));
		append(text, fields->server_port);
	}
	return view_of(text->bytes + start, text->used - start);
}

static void put_path(const struct fastcgi_fields *fields, struct text *text)
{
	if (fields->target.size) {
		append(text, fields->target);
		return;
	}
	append(text, fields->script_name);
	if (fields->query.size) {
		append(text, VIEW_LITERAL("?"));
		append(text, fields->query);
	}
}

void fastcgi_describe_request(const struct message *message, const struct exchange *exchange,
			      struct span *span, struct arena *arena)
{
	const struct fastcgi_fields *fields = fields_of(message);
	struct message http = {.kind = MESSAGE_REQUEST, .is_truncated = message->is_truncated};
	struct http1_fields *line = (struct http1_fields *)http.fields;
	struct text host = {.used = 0}, target;

	target.used = 0;
	line->method = fields->method;
	line->host = put_host(fields, &host);
	line->user_agent = fields->user_agent;
	line->minor_version = HTTP1_VERSION_UNKNOWN;
	if (is_https(fields)) {
		append(&target, VIEW_LITERAL("https://"));
		append(&target, line->host);
	}
	put_path(fields, &target);
	line->target = view_of(target.bytes, target.used);
	http1_describe_request(&http, exchange, span, arena);
	attribute_set_static(&span->attributes, arena, "network.protocol.name", "fastcgi");
	if (exchange->is_server && fields->script_filename.size)
		attribute_text_set(&span->attributes, arena, "code.file.path",
				   fields->script_filename, MAX_SCRIPT_BYTES);
}

void fastcgi_describe_response(const struct message *message, const struct exchange *exchange,
			       struct span *span, struct arena *arena)
{
	struct message http = {.kind = MESSAGE_RESPONSE};
	struct http1_fields *line = (struct http1_fields *)http.fields;

	line->status = fields_of(message)->status;
	if (line->status) {
		http1_describe_response(&http, exchange, span, arena);
		return;
	}
	/* It ended without a word: the web server answers in its place. */
	span->status = STATUS_ERROR;
	attribute_set_static(&span->attributes, arena, "error.type", "_OTHER");
}
