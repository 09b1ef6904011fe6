/*
 * Calls of AMQP: synchronous methods and their answers, in order on each channel; and what every
 * other method leads to. Numbers that the wire does not carry are counted, and void after a loss:
 * a call whose answer is not known stays open rather than being ended by another's.
 */
#include "protocols/amqp/amqp_exchanges.h"

#include "protocols/amqp/amqp_fields.h"
#include "protocols/amqp/amqp_messages.h"

static struct amqp_fields *fields_of(struct message *message)
{
	return (struct amqp_fields *)message->fields;
}

static void open_call(const struct amqp_place *place, const struct amqp_method *method)
{
	uint64_t key = amqp_key_of(AMQP_KEY_CALL, place->channel, place->channel->calls.next);
	struct message message = {.kind = MESSAGE_REQUEST};
	struct amqp_fields *fields = fields_of(&message);
	struct amqp_pair *pair;

	fields->method = method->kind->id;
	fields->exchange = method->exchange;
	fields->queue = method->queue;
	place->sink->open(place->sink->self, key, &message);
	if (method->is_no_wait) {
		place->sink->end(place->sink->self, key);
		place->channel->calls.next++;
		amqp_key_shrink(place, &place->channel->calls, AMQP_KEY_CALL);
		return;
	}
	pair = amqp_key_pair(place, key);
	if (pair)
		pair->method = method->kind->id;
	place->channel->calls.next++;
}

static bool answers(uint32_t call, uint32_t answer)
{
	const struct amqp_method_kind *kind = amqp_method_find(call);

	if (answer == AMQP_BASIC_GET_EMPTY)
		answer = AMQP_BASIC_GET_OK;
	return kind && kind->answer == answer;
}

uint64_t amqp_exchanges_answered(const struct amqp_place *place, uint32_t answer)
{
	struct amqp_window *calls = &place->channel->calls;

	amqp_key_shrink(place, calls, AMQP_KEY_CALL);
	if (calls->low < calls->next) {
		uint64_t key = amqp_key_of(AMQP_KEY_CALL, place->channel, calls->low);

		if (answers(amqp_key_pair(place, key)->method, answer))
			return key;
	}
	return 0;
}

static void answer_call(const struct amqp_place *place, const struct amqp_method *method)
{
	uint64_t key = amqp_exchanges_answered(place, method->kind->id);
	struct message message = {.kind = MESSAGE_RESPONSE};

	if (!key)
		return;
	fields_of(&message)->method = amqp_key_pair(place, key)->method;
	fields_of(&message)->queue = method->queue;
	amqp_key_settle(place, key, &message);
	place->channel->calls.low++;
}

static void select_confirms(struct amqp_channel *channel)
{
	/* A second one does not begin the count anew: what was lost stays lost. */
	if (channel->is_confirming || channel->is_count_lost)
		return;
	channel->is_confirming = true;
	channel->confirmed_base = channel->publishes.next;
}

static void take_client_method(const struct amqp_place *place, const struct amqp_method *method)
{
	switch (method->kind->id) {
	case AMQP_CHANNEL_OPEN:
		amqp_exchanges_close(place, 0);
		break;
	case AMQP_BASIC_PUBLISH:
		amqp_messages_begin(place, method);
		return;
	case AMQP_BASIC_ACK:
	case AMQP_BASIC_NACK:
	case AMQP_BASIC_REJECT:
		amqp_messages_acknowledge(place, method);
		return;
	case AMQP_CONFIRM_SELECT:
		select_confirms(place->channel);
		break;
	case AMQP_BASIC_CONSUME:
		amqp_channels_consume(place->session, place->channel, method);
		break;
	default:
		break;
	}
	if (method->kind->answer)
		open_call(place, method);
}

static void take_server_method(const struct amqp_place *place, const struct amqp_method *method)
{
	switch (method->kind->id) {
	case AMQP_BASIC_DELIVER:
	case AMQP_BASIC_GET_OK:
		amqp_messages_begin(place, method);
		return;
	case AMQP_BASIC_RETURN:
		amqp_messages_return(place, method);
		amqp_messages_begin(place, method);
		return;
	case AMQP_BASIC_ACK:
	case AMQP_BASIC_NACK:
		amqp_messages_confirm(place, method);
		return;
	case AMQP_BASIC_CANCEL:
	case AMQP_BASIC_CANCEL_OK:
		amqp_channels_cancel(place->session, place->channel, method->consumer_tag);
		break;
	case AMQP_BASIC_CONSUME_OK:
		amqp_channels_name_consumer(place->channel, method->consumer_tag);
		break;
	default:
		break;
	}
	answer_call(place, method);
}

void amqp_exchanges_method(const struct amqp_place *place, const struct amqp_method *method)
{
	if (method->kind->id == AMQP_CHANNEL_CLOSE || method->kind->id == AMQP_CHANNEL_CLOSE_OK)
		amqp_exchanges_close(place, place->side == MESSAGE_RESPONSE &&
							    method->kind->id == AMQP_CHANNEL_CLOSE
						    ? method->reply_code
						    : 0);
	else if (place->side == MESSAGE_REQUEST)
		take_client_method(place, method);
	else
		take_server_method(place, method);
}

void amqp_exchanges_close(const struct amqp_place *place, uint16_t reply_code)
{
	struct amqp_channel *channel = place->channel;
	const struct {
		struct amqp_window *window;
		enum amqp_key_kind kind;
	} windows[] = {{&channel->calls, AMQP_KEY_CALL},
		       {&channel->publishes, AMQP_KEY_PUBLISH},
		       {&channel->deliveries, AMQP_KEY_DELIVERY}};

	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		for (; windows[i].window->low < windows[i].window->next; windows[i].window->low++)
			amqp_key_settle_with(
				place,
				amqp_key_of(windows[i].kind, channel, windows[i].window->low),
				reply_code, false);
	amqp_channels_reset(place->session, channel);
}
