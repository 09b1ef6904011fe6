/* What a stream is known by between its frames, and what its messages tell the describe functions.
 */
#ifndef PROTOCOLS_HTTP2_STREAM_H
#define PROTOCOLS_HTTP2_STREAM_H

#include "protocols/conversation.h"
#include "protocols/http2/grpc_messages.h"
#include "protocols/http2/http2_head.h"

/* In the pair state of its exchange. */
struct http2_stream {
	struct grpc_messages messages[2]; /* by enum message_kind */
	int16_t status;                   /* of the final response, 0 until it came */
	int16_t grpc_status;              /* + 1; 0: not seen */
	uint8_t epochs[2];                /* of its sides when it began */
	bool is_grpc : 1;
	bool is_answered : 1;
	bool has_timeout : 1;
};

_Static_assert(sizeof(struct http2_stream) <= PROTOCOL_PAIR_STATE_BYTES, "fits the exchange");

/* Read back from message->fields. */
struct http2_fields {
	struct view method, scheme, authority, path, user_agent; /* empty: not known */
	bool has_unknown;                                        /* something was left out */
	bool is_grpc;
	bool has_reset;
	bool is_cancelled_late; /* reset by a client that had set a deadline: which of the two it
				   was is not told */
	uint32_t reset_code;
	int status;      /* 0: not known */
	int grpc_status; /* GRPC_STATUS_UNKNOWN: not known */
	uint32_t message_counts[2];
	bool has_message_counts[2];
	struct view values[HTTP_FIELDS_COUNT]; /* of this head, what refinements ask for */
};

_Static_assert(sizeof(struct http2_fields) <= MESSAGE_FIELDS_BYTES, "fits the message");

/* The content type of gRPC or gRPC-Web. */
bool http2_stream_is_grpc_type(struct view content_type);

/* A request's header block; the views in the message are the head's. */
void http2_stream_open(struct http2_stream *stream, const struct http2_head *head,
		       struct message *ret);

/* A response's, or its trailers. False: an interim response, which says nothing. */
bool http2_stream_take_head(struct http2_stream *stream, const struct http2_head *head);

/* What is known of the answer by now. */
void http2_stream_answer(const struct http2_stream *stream, bool has_unknown, struct message *ret);

#endif
