/* What is remembered of an HTTP/2 connection, and how its units are read (conversation.h). */
#ifndef PROTOCOLS_HTTP2_SESSION_H
#define PROTOCOLS_HTTP2_SESSION_H

#include "protocols/conversation.h"
#include "protocols/http2/hpack_decoder.h"

struct http2_session {
	struct session_budget *budget;
	struct hpack_decoder decoders[2]; /* by the side that sends */
	uint8_t epochs[2];                /* counts the losses of a side */
	uint32_t last_stream;             /* the highest a client opened */
};

int http2_session_begin(void *session, struct session_budget *budget,
			const struct session_start *start);
void http2_session_end(void *session, struct session_budget *budget);
enum parse_result http2_session_read(void *session, struct unit *unit,
				     const struct exchange_sink *sink);
void http2_session_lose(void *session, enum message_kind side);
bool http2_session_resume(void *session, enum message_kind side, struct view bytes,
			  size_t *ret_offset);

#endif
