/* What the reader of AMQP tells its describe functions, in message->fields. */
#ifndef PROTOCOLS_AMQP_FIELDS_H
#define PROTOCOLS_AMQP_FIELDS_H

#include "protocols/amqp/amqp_method.h"

struct amqp_fields {
	uint32_t method; /* of the exchange; in an answer, what was answered */
	struct view exchange, routing_key, queue;
	struct view message_id, correlation_id;
	uint64_t delivery_tag; /* 0: none */
	uint64_t body_size;
	bool has_body_size;
	bool is_nack;
	uint16_t reply_code; /* in an answer: why it failed; 0: it did not */
};

#endif
