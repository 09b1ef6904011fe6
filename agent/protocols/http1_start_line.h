/* Start lines of HTTP/1: the proof that a stream speaks it, and the first line of every head. */
#ifndef PROTOCOLS_HTTP1_START_LINE_H
#define PROTOCOLS_HTTP1_START_LINE_H

#include "protocols/protocol.h"

#define MAX_HTTP1_METHOD_BYTES 64
#define MAX_HTTP1_TARGET_BYTES 16384

#define HTTP1_VERSION_UNKNOWN 255 /* the line was cut before it */
#define HTTP1_VERSION_2       254 /* HTTP/2, described as its elder */

struct http1_start_line {
	struct view method; /* requests; what was seen of it when the result is not PARSE_DONE */
	struct view target;
	int status;            /* responses, 100 to 999; 0 when not PARSE_DONE */
	uint8_t minor_version; /* of HTTP/1.x, or HTTP1_VERSION_UNKNOWN */
	size_t size; /* up to the version or the status; the end of the line is not looked at */
};

/* A character of a token (RFC 9110 section 5.6.2): methods and field names are made of them. */
extern const bool http1_start_line_tokens[256];

static inline bool http1_start_line_is_token(char c)
{
	return http1_start_line_tokens[(unsigned char)c];
}

/* CR and LF in front of a start line, which RFC 9112 section 2.2 asks to skip. */
size_t http1_start_line_skip_blank(struct view bytes);

enum parse_result http1_start_line_read(enum message_kind kind, struct view bytes,
					struct http1_start_line *ret);

enum detect_result http1_start_line_detect(struct view bytes);

#endif
