/*
 * Keys of AMQP's exchanges: a kind, a channel and a number of its own. Calls and publishes are
 * counted, deliveries have their tags; a window says which numbers may still be open.
 */
#ifndef PROTOCOLS_AMQP_KEY_H
#define PROTOCOLS_AMQP_KEY_H

#include "protocols/amqp/amqp_channels.h"

enum amqp_key_kind { AMQP_KEY_CALL = 1, AMQP_KEY_PUBLISH = 2, AMQP_KEY_DELIVERY = 3 };

#define AMQP_KEY_BITS   46
#define AMQP_KEY_NUMBER ((UINT64_C(1) << AMQP_KEY_BITS) - 1)

/* Where a method or a piece of content moved. */
struct amqp_place {
	struct amqp_session *session;
	struct amqp_channel *channel; /* NULL for connection.* */
	enum message_kind side;
	const struct exchange_sink *sink;
};

/* Kept with an exchange (exchange_sink.state). */
struct amqp_pair {
	uint32_t method;
	bool is_mandatory, is_returned;
	uint64_t destination_hash;
};

uint64_t amqp_key_of(enum amqp_key_kind kind, const struct amqp_channel *channel, uint64_t number);
/* NULL: it is not open. */
struct amqp_pair *amqp_key_pair(const struct amqp_place *place, uint64_t key);
uint64_t amqp_key_destination(struct view exchange, struct view routing_key);

/* Answers and ends it, if it is open. */
void amqp_key_settle(const struct amqp_place *place, uint64_t key, struct message *message);
/* The same, saying how it went. */
void amqp_key_settle_with(const struct amqp_place *place, uint64_t key, uint16_t reply_code,
			  bool is_nack);
/* Numbers at its beginning that are not open any more leave the window. */
void amqp_key_shrink(const struct amqp_place *place, struct amqp_window *window,
		     enum amqp_key_kind kind);

#endif
