/*
 * Messages of AMQP: a method that carries one, its content header, its body; publishes end by the
 * broker's confirms and deliveries by the client's acknowledgements, where these are used.
 */
#ifndef PROTOCOLS_AMQP_MESSAGES_H
#define PROTOCOLS_AMQP_MESSAGES_H

#include "protocols/amqp/amqp_content.h"
#include "protocols/amqp/amqp_key.h"

/* publish, deliver, get-ok, return. */
void amqp_messages_begin(const struct amqp_place *place, const struct amqp_method *method);
void amqp_messages_header(const struct amqp_place *place, const struct amqp_content_header *header);
void amqp_messages_body(const struct amqp_place *place, uint32_t size);

/* basic.return: the publish that could not be routed is remembered until it is confirmed. */
void amqp_messages_return(const struct amqp_place *place, const struct amqp_method *method);
/* The broker's ack and nack. */
void amqp_messages_confirm(const struct amqp_place *place, const struct amqp_method *method);
/* The client's ack, nack and reject. */
void amqp_messages_acknowledge(const struct amqp_place *place, const struct amqp_method *method);

#endif
