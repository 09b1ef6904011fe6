/* Where an HTTP/1 message ends (RFC 9112 section 6.3), from its fields and its request. */
#ifndef PROTOCOLS_HTTP1_FRAMING_H
#define PROTOCOLS_HTTP1_FRAMING_H

#include "protocols/http1_start_line.h"

struct http1_framing {
	uint64_t length;
	bool has_length;
	bool is_length_invalid; /* not a number, or two that differ */
	bool has_coding;        /* a transfer coding other than identity */
	bool is_chunked;        /* and the last one is chunked */
};

/* One Content-Length or Transfer-Encoding line, in the order of the head. */
void http1_framing_add_length(struct http1_framing *framing, struct view value);
void http1_framing_add_coding(struct http1_framing *framing, struct view value);

/* False when the end cannot be known for sure: the message is invalid. */
bool http1_framing_of_request(const struct http1_framing *framing, struct message *message);
bool http1_framing_of_response(const struct http1_framing *framing, int status,
			       const unsigned char *pair_state, struct message *message);

/* Keeps for the response what it must know of its request. */
void http1_framing_note_request(const struct http1_start_line *line, unsigned char *pair_state);

#endif
