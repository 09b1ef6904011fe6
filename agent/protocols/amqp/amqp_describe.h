/* Spans of AMQP by the messaging conventions, with RabbitMQ's names for destinations. */
#ifndef PROTOCOLS_AMQP_DESCRIBE_H
#define PROTOCOLS_AMQP_DESCRIBE_H

#include "protocols/protocol.h"

void amqp_describe_request(const struct message *message, const struct exchange *exchange,
			   struct span *span, struct arena *arena);
void amqp_describe_response(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena);

#endif
