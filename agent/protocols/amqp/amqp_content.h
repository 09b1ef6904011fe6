/*
 * The content header of a message in AMQP 0.9.1: the size of its body and, of its properties, the
 * identifiers and the trace context among the headers. The rest is passed over.
 */
#ifndef PROTOCOLS_AMQP_CONTENT_H
#define PROTOCOLS_AMQP_CONTENT_H

#include "model/exchange.h"

struct amqp_content_header {
	uint64_t body_size;
	struct view message_id, correlation_id;
	struct propagation propagation;
};

/* The payload of a content header frame. False: it is none. What was cut, or what cannot be read,
 * is left empty. */
bool amqp_content_read(struct view payload, struct amqp_content_header *ret);

#endif
