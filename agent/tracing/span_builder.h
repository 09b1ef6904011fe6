/*
 * From an exchange to a span: the one place where bytes of a message are copied. Times become Unix
 * time here. Capture thread.
 */
#ifndef TRACING_SPAN_BUILDER_H
#define TRACING_SPAN_BUILDER_H

#include "model/exchange.h"
#include "model/segment.h"
#include "tracing/route_guesser.h"

struct span_builder {
	struct route_guesser *routes; /* NULL: http.route stays empty */
};

/* At the request: kind, begin, attributes, name. message is NULL for a call over an unknown
 * protocol. */
void span_builder_begin(const struct span_builder *builder, const struct exchange *exchange,
			const struct message *message, struct segment *segment, struct span *span,
			uint64_t unix_offset_ns);

/* At the response's head. */
void span_builder_respond(const struct exchange *exchange, const struct message *message,
			  struct segment *segment, struct span *span);

/* What was captured of a body, for those who asked for it. */
void span_builder_show(const struct exchange *exchange, enum message_kind kind, struct view bytes,
		       struct segment *segment, struct span *span);

/* At the end: times, sizes, what was lost of it. */
void span_builder_finish(const struct exchange *exchange, struct segment *segment,
			 struct span *span, uint64_t unix_offset_ns);

#endif
