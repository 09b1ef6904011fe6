/* What a header block says, of the fields anybody here wants to know; the others are not kept. */
#ifndef PROTOCOLS_HTTP2_HEAD_H
#define PROTOCOLS_HTTP2_HEAD_H

#include "base/view.h"
#include "model/exchange.h"
#include "protocols/http_field.h"

enum http2_field {
	HTTP2_FIELD_OTHER = 0,
	HTTP2_FIELD_UNKNOWN, /* a name that stands in a part of the table that was not seen */
	HTTP2_FIELD_METHOD,
	HTTP2_FIELD_SCHEME,
	HTTP2_FIELD_AUTHORITY,
	HTTP2_FIELD_PATH,
	HTTP2_FIELD_STATUS,
	HTTP2_FIELD_PROTOCOL,
	HTTP2_FIELD_HOST,
	HTTP2_FIELD_USER_AGENT,
	HTTP2_FIELD_CONTENT_TYPE,
	HTTP2_FIELD_GRPC_STATUS,
	HTTP2_FIELD_GRPC_TIMEOUT,
	HTTP2_FIELD_TRACEPARENT,
	HTTP2_FIELD_TRACESTATE,
	HTTP2_FIELD_SENTRY_TRACE,
	HTTP2_FIELD_BAGGAGE,
	HTTP2_FIELD_B3,
	HTTP2_FIELD_B3_TRACE_ID,
	HTTP2_FIELD_B3_SPAN_ID,
	HTTP2_FIELD_B3_SAMPLED,
	HTTP2_FIELD_REFINED, /* + enum http_field: what refinements of HTTP ask for */
	HTTP2_FIELDS_COUNT = HTTP2_FIELD_REFINED + HTTP_FIELDS_COUNT,
};

#define MAX_HTTP2_VALUE_BYTES 2048 /* of one field; the rest is cut off */

struct http2_head {
	struct view values[HTTP2_FIELDS_COUNT]; /* into text; bytes NULL: not there */
	bool has_unknown; /* a field was left out because its name or its value is not known */
	bool is_cut;      /* the block goes on where it was not captured */
	size_t used_bytes;
	char text[3 * MAX_HTTP2_VALUE_BYTES];
};

void http2_head_init(struct http2_head *head);

/* By its name, which has no upper case in HTTP/2. */
enum http2_field http2_head_find_field(struct view name);

/* The first of a field counts; lines of tracestate and baggage are joined. */
void http2_head_take(struct http2_head *head, enum http2_field field, struct view value);

/* :status as a number, 0 when it is not there or none. */
int http2_head_status(const struct http2_head *head);

void http2_head_propagation(const struct http2_head *head, struct propagation *ret);

/* What refinements ask for. */
void http2_head_refined(const struct http2_head *head, struct view ret_values[HTTP_FIELDS_COUNT]);

#endif
