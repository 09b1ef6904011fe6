/*
 * A segment as Sentry's transaction event. The root span becomes the event and its trace context,
 * the others its spans. Held to Sentry's 1 MiB per item: what does not fit is the last spans.
 */
#ifndef SENTRY_TRANSACTION_ENCODER_H
#define SENTRY_TRANSACTION_ENCODER_H

#include "base/byte_buffer.h"
#include "exporters/sentry/host_context.h"
#include "model/segment.h"

#define MAX_TRANSACTION_BYTES 1048576
#define EVENT_ID_BYTES        16

struct transaction_summary {
	/* Derived from trace and span id, so that an attempt repeated after a lost answer is the
	 * same event to the server. */
	char event_id[2 * EVENT_ID_BYTES + 1];
	uint32_t dropped_spans_count; /* never in the segment, or not in the payload */
};

/* Appends to out, whose cap must leave room for MAX_TRANSACTION_BYTES and one span more (two of
 * them are enough). 0, -EINVAL for a segment without spans, -ENOMEM. */
int transaction_encoder_encode(struct byte_buffer *out, const struct segment *segment,
			       const struct host_context *host,
			       struct transaction_summary *ret_summary);

/* "route", "url" or "custom": how the name came about. */
const char *transaction_encoder_source(const struct segment *segment);

#endif
