/* Streams of HTTP/2 as spans: HTTP's attributes, or gRPC's where that is what they carry. */
#ifndef PROTOCOLS_HTTP2_DESCRIBE_H
#define PROTOCOLS_HTTP2_DESCRIBE_H

#include "protocols/protocol.h"

void http2_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena);
void http2_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena);

#endif
