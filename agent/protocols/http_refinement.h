/*
 * The interface of what refines HTTP: APIs with conventions of their own that HTTP/1 and HTTP/2
 * carry. A const table and one row in http_refinements.c. A refinement claims an exchange only when
 * its bytes prove it, never by a port or a host's name; it keeps no memory but its bits of
 * span->notes and what it set on the span. It never copies a literal, an identifier of a record or
 * a credential: names of operations and collections only.
 */
#ifndef PROTOCOLS_HTTP_REFINEMENT_H
#define PROTOCOLS_HTTP_REFINEMENT_H

#include "model/exchange.h"
#include "model/span.h"
#include "protocols/http_field.h"

/* What is known of an exchange at one of its steps. */
struct http_facts {
	struct view method;
	struct view path;
	struct view query; /* as it came with a request; by the time of its answer without values */
	struct view host;  /* without its port */
	uint8_t minor_version; /* of HTTP/1, or HTTP1_VERSION_... */
	bool is_https;
	int status;                /* of the answer; 0: none yet */
	const struct view *fields; /* by enum http_field: of the head that is looked at */
};

/* Bits of span->notes. Of a refinement they say what its request was; HTTP's own: */
#define HTTP_NOTE_REFINED            (1u << 0) /* somebody's: the others are not asked */
#define HTTP_NOTE_IS_CHUNKED_REQUEST (1u << 1)
#define HTTP_NOTE_GRAPHQL_BODY       (1u << 2) /* its body may say what is asked */
#define HTTP_NOTE_GRPC_WEB           (1u << 3)
#define HTTP_NOTE_GRPC_WEB_TEXT      (1u << 4)
#define HTTP_NOTE_OPENSEARCH         (1u << 5) /* the client says it is one of OpenSearch's */
#define HTTP_NOTE_ELASTICSEARCH      (1u << 6)
#define HTTP_NOTE_S3_COPY            (1u << 7)
#define HTTP_NOTE_GRAPHQL            (1u << 8) /* it has asked for an operation */
#define HTTP_NOTE_GRAPHQL_TEXT       (1u << 9) /* its body is the document */
#define HTTP_NOTE_SENTRY_ENVELOPE    (1u << 10)

struct http_refinement {
	const char *name;

	/* The steps of an exchange, in their order; each may be NULL. At the request's head: sets
	 * notes. */
	void (*take_request)(const struct http_facts *facts, const struct exchange *exchange,
			     struct span *span, struct arena *arena);
	/* What was captured of a body; only the first refinement whose bits are set needs to look.
	 */
	void (*take_body)(enum message_kind kind, struct view bytes,
			  const struct exchange *exchange, struct span *span, struct arena *arena);
	/* At the head of the final answer, HTTP's own attributes are set: true when it is one of
	 * its exchanges, which it has named and described then. */
	bool (*take_response)(const struct http_facts *facts, const struct exchange *exchange,
			      struct span *span, struct arena *arena);
};

#endif
