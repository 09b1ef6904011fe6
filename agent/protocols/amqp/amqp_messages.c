/*
 * Messages of AMQP become exchanges when their content header is known: it has the trace context.
 * A publish under confirms has the delivery tag that the broker will count for it; where that count
 * is not known, it ends with its body like one without confirms.
 */
#include "protocols/amqp/amqp_messages.h"

#include "protocols/amqp/amqp_exchanges.h"
#include "protocols/amqp/amqp_fields.h"

#define MAX_TAG_JUMP    4096  /* delivery tags that may have passed unseen */
#define MAX_OUTSTANDING 65536 /* deliveries that an acknowledgement of all is looked for */
#define MAX_RETURN_SCAN 64

static struct amqp_fields *fields_of(struct message *message)
{
	return (struct amqp_fields *)message->fields;
}

static void end_content(const struct amqp_place *place, struct amqp_content *content)
{
	if (content->stage == AMQP_CONTENT_NONE)
		return;
	content->stage = AMQP_CONTENT_NONE;
	if (!content->key || !content->ends_with_body)
		return;
	place->sink->end(place->sink->self, content->key);
	if (content->method == AMQP_BASIC_PUBLISH)
		amqp_key_shrink(place, &place->channel->publishes, AMQP_KEY_PUBLISH);
	else if (content->method == AMQP_BASIC_DELIVER)
		amqp_key_shrink(place, &place->channel->deliveries, AMQP_KEY_DELIVERY);
	else
		amqp_key_shrink(place, &place->channel->calls, AMQP_KEY_CALL);
}

void amqp_messages_begin(const struct amqp_place *place, const struct amqp_method *method)
{
	struct amqp_content *content = &place->channel->content[place->side];
	const struct amqp_consumer *consumer;

	end_content(place, content); /* its end was lost */
	content->stage = AMQP_CONTENT_HEADER;
	content->method = method->kind->id;
	content->key = 0;
	content->left_bytes = 0;
	content->delivery_tag = method->delivery_tag;
	content->is_mandatory = false;
	content->ends_with_body = true;
	amqp_text_set(&content->exchange, method->exchange);
	amqp_text_set(&content->routing_key, method->routing_key);
	content->queue.size = 0;
	if (method->kind->id == AMQP_BASIC_PUBLISH) {
		content->is_mandatory = amqp_method_is_mandatory(method);
		content->ends_with_body =
			!place->channel->is_confirming || place->channel->is_count_lost;
	} else if (method->kind->id == AMQP_BASIC_DELIVER) {
		consumer = amqp_channels_consumer(place->channel, method->consumer_tag);
		if (consumer)
			amqp_text_set(&content->queue, amqp_text_view(&consumer->queue));
		content->ends_with_body =
			consumer ? consumer->is_without_ack : !place->channel->has_acks;
	}
}

void amqp_messages_return(const struct amqp_place *place, const struct amqp_method *method)
{
	const struct amqp_channel *channel = place->channel;
	uint64_t hash = amqp_key_destination(method->exchange, method->routing_key);
	uint64_t end = channel->publishes.next;

	if (!channel->is_confirming)
		return;
	if (end - channel->publishes.low > MAX_RETURN_SCAN)
		end = channel->publishes.low + MAX_RETURN_SCAN;
	for (uint64_t number = channel->publishes.low; number < end; number++) {
		struct amqp_pair *pair =
			amqp_key_pair(place, amqp_key_of(AMQP_KEY_PUBLISH, channel, number));

		if (!pair || !pair->is_mandatory || pair->is_returned ||
		    pair->destination_hash != hash)
			continue;
		pair->is_returned = true;
		return;
	}
}

/* The broker's word on publishes: tag 0 with multiple means all. */
void amqp_messages_confirm(const struct amqp_place *place, const struct amqp_method *method)
{
	struct amqp_channel *channel = place->channel;
	struct amqp_window *window = &channel->publishes;
	bool is_nack = method->kind->id == AMQP_BASIC_NACK;
	bool is_all = amqp_method_is_multiple(method) && !method->delivery_tag;
	uint64_t count = window->next - channel->confirmed_base;
	uint64_t last;

	if (!channel->is_confirming || !count || (!is_all && !method->delivery_tag))
		return;
	if (!is_all && method->delivery_tag > count)
		return;
	last = is_all ? window->next - 1 : channel->confirmed_base + method->delivery_tag - 1;
	if (!amqp_method_is_multiple(method)) {
		amqp_key_settle_with(place, amqp_key_of(AMQP_KEY_PUBLISH, channel, last), 0,
				     is_nack);
		amqp_key_shrink(place, window, AMQP_KEY_PUBLISH);
		return;
	}
	for (; window->low <= last; window->low++)
		amqp_key_settle_with(place, amqp_key_of(AMQP_KEY_PUBLISH, channel, window->low), 0,
				     is_nack);
}

/* The client's word on deliveries. */
void amqp_messages_acknowledge(const struct amqp_place *place, const struct amqp_method *method)
{
	struct amqp_channel *channel = place->channel;
	struct amqp_window *window = &channel->deliveries;
	uint64_t last = method->delivery_tag;

	channel->has_acks = true;
	if (!amqp_method_is_multiple(method)) {
		amqp_key_settle(place, amqp_key_of(AMQP_KEY_DELIVERY, channel, last), NULL);
		amqp_key_shrink(place, window, AMQP_KEY_DELIVERY);
		return;
	}
	if (!last || last >= window->next)
		last = window->next ? window->next - 1 : 0;
	for (; window->low <= last && window->low < window->next; window->low++)
		amqp_key_settle(place, amqp_key_of(AMQP_KEY_DELIVERY, channel, window->low), NULL);
}

static void fill_from_header(const struct amqp_content *content,
			     const struct amqp_content_header *header, struct message *message)
{
	struct amqp_fields *fields = fields_of(message);

	message->propagation = header->propagation;
	fields->method = content->method;
	fields->exchange = amqp_text_view(&content->exchange);
	fields->routing_key = amqp_text_view(&content->routing_key);
	fields->queue = amqp_text_view(&content->queue);
	fields->message_id = header->message_id;
	fields->correlation_id = header->correlation_id;
	fields->delivery_tag = content->delivery_tag;
	fields->body_size = header->body_size;
	fields->has_body_size = true;
}

static void open_publish(const struct amqp_place *place, struct amqp_content *content,
			 struct message *message)
{
	struct amqp_window *window = &place->channel->publishes;
	struct amqp_pair *pair;

	content->key = amqp_key_of(AMQP_KEY_PUBLISH, place->channel, window->next++);
	/* Its tag is what the broker will confirm. */
	if (!content->ends_with_body)
		fields_of(message)->delivery_tag = window->next - place->channel->confirmed_base;
	place->sink->open(place->sink->self, content->key, message);
	pair = amqp_key_pair(place, content->key);
	if (!pair)
		return;
	pair->method = AMQP_BASIC_PUBLISH;
	pair->is_mandatory = content->is_mandatory;
	pair->destination_hash =
		amqp_key_destination(fields_of(message)->exchange, fields_of(message)->routing_key);
}

static void open_delivery(const struct amqp_place *place, struct amqp_content *content,
			  struct message *message)
{
	struct amqp_window *window = &place->channel->deliveries;
	uint64_t tag = content->delivery_tag;
	struct amqp_pair *pair;

	if (!tag || tag > AMQP_KEY_NUMBER)
		return;
	content->key = amqp_key_of(AMQP_KEY_DELIVERY, place->channel, tag);
	if (amqp_key_pair(place, content->key)) {
		content->key = 0; /* a tag is used once: one of the two is not what it seems */
		return;
	}
	if (!window->next || tag < window->low || tag - window->low > MAX_OUTSTANDING ||
	    (tag > window->next && tag - window->next > MAX_TAG_JUMP))
		window->low = tag;
	if (tag >= window->next || window->low == tag)
		window->next = tag + 1;
	place->sink->open(place->sink->self, content->key, message);
	pair = amqp_key_pair(place, content->key);
	if (pair)
		pair->method = AMQP_BASIC_DELIVER;
}

void amqp_messages_header(const struct amqp_place *place, const struct amqp_content_header *header)
{
	struct amqp_content *content = &place->channel->content[place->side];
	struct message message = {.kind = content->method == AMQP_BASIC_GET_OK ? MESSAGE_RESPONSE
									       : MESSAGE_REQUEST};

	if (content->stage != AMQP_CONTENT_HEADER)
		return;
	content->stage = AMQP_CONTENT_BODY;
	content->left_bytes = header->body_size;
	fill_from_header(content, header, &message);
	if (content->method == AMQP_BASIC_PUBLISH) {
		open_publish(place, content, &message);
	} else if (content->method == AMQP_BASIC_DELIVER) {
		open_delivery(place, content, &message);
	} else if (content->method == AMQP_BASIC_GET_OK) {
		content->key = amqp_exchanges_answered(place, AMQP_BASIC_GET_OK);
		fields_of(&message)->method = AMQP_BASIC_GET;
		if (content->key)
			place->sink->answer(place->sink->self, content->key, &message);
	}
	if (!content->left_bytes)
		end_content(place, content);
}

void amqp_messages_body(const struct amqp_place *place, uint32_t size)
{
	struct amqp_content *content = &place->channel->content[place->side];

	if (content->stage != AMQP_CONTENT_BODY)
		return;
	if (size > content->left_bytes) {
		content->stage = AMQP_CONTENT_NONE; /* not the body of that header */
		return;
	}
	content->left_bytes -= size;
	if (content->key)
		place->sink->add(place->sink->self, content->key, size);
	if (!content->left_bytes)
		end_content(place, content);
}
