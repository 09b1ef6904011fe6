/* A span, in OpenTelemetry's terms. It lives in the arena of its segment, as do all its strings. */
#ifndef MODEL_SPAN_H
#define MODEL_SPAN_H

#include <stdbool.h>
#include <stdint.h>
#include "model/attribute.h"

#define TRACE_ID_BYTES 16
#define SPAN_ID_BYTES  8

/* Values as in opentelemetry.proto.trace.v1.Span.SpanKind. */
enum span_kind {
	SPAN_INTERNAL = 1,
	SPAN_SERVER = 2,
	SPAN_CLIENT = 3,
	SPAN_PRODUCER = 4,
	SPAN_CONSUMER = 5
};

/* Values as in Status.StatusCode. */
enum span_status { STATUS_UNSET = 0, STATUS_OK = 1, STATUS_ERROR = 2 };

/* How the parent link is known: attribute limpet.parent.source. */
enum parent_source {
	PARENT_NONE,       /* a root */
	PARENT_HEADER,     /* traceparent, sentry-trace, b3 */
	PARENT_CONNECTION, /* the other end of the connection was seen on this host */
	PARENT_THREAD,     /* the only request open on the thread that made the call */
};

struct span {
	uint8_t span_id[SPAN_ID_BYTES];
	uint8_t parent_span_id[SPAN_ID_BYTES]; /* valid unless parent_source is PARENT_NONE */
	enum parent_source parent_source;
	bool is_parent_remote;
	enum span_kind kind;
	enum span_status status;
	bool is_incomplete; /* its end was never seen: closed at process exit or after a bound */
	uint64_t start_unix_ns;
	uint64_t end_unix_ns;
	struct view name;
	const char *operation; /* Sentry op, static: "http.server", "http.client", "tcp.client" */
	const char *origin;    /* Sentry origin, static: "auto.http.ebpf" */
	struct view status_message; /* only with STATUS_ERROR, may be empty */
	int http_status;            /* 0 when there is none; decides the Sentry status word */
	struct attribute_list attributes;
	uint32_t notes; /* of its protocol's describe functions, until its exchange ends; 0: it
			   wants to see no body */
};

/* "header", "connection", "thread"; NULL for PARENT_NONE. */
const char *span_parent_source_word(enum parent_source source);

#endif
