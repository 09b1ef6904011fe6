/* Calls of gRPC and gRPC-Web as spans, by the semantic conventions 1.44 for RPC. */
#ifndef PROTOCOLS_HTTP2_GRPC_DESCRIBE_H
#define PROTOCOLS_HTTP2_GRPC_DESCRIBE_H

#include "protocols/http2/http2_stream.h"

void grpc_describe_request(const struct http2_fields *fields, const struct exchange *exchange,
			   struct span *span, struct arena *arena);
void grpc_describe_response(const struct http2_fields *fields, const struct exchange *exchange,
			    struct span *span, struct arena *arena);

#endif
