/*
 * Keys of AMQP's exchanges and how they are settled: by the answer to a call, the broker's word on
 * a publish, the client's on a delivery, or the end of their channel.
 */
#include "protocols/amqp/amqp_key.h"

#include "protocols/amqp/amqp_fields.h"

#define NO_ROUTE 312

uint64_t amqp_key_of(enum amqp_key_kind kind, const struct amqp_channel *channel, uint64_t number)
{
	return (uint64_t)kind << 62 | (uint64_t)channel->number << AMQP_KEY_BITS |
	       (number & AMQP_KEY_NUMBER);
}

struct amqp_pair *amqp_key_pair(const struct amqp_place *place, uint64_t key)
{
	return (struct amqp_pair *)place->sink->state(place->sink->self, key);
}

uint64_t amqp_key_destination(struct view exchange, struct view routing_key)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < exchange.size; i++)
		hash = (hash ^ (uint8_t)exchange.bytes[i]) * 0x100000001b3;
	hash = (hash ^ 0x100) * 0x100000001b3;
	for (size_t i = 0; i < routing_key.size; i++)
		hash = (hash ^ (uint8_t)routing_key.bytes[i]) * 0x100000001b3;
	return hash;
}

void amqp_key_settle(const struct amqp_place *place, uint64_t key, struct message *message)
{
	if (!amqp_key_pair(place, key))
		return;
	place->sink->answer(place->sink->self, key, message);
	place->sink->end(place->sink->self, key);
}

void amqp_key_settle_with(const struct amqp_place *place, uint64_t key, uint16_t reply_code,
			  bool is_nack)
{
	struct message message = {.kind = MESSAGE_RESPONSE};
	struct amqp_fields *fields = (struct amqp_fields *)message.fields;
	struct amqp_pair *pair = amqp_key_pair(place, key);

	if (!pair)
		return;
	fields->method = pair->method;
	fields->reply_code = pair->is_returned && !reply_code ? NO_ROUTE : reply_code;
	fields->is_nack = is_nack;
	amqp_key_settle(place, key, &message);
}

void amqp_key_shrink(const struct amqp_place *place, struct amqp_window *window,
		     enum amqp_key_kind kind)
{
	while (window->low < window->next &&
	       !amqp_key_pair(place, amqp_key_of(kind, place->channel, window->low)))
		window->low++;
}
