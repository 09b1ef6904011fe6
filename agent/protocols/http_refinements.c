/*
 * The list of refinements, and the steps of an exchange on which each is asked. The first that
 * claims an exchange has it. What a refinement wants to know of the request when the answer comes
 * is on the span already: the method, the path, the names in the query.
 */
#include "protocols/http_refinements.h"

#include <stddef.h>
#include "protocols/elasticsearch/elasticsearch.h"
#include "protocols/graphql/graphql.h"
#include "protocols/grpc_web/grpc_web.h"
#include "protocols/http1_url.h"
#include "protocols/s3/s3.h"
#include "protocols/telemetry/telemetry.h"

const struct http_refinement *const http_refinements[] = {
	&elasticsearch_refinement, /* Elasticsearch, OpenSearch */
	&s3_refinement,            /* AWS S3 and what speaks like it */
	&graphql_refinement,       /* GraphQL over HTTP */
	&grpc_web_refinement,      /* gRPC-Web over HTTP/1 */
	&telemetry_refinement,     /* what SDKs of OpenTelemetry and Sentry send */
	NULL,
};

void http_refinements_take_request(const struct http_facts *facts, const struct exchange *exchange,
				   struct span *span, struct arena *arena)
{
	for (const struct http_refinement *const *row = http_refinements; *row; row++)
		if ((*row)->take_request)
			(*row)->take_request(facts, exchange, span, arena);
}

void http_refinements_take_body(enum message_kind kind, struct view bytes,
				const struct exchange *exchange, struct span *span,
				struct arena *arena)
{
	for (const struct http_refinement *const *row = http_refinements; *row; row++)
		if ((*row)->take_body)
			(*row)->take_body(kind, bytes, exchange, span, arena);
}

/* "http://host:port/path?names" of a client, path and query apart of a server. */
static void read_back(const struct span *span, struct http_facts *facts)
{
	struct view full = attribute_string(&span->attributes, "url.full");
	struct http1_url url;

	facts->method = attribute_string(&span->attributes, "http.request.method");
	facts->host = attribute_string(&span->attributes, "server.address");
	facts->path = attribute_string(&span->attributes, "url.path");
	facts->query = attribute_string(&span->attributes, "url.query");
	if (!full.size)
		return;
	http1_url_split(full, false, &url);
	facts->path = url.path;
	facts->query = url.query;
}

void http_refinements_take_response(int status, const struct view *fields,
				    const struct exchange *exchange, struct span *span,
				    struct arena *arena)
{
	struct http_facts facts = {.status = status, .fields = fields};

	if (span->notes & HTTP_NOTE_REFINED) /* more of an answer's head, which said it before */
		return;
	read_back(span, &facts);
	for (const struct http_refinement *const *row = http_refinements; *row; row++)
		if ((*row)->take_response && (*row)->take_response(&facts, exchange, span, arena)) {
			span->notes |= HTTP_NOTE_REFINED;
			return;
		}
}
