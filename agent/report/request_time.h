/*
 * Why one request took so long, by what was sampled of it: on the CPU, or waiting for something
 * that is no call of its own. What a service waits while it calls another is that call's, which
 * has spans and samples of its own: over several services nothing counts twice.
 */
#ifndef REPORT_REQUEST_TIME_H
#define REPORT_REQUEST_TIME_H

#include "model/profile.h"
#include "overview/trace_layout.h"

struct request_span {
	uint64_t start_unix_ns, end_unix_ns;
	uint8_t span_id[SPAN_ID_BYTES];
	uint32_t depth;
};

/* Of one trace, in the order of its waterfall: each span before those below it, by their start. */
struct request_spans {
	struct request_span *spans;
	uint32_t count;
};

struct request_time {
	uint64_t on_ns, waits_ns;
};

int request_spans_init(struct request_spans *ret, const struct trace_layout *layout);
void request_spans_done(struct request_spans *spans);

/* A sample that was taken on behalf of the span with that id; of one that is not among the spans
 * all counts. */
void request_time_add(struct request_time *time, const struct request_spans *spans,
		      const struct profile_sample *sample, const uint8_t span_id[SPAN_ID_BYTES]);

#endif
