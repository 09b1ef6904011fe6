/* Chunked bodies (RFC 9112 section 7.1): counted, never kept. */
#ifndef PROTOCOLS_HTTP1_BODY_H
#define PROTOCOLS_HTTP1_BODY_H

#include "protocols/protocol.h"

/* Zeroed at the start of a body. */
struct http1_body_state {
	uint64_t size;          /* of the chunk whose size line is being read */
	uint32_t trailer_bytes; /* seen of all trailers */
	uint16_t line_bytes;    /* seen of the present size line */
	uint8_t phase;
	bool is_last_chunk;
};

_Static_assert(sizeof(struct http1_body_state) <= PROTOCOL_BODY_STATE_BYTES, "fits the caller's");

/*
 * As protocol.h says. *ret_skip bytes are taken as gone by: the next call's bytes begin behind
 * them, whether they were captured or not, and *ret_payload already has them.
 */
enum parse_result http1_body_parse(void *body_state, struct view bytes, size_t *ret_consumed,
				   uint64_t *ret_skip, uint64_t *ret_payload);

bool http1_body_ends(struct view tail);

#endif
