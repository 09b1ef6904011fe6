/* AMQP 0.9.1 as RabbitMQ speaks it: see amqp.c. */
#ifndef PROTOCOLS_AMQP_H
#define PROTOCOLS_AMQP_H

#include "protocols/protocol.h"

extern const struct protocol protocol_amqp;

#endif
