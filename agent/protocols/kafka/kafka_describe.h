/* Spans of Kafka by the messaging conventions. */
#ifndef PROTOCOLS_KAFKA_DESCRIBE_H
#define PROTOCOLS_KAFKA_DESCRIBE_H

#include "protocols/protocol.h"

void kafka_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena);
void kafka_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena);

#endif
