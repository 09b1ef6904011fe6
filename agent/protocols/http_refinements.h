/* All refinements of HTTP, asked by the describe functions of HTTP/1 and HTTP/2. */
#ifndef PROTOCOLS_HTTP_REFINEMENTS_H
#define PROTOCOLS_HTTP_REFINEMENTS_H

#include "protocols/http_refinement.h"

/* In the order they are asked; NULL ends the list. */
extern const struct http_refinement *const http_refinements[];

/* The request's head, once HTTP described it. */
void http_refinements_take_request(const struct http_facts *facts, const struct exchange *exchange,
				   struct span *span, struct arena *arena);

/* As describe_body of protocol.h. */
void http_refinements_take_body(enum message_kind kind, struct view bytes,
				const struct exchange *exchange, struct span *span,
				struct arena *arena);

/* The final answer's head, once HTTP described it: what is known of the request is read back from
 * the span. */
void http_refinements_take_response(int status, const struct view *fields,
				    const struct exchange *exchange, struct span *span,
				    struct arena *arena);

#endif
