/* gRPC-Web over HTTP/1, a refinement of HTTP. */
#ifndef PROTOCOLS_GRPC_WEB_H
#define PROTOCOLS_GRPC_WEB_H

#include "protocols/http_refinement.h"

extern const struct http_refinement grpc_web_refinement;

#endif
