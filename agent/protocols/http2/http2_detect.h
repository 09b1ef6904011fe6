/* The proof that a stream speaks HTTP/2. */
#ifndef PROTOCOLS_HTTP2_DETECT_H
#define PROTOCOLS_HTTP2_DETECT_H

#include "protocols/protocol.h"

enum detect_result http2_detect(struct view bytes);

/* Where does a frame begin in these bytes of one call, on proof? last_stream: the highest seen so
 * far on the connection, 0 when none was. */
bool http2_detect_boundary(struct view bytes, uint32_t last_stream, size_t *ret_offset);

#endif
