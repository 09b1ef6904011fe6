/* The trailers at the end of a gRPC-Web body. */
#ifndef PROTOCOLS_GRPC_WEB_TRAILER_H
#define PROTOCOLS_GRPC_WEB_TRAILER_H

#include "base/view.h"

/* The status in a trailer frame that lies whole in these bytes of a body, chunked or not; -1: none
 * is there. is_text: the body is base64. */
int grpc_web_trailer_status(struct view bytes, bool is_text);

#endif
