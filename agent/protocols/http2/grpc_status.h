/* Status codes of gRPC, and which of them are an error to whom. */
#ifndef PROTOCOLS_HTTP2_GRPC_STATUS_H
#define PROTOCOLS_HTTP2_GRPC_STATUS_H

#include "base/view.h"

/* The number of a grpc-status field; -1 when it is none. */
int grpc_status_read(struct view text);

/* "DEADLINE_EXCEEDED"; NULL when gRPC has no such code. */
const char *grpc_status_name(int status);

/* By the semantic conventions: to a client everything but OK, to a server what it is to blame for.
 */
bool grpc_status_is_error(int status, bool is_server);

/* What a client makes of an answer without grpc-status, by the mappings of gRPC's specification. */
int grpc_status_of_http(int http_status);
int grpc_status_of_reset(uint32_t error_code);

#endif
