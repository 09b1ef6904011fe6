/* Heads of HTTP/1 messages: start line, fields, and what they say about the body. */
#ifndef PROTOCOLS_HTTP1_HEAD_H
#define PROTOCOLS_HTTP1_HEAD_H

#include "protocols/http_field.h"
#include "protocols/protocol.h"

#define MAX_HTTP1_HEAD_BYTES 65536
#define MAX_HTTP1_LINES      1024 /* field lines of one head */

/* What the describe functions read back from message->fields. A value that was folded over several
 * lines still has its line breaks in it. */
struct http1_fields {
	struct view method;
	struct view target; /* its beginning, when the message is truncated in the request line */
	struct view host;
	struct view user_agent;
	int status;
	uint8_t minor_version;
	/* Of requests that other protocols put together. */
	struct view scheme; /* where the target has none */
	bool is_target_unknown;
	struct view values[HTTP_FIELDS_COUNT]; /* what refinements ask for */
};

_Static_assert(sizeof(struct http1_fields) <= MESSAGE_FIELDS_BYTES, "fits the message");

enum parse_result http1_head_parse(enum message_kind kind, struct view bytes, bool is_final,
				   unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES],
				   struct message *ret_message, size_t *ret_consumed);

#endif
