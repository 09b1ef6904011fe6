/* The sample segment with ids, randomness and start known, so that output can be compared as a
 * whole. */
#ifndef SUPPORT_KNOWN_SEGMENT_H
#define SUPPORT_KNOWN_SEGMENT_H

#include "sample_segment.h"

#define KNOWN_START_NS     1767607212716204999ull
#define KNOWN_TRACE_ID     "4bf92f3577b34da6a3ce929d0e0e4736"
#define KNOWN_ROOT_SPAN_ID "00f067aa0ba90200"

/* The spans' ids are 00f067aa0ba90200, …01, …02. */
static inline struct segment *known_segment(void)
{
	struct segment *segment = sample_segment(KNOWN_START_NS);

	assert(view_parse_hex(view_of_text(KNOWN_TRACE_ID), segment->trace_id, TRACE_ID_BYTES) ==
	       0);
	segment->sampling.randomness = 0xce929d0e0e4736;
	for (uint32_t i = 0; i < segment->spans_count; i++) {
		struct span *span = segment->spans[i];

		assert(view_parse_hex(view_of_text(KNOWN_ROOT_SPAN_ID), span->span_id,
				      SPAN_ID_BYTES) == 0);
		span->span_id[SPAN_ID_BYTES - 1] = (uint8_t)i;
		if (i > 0)
			memcpy(span->parent_span_id, segment->spans[0]->span_id, SPAN_ID_BYTES);
	}
	return segment;
}

#endif
