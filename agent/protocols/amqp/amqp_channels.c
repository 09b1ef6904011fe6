/*
 * The memory of a connection of AMQP. Channels are made when they are first used and stay until the
 * connection ends; there are at most as many as RabbitMQ allows by default, and what does not fit
 * into the budget is not remembered.
 */
#include "protocols/amqp/amqp_channels.h"

#include <stdlib.h>

static void *allocate(struct session_budget *budget, size_t size)
{
	void *memory;

	if (size > budget->max_bytes || budget->used_bytes > budget->max_bytes - size)
		return NULL;
	memory = calloc(1, size);
	if (memory)
		budget->used_bytes += size;
	return memory;
}

static void release(struct session_budget *budget, void *memory, size_t size)
{
	if (memory)
		budget->used_bytes -= size;
	free(memory);
}

void amqp_text_set(struct amqp_text *text, struct view v)
{
	text->size = (uint8_t)view_take(v, AMQP_MAX_TEXT).size;
	if (text->size)
		memcpy(text->bytes, v.bytes, text->size);
}

struct view amqp_text_view(const struct amqp_text *text)
{
	return view_of(text->bytes, text->size);
}

static void free_consumers(struct amqp_session *session, struct amqp_channel *channel)
{
	while (channel->consumers) {
		struct amqp_consumer *consumer = channel->consumers;

		channel->consumers = consumer->next;
		release(session->budget, consumer, sizeof(*consumer));
	}
	channel->consumer_count = 0;
}

void amqp_channels_done(struct amqp_session *session)
{
	for (uint32_t i = 0; i < session->capacity; i++) {
		if (!session->channels[i])
			continue;
		free_consumers(session, session->channels[i]);
		release(session->budget, session->channels[i], sizeof(*session->channels[i]));
	}
	release(session->budget, session->channels,
		session->capacity * sizeof(session->channels[0]));
	session->channels = NULL;
	session->capacity = 0;
}

struct amqp_channel *amqp_channels_find(struct amqp_session *session, uint16_t number)
{
	return number < session->capacity ? session->channels[number] : NULL;
}

static bool grow(struct amqp_session *session, uint16_t number)
{
	uint32_t capacity = 8;
	struct amqp_channel **channels;

	while (capacity <= number)
		capacity *= 2;
	channels = allocate(session->budget, capacity * sizeof(channels[0]));
	if (!channels)
		return false;
	if (session->capacity)
		memcpy(channels, session->channels, session->capacity * sizeof(channels[0]));
	release(session->budget, session->channels, session->capacity * sizeof(channels[0]));
	session->channels = channels;
	session->capacity = capacity;
	return true;
}

struct amqp_channel *amqp_channels_get(struct amqp_session *session, uint16_t number)
{
	struct amqp_channel *channel = amqp_channels_find(session, number);

	if (channel)
		return channel;
	if (!number || number >= AMQP_MAX_CHANNELS)
		return NULL;
	if (number >= session->capacity && !grow(session, number))
		return NULL;
	channel = allocate(session->budget, sizeof(*channel));
	if (!channel)
		return NULL;
	channel->number = number;
	channel->is_count_lost = session->is_uncertain;
	session->channels[number] = channel;
	return channel;
}

/* The numbers go on, so that no key is used twice. */
void amqp_channels_reset(struct amqp_session *session, struct amqp_channel *channel)
{
	free_consumers(session, channel);
	channel->content[MESSAGE_REQUEST].stage = AMQP_CONTENT_NONE;
	channel->content[MESSAGE_RESPONSE].stage = AMQP_CONTENT_NONE;
	channel->calls.low = channel->calls.next;
	channel->publishes.low = channel->publishes.next;
	channel->deliveries = (struct amqp_window){0};
	channel->is_confirming = false;
	channel->is_count_lost = false;
	channel->has_acks = false;
}

static void drop_unnamed(struct amqp_session *session, struct amqp_channel *channel)
{
	struct amqp_consumer **link = &channel->consumers;

	while (*link) {
		struct amqp_consumer *consumer = *link;

		if (consumer->has_tag) {
			link = &consumer->next;
			continue;
		}
		*link = consumer->next;
		channel->consumer_count--;
		release(session->budget, consumer, sizeof(*consumer));
	}
}

void amqp_channels_lose(struct amqp_session *session, enum message_kind side)
{
	if (side == MESSAGE_REQUEST)
		session->is_uncertain = true;
	for (uint32_t i = 0; i < session->capacity; i++) {
		struct amqp_channel *channel = session->channels[i];

		if (!channel)
			continue;
		if (channel->content[side].stage != AMQP_CONTENT_NONE)
			channel->content[side].stage = AMQP_CONTENT_LOST;
		/* Which answer belongs to which call is not known any more. */
		if (side == MESSAGE_RESPONSE) {
			channel->calls.low = channel->calls.next;
			drop_unnamed(session, channel);
			continue;
		}
		channel->is_count_lost = true;
		channel->has_acks = false;
		free_consumers(session, channel);
	}
}

static uint64_t hash_of(struct view text)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ (uint8_t)text.bytes[i]) * 0x100000001b3;
	return hash;
}

const struct amqp_consumer *amqp_channels_consumer(const struct amqp_channel *channel,
						   struct view tag)
{
	uint64_t hash = hash_of(tag);

	for (const struct amqp_consumer *c = channel->consumers; c; c = c->next)
		if (c->has_tag && c->tag_hash == hash)
			return c;
	return NULL;
}

void amqp_channels_cancel(struct amqp_session *session, struct amqp_channel *channel,
			  struct view tag)
{
	uint64_t hash = hash_of(tag);

	for (struct amqp_consumer **link = &channel->consumers; *link; link = &(*link)->next) {
		struct amqp_consumer *consumer = *link;

		if (!consumer->has_tag || consumer->tag_hash != hash)
			continue;
		*link = consumer->next;
		channel->consumer_count--;
		release(session->budget, consumer, sizeof(*consumer));
		return;
	}
}

void amqp_channels_consume(struct amqp_session *session, struct amqp_channel *channel,
			   const struct amqp_method *method)
{
	struct amqp_consumer **link = &channel->consumers;
	struct amqp_consumer *consumer;

	if (method->consumer_tag.size)
		amqp_channels_cancel(session, channel, method->consumer_tag);
	if (channel->consumer_count >= AMQP_MAX_CONSUMERS)
		return;
	consumer = allocate(session->budget, sizeof(*consumer));
	if (!consumer)
		return;
	consumer->has_tag = method->consumer_tag.size > 0;
	consumer->tag_hash = hash_of(method->consumer_tag);
	consumer->is_without_ack = amqp_method_is_without_ack(method);
	amqp_text_set(&consumer->queue, method->queue);
	while (*link)
		link = &(*link)->next;
	*link = consumer;
	channel->consumer_count++;
}

void amqp_channels_name_consumer(struct amqp_channel *channel, struct view tag)
{
	if (amqp_channels_consumer(channel, tag))
		return;
	for (struct amqp_consumer *c = channel->consumers; c; c = c->next) {
		if (c->has_tag)
			continue;
		c->has_tag = true;
		c->tag_hash = hash_of(tag);
		return;
	}
}
