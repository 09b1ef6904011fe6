/*
 * Collects the wanted fields of one header block while it is decoded, in a buffer of its own: the
 * decoders hand out views that die with the next field. Of everything else (cookies, credentials)
 * no byte is kept.
 */
#include "protocols/http2/http2_head.h"

#include <stddef.h>

static const struct {
	struct view name;
	enum http2_field field;
} wanted[] = {
	{{":method", 7}, HTTP2_FIELD_METHOD},
	{{":scheme", 7}, HTTP2_FIELD_SCHEME},
	{{":authority", 10}, HTTP2_FIELD_AUTHORITY},
	{{":path", 5}, HTTP2_FIELD_PATH},
	{{":status", 7}, HTTP2_FIELD_STATUS},
	{{":protocol", 9}, HTTP2_FIELD_PROTOCOL},
	{{"host", 4}, HTTP2_FIELD_HOST},
	{{"user-agent", 10}, HTTP2_FIELD_USER_AGENT},
	{{"content-type", 12}, HTTP2_FIELD_CONTENT_TYPE},
	{{"grpc-status", 11}, HTTP2_FIELD_GRPC_STATUS},
	{{"grpc-timeout", 12}, HTTP2_FIELD_GRPC_TIMEOUT},
	{{"traceparent", 11}, HTTP2_FIELD_TRACEPARENT},
	{{"tracestate", 10}, HTTP2_FIELD_TRACESTATE},
	{{"sentry-trace", 12}, HTTP2_FIELD_SENTRY_TRACE},
	{{"baggage", 7}, HTTP2_FIELD_BAGGAGE},
	{{"b3", 2}, HTTP2_FIELD_B3},
	{{"x-b3-traceid", 12}, HTTP2_FIELD_B3_TRACE_ID},
	{{"x-b3-spanid", 11}, HTTP2_FIELD_B3_SPAN_ID},
	{{"x-b3-sampled", 12}, HTTP2_FIELD_B3_SAMPLED},
};

void http2_head_init(struct http2_head *head)
{
	memset(head, 0, offsetof(struct http2_head, text));
}

enum http2_field http2_head_find_field(struct view name)
{
	enum http_field refined;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (view_equals(name, wanted[i].name))
			return wanted[i].field;
	refined = http_field_find(name);
	if (refined == HTTP_FIELDS_COUNT || refined == HTTP_FIELD_AUTHORIZATION)
		return HTTP2_FIELD_OTHER;
	return (enum http2_field)(HTTP2_FIELD_REFINED + (int)refined);
}

static void append(struct http2_head *head, struct view *slot, struct view piece)
{
	piece = view_take(piece, sizeof(head->text) - head->used_bytes);
	if (slot->size + piece.size > MAX_HTTP2_VALUE_BYTES)
		piece = view_take(piece, MAX_HTTP2_VALUE_BYTES - slot->size);
	if (piece.size)
		memcpy(head->text + head->used_bytes, piece.bytes, piece.size);
	head->used_bytes += piece.size;
	slot->size += piece.size;
}

/* Lists are whole or they end before what does not fit: half a member is none. */
static void join(struct http2_head *head, struct view *slot, struct view value)
{
	if (slot->bytes + slot->size != head->text + head->used_bytes ||
	    slot->size + 1 + value.size > MAX_HTTP2_VALUE_BYTES ||
	    head->used_bytes + 1 + value.size > sizeof(head->text))
		return;
	append(head, slot, VIEW_LITERAL(","));
	append(head, slot, value);
}

void http2_head_take(struct http2_head *head, enum http2_field field, struct view value)
{
	struct view *slot = &head->values[field];

	if (field == HTTP2_FIELD_OTHER)
		return;
	if (field == HTTP2_FIELD_UNKNOWN) {
		head->has_unknown = true;
		return;
	}
	if (!slot->bytes) {
		slot->bytes = head->text + head->used_bytes;
		append(head, slot, value);
		return;
	}
	if (field == HTTP2_FIELD_TRACESTATE || field == HTTP2_FIELD_BAGGAGE)
		join(head, slot, value);
}

int http2_head_status(const struct http2_head *head)
{
	struct view text = head->values[HTTP2_FIELD_STATUS];
	int status = 0;

	if (text.size != 3)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		if (text.bytes[i] < (i == 0 ? '1' : '0') || text.bytes[i] > '9')
			return 0;
		status = status * 10 + text.bytes[i] - '0';
	}
	return status;
}

void http2_head_propagation(const struct http2_head *head, struct propagation *ret)
{
	const struct view *values = head->values;

	*ret = (struct propagation){
		.traceparent = values[HTTP2_FIELD_TRACEPARENT],
		.tracestate = values[HTTP2_FIELD_TRACESTATE],
		.sentry_trace = values[HTTP2_FIELD_SENTRY_TRACE],
		.baggage = values[HTTP2_FIELD_BAGGAGE],
		.b3 = values[HTTP2_FIELD_B3],
		.b3_trace_id = values[HTTP2_FIELD_B3_TRACE_ID],
		.b3_span_id = values[HTTP2_FIELD_B3_SPAN_ID],
		.b3_sampled = values[HTTP2_FIELD_B3_SAMPLED],
	};
}

void http2_head_refined(const struct http2_head *head, struct view ret_values[HTTP_FIELDS_COUNT])
{
	memcpy(ret_values, head->values + HTTP2_FIELD_REFINED,
	       HTTP_FIELDS_COUNT * sizeof(*ret_values));
	ret_values[HTTP_FIELD_CONTENT_TYPE] = head->values[HTTP2_FIELD_CONTENT_TYPE];
	ret_values[HTTP_FIELD_USER_AGENT] = head->values[HTTP2_FIELD_USER_AGENT];
}
