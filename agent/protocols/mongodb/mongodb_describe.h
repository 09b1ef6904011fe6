/* MongoDB exchanges as spans. */
#ifndef PROTOCOLS_MONGODB_MONGODB_DESCRIBE_H
#define PROTOCOLS_MONGODB_MONGODB_DESCRIBE_H

#include "protocols/protocol.h"

void mongodb_describe_request(const struct message *message, const struct exchange *exchange,
			      struct span *span, struct arena *arena);
void mongodb_describe_response(const struct message *message, const struct exchange *exchange,
			       struct span *span, struct arena *arena);

#endif
