/* Frames of HTTP/2 (RFC 9113 sections 4 and 6): their headers, and which of them can be. */
#ifndef PROTOCOLS_HTTP2_FRAME_H
#define PROTOCOLS_HTTP2_FRAME_H

#include "protocols/protocol.h"

#define HTTP2_FRAME_HEADER_BYTES 9
#define HTTP2_PREFACE_BYTES      24

enum http2_frame_type {
	HTTP2_DATA = 0,
	HTTP2_HEADERS = 1,
	HTTP2_PRIORITY = 2,
	HTTP2_RST_STREAM = 3,
	HTTP2_SETTINGS = 4,
	HTTP2_PUSH_PROMISE = 5,
	HTTP2_PING = 6,
	HTTP2_GOAWAY = 7,
	HTTP2_WINDOW_UPDATE = 8,
	HTTP2_CONTINUATION = 9,
};

#define HTTP2_FLAG_END_STREAM  0x1 /* of SETTINGS and PING: ACK */
#define HTTP2_FLAG_ACK         0x1
#define HTTP2_FLAG_END_HEADERS 0x4
#define HTTP2_FLAG_PADDED      0x8
#define HTTP2_FLAG_PRIORITY    0x20

struct http2_frame {
	uint32_t length; /* without its header */
	uint8_t type;    /* enum http2_frame_type, or one of an extension */
	uint8_t flags;
	uint32_t stream;
	bool has_reserved_bit;
};

/* "PRI * HTTP/2.0" and so on; every client begins with it (RFC 9113 section 3.4). */
extern const char http2_frame_preface[HTTP2_PREFACE_BYTES + 1];

/* bytes has at least HTTP2_FRAME_HEADER_BYTES. */
void http2_frame_read(struct view bytes, struct http2_frame *ret);

/* Can a peer that keeps to the RFC have sent this? Frames of extensions may be anything. */
bool http2_frame_is_possible(const struct http2_frame *frame);

/* The same of one of the RFC's own, with no flag it does not have: what a proof is made of. */
bool http2_frame_is_plain(const struct http2_frame *frame);

/* Where what a DATA, HEADERS or PUSH_PROMISE frame carries begins and ends, without padding and
 * priority. payload may be cut (its size at most frame->length). False: the frame contradicts
 * itself. *ret_size: of the content on the wire; the view has what of it is there. */
bool http2_frame_content(const struct http2_frame *frame, struct view payload,
			 struct view *ret_content, uint64_t *ret_size);

uint32_t http2_frame_number(struct view bytes); /* of four bytes */

/* "CANCEL"; NULL when the RFC has no such code. */
const char *http2_frame_error_name(uint32_t code);

#endif
