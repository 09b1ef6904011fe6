/* A header block on the wire: a HEADERS or PUSH_PROMISE frame and the CONTINUATION frames that
 * follow it (RFC 9113 section 4.3), put together. */
#ifndef PROTOCOLS_HTTP2_BLOCK_H
#define PROTOCOLS_HTTP2_BLOCK_H

#include "protocols/http2/http2_frame.h"

#define MAX_HTTP2_BLOCK_BYTES                                                                      \
	32768 /* of one that comes in several frames; the rest is not read                         \
	       */

struct http2_block {
	struct view content; /* of the one frame, or into text */
	bool is_whole;
	uint64_t size; /* of all its frames on the wire, headers included */
	size_t used_bytes;
	char text[MAX_HTTP2_BLOCK_BYTES];
};

/* bytes begin with the first frame. PARSE_NEED_MORE is not said with is_final. */
enum parse_result http2_block_read(struct view bytes, bool is_final, struct http2_block *ret);

#endif
