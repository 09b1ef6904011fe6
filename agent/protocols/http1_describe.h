/* HTTP exchanges as spans, by the OpenTelemetry semantic conventions 1.44. */
#ifndef PROTOCOLS_HTTP1_DESCRIBE_H
#define PROTOCOLS_HTTP1_DESCRIBE_H

#include "protocols/protocol.h"

void http1_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena);
void http1_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena);

#endif
