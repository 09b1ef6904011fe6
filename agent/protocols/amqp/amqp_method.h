/*
 * The methods of AMQP 0.9.1 with RabbitMQ's extensions (basic.nack, confirm.select, exchange.bind):
 * what they are called, who sends them, what answers them, and the few arguments that a span tells
 * of. Everything else (credentials, tables of arguments, reply texts) is not looked at.
 */
#ifndef PROTOCOLS_AMQP_METHOD_H
#define PROTOCOLS_AMQP_METHOD_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

#define AMQP_ID(class_id, method_id) ((uint32_t)(class_id) << 16 | (method_id))

enum amqp_method_id {
	AMQP_CONNECTION_START = AMQP_ID(10, 10),
	AMQP_CONNECTION_CLOSE = AMQP_ID(10, 50),
	AMQP_CONNECTION_CLOSE_OK = AMQP_ID(10, 51),
	AMQP_CHANNEL_OPEN = AMQP_ID(20, 10),
	AMQP_CHANNEL_CLOSE = AMQP_ID(20, 40),
	AMQP_CHANNEL_CLOSE_OK = AMQP_ID(20, 41),
	AMQP_EXCHANGE_BIND = AMQP_ID(40, 30),
	AMQP_QUEUE_DECLARE = AMQP_ID(50, 10),
	AMQP_QUEUE_DECLARE_OK = AMQP_ID(50, 11),
	AMQP_BASIC_CONSUME = AMQP_ID(60, 20),
	AMQP_BASIC_CONSUME_OK = AMQP_ID(60, 21),
	AMQP_BASIC_CANCEL = AMQP_ID(60, 30),
	AMQP_BASIC_CANCEL_OK = AMQP_ID(60, 31),
	AMQP_BASIC_PUBLISH = AMQP_ID(60, 40),
	AMQP_BASIC_RETURN = AMQP_ID(60, 50),
	AMQP_BASIC_DELIVER = AMQP_ID(60, 60),
	AMQP_BASIC_GET = AMQP_ID(60, 70),
	AMQP_BASIC_GET_OK = AMQP_ID(60, 71),
	AMQP_BASIC_GET_EMPTY = AMQP_ID(60, 72),
	AMQP_BASIC_ACK = AMQP_ID(60, 80),
	AMQP_BASIC_REJECT = AMQP_ID(60, 90),
	AMQP_BASIC_NACK = AMQP_ID(60, 120),
	AMQP_CONFIRM_SELECT = AMQP_ID(85, 10),
};

enum amqp_sender { AMQP_SENT_BY_CLIENT = 1, AMQP_SENT_BY_SERVER = 2, AMQP_SENT_BY_BOTH = 3 };

struct amqp_method_kind {
	uint32_t id;
	const char *name;
	uint8_t sender;    /* enum amqp_sender */
	uint32_t answer;   /* what ends it as a call; 0: it is no call */
	const char *shape; /* its arguments up to the last one of interest (amqp_method.c) */
	uint8_t no_wait;   /* the bit among its bits that says no answer comes; 0: none */
};

struct amqp_method {
	const struct amqp_method_kind *kind;
	struct view exchange, routing_key, queue, consumer_tag;
	uint64_t delivery_tag;
	uint16_t reply_code;
	uint8_t bits;
	bool is_no_wait;
};

/* NULL: AMQP has no such method. */
const struct amqp_method_kind *amqp_method_find(uint32_t id);

/* The payload of a method frame, or its beginning. False: its arguments are not what the method
 * has; with is_cut they may end too early, and are empty from there on. */
bool amqp_method_read(struct view payload, bool is_cut, struct amqp_method *ret);

/* basic.publish: mandatory; basic.ack and basic.nack: multiple; basic.consume: no-ack. */
bool amqp_method_is_mandatory(const struct amqp_method *method);
bool amqp_method_is_multiple(const struct amqp_method *method);
bool amqp_method_is_without_ack(const struct amqp_method *method);

/* "NOT_FOUND", as RabbitMQ says it; NULL: no such code. */
const char *amqp_method_reply_name(uint16_t reply_code);

#endif
