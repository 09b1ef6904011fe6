/*
 * Which traces the page has room for: the failed ones and the slowest, a few of each operation, and
 * a sample of the others. Each is kept as the text the page will have of it, so that neither many
 * traces nor large ones take memory. Delivery thread of the report.
 */
#ifndef REPORT_KEPT_TRACES_H
#define REPORT_KEPT_TRACES_H

#include "exporters/json_writer.h"
#include "overview/operation_table.h"
#include "overview/trace_layout.h"
#include "report/request_time.h"

#define MAX_SHELF_TRACES   15
#define MAX_SHELF_SAME     3 /* of one operation, on a shelf of the slowest */
#define KEPT_SHELVES_COUNT 3

enum kept_reason { KEPT_FAILED, KEPT_SLOWEST, KEPT_SAMPLED };

struct kept_trace {
	struct operation_key operation; /* it is a trace of */
	uint64_t duration_ns;
	uint8_t trace_id[TRACE_ID_BYTES];
	struct request_spans spans;
	char *json;
	size_t json_bytes;
};

struct trace_shelf {
	struct kept_trace traces[MAX_SHELF_TRACES];
	uint32_t count;
};

/* Zeroed: empty. */
struct kept_traces {
	struct trace_shelf shelves[KEPT_SHELVES_COUNT]; /* by enum kept_reason */
	uint64_t seen_count, failed_count;
	uint64_t others_count; /* that the sample was drawn of */
	uint64_t random;
};

void kept_traces_done(struct kept_traces *kept);

/* The layout stays the caller's. -ENOMEM: it would have been kept. */
int kept_traces_offer(struct kept_traces *kept, const struct trace_layout *layout);

/* The value of the page's "traces". */
void kept_traces_append(struct json_writer *writer, const void *kept);

#endif
