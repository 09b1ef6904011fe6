/* HTTP/2 with gRPC and gRPC-Web: a row of the protocol registry. */
#ifndef PROTOCOLS_HTTP2_H
#define PROTOCOLS_HTTP2_H

#include "protocols/protocol.h"

extern const struct protocol protocol_http2;

#endif
