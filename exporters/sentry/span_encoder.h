/* A span as Sentry has it: one element of `spans`, or the `trace` context of its transaction. */
#ifndef SENTRY_SPAN_ENCODER_H
#define SENTRY_SPAN_ENCODER_H

#include <jansson.h>
#include "base/byte_buffer.h"
#include "model/segment.h"

#define MAX_SPAN_ATTRIBUTES_BYTES    65536 /* as JSON */
#define MAX_ATTRIBUTE_CHARACTERS     2048
#define MAX_DESCRIPTION_CHARACTERS   1024
#define MAX_CONTEXT_ATTRIBUTES_BYTES 7168 /* a context is held to 8 kB as a whole */

/* Attributes in order until the budget is used up; the rest is left out. */
json_t *span_encoder_attributes(const struct attribute_list *attributes, size_t max_bytes);

/* `contexts.trace`: ids, op, origin, status, data. */
json_t *span_encoder_trace_context(const struct segment *segment, const struct span *span);

/* One complete JSON object at the end of out. */
void span_encoder_append(struct byte_buffer *out, const struct segment *segment,
			 const struct span *span);

/* "start_timestamp":…,"timestamp":… without braces; an end before the start becomes the start. */
void span_encoder_append_times(struct byte_buffer *out, const struct span *span);

#endif
