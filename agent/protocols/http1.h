/* HTTP/1.0 and HTTP/1.1 (RFC 9112, RFC 9110): heads are read, bodies are only counted. */
#ifndef PROTOCOLS_HTTP1_H
#define PROTOCOLS_HTTP1_H

#include "protocols/protocol.h"

extern const struct protocol protocol_http1;

#endif
