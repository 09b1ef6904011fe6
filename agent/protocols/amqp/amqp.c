/*
 * The row of AMQP 0.9.1 as RabbitMQ speaks it: a conversation of frames on channels. Frames are cut
 * in amqp_frame.c, methods read in amqp_method.c, content headers in amqp_content.c; what begins
 * and ends is decided in amqp_exchanges.c, by what amqp_channels.c remembers. Bodies are skipped.
 */
#include "protocols/amqp/amqp.h"

#include "protocols/amqp/amqp_describe.h"
#include "protocols/amqp/amqp_exchanges.h"
#include "protocols/amqp/amqp_frame.h"
#include "protocols/amqp/amqp_messages.h"

static int begin(void *session, struct session_budget *budget, const struct session_start *start)
{
	struct amqp_session *amqp = session;

	amqp->budget = budget;
	amqp->is_uncertain = !start->is_from_start;
	return 0;
}

static void end(void *session, struct session_budget *budget)
{
	(void)budget;
	amqp_channels_done(session);
}

static void close_all(struct amqp_session *session, const struct amqp_place *place,
		      uint16_t reply_code)
{
	struct amqp_place each = *place;

	for (uint32_t i = 0; i < session->capacity; i++) {
		each.channel = session->channels[i];
		if (each.channel)
			amqp_exchanges_close(&each, reply_code);
	}
}

static bool take_method(const struct amqp_place *place, const struct amqp_frame *frame)
{
	struct amqp_method method;

	if (!amqp_method_read(frame->payload, frame->is_cut, &method))
		return false;
	if (method.kind->id == AMQP_CONNECTION_CLOSE)
		close_all(place->session, place,
			  place->side == MESSAGE_RESPONSE ? method.reply_code : 0);
	else if (place->channel && frame->channel)
		amqp_exchanges_method(place, &method);
	return true;
}

static bool take_frame(struct amqp_session *session, enum message_kind side,
		       const struct amqp_frame *frame, const struct exchange_sink *sink)
{
	struct amqp_place place = {.session = session, .side = side, .sink = sink};
	struct amqp_content_header header;

	place.channel = frame->type == AMQP_FRAME_METHOD
				? amqp_channels_get(session, frame->channel)
				: amqp_channels_find(session, frame->channel);
	if (frame->type == AMQP_FRAME_METHOD)
		return take_method(&place, frame);
	if (!place.channel)
		return true;
	if (frame->type == AMQP_FRAME_BODY)
		amqp_messages_body(&place, frame->size);
	if (frame->type != AMQP_FRAME_HEADER)
		return true;
	if (!amqp_content_read(frame->payload, &header))
		return false;
	amqp_messages_header(&place, &header);
	return true;
}

static enum parse_result read_unit(void *session, struct unit *unit,
				   const struct exchange_sink *sink)
{
	enum parse_result result = amqp_frame_read_protocol_header(unit->bytes);
	struct amqp_frame frame;

	unit->skip = 0;
	if (result == PARSE_DONE) {
		unit->consumed = AMQP_PROTOCOL_HEADER_BYTES;
		return PARSE_DONE;
	}
	if (result == PARSE_NEED_MORE)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	result = amqp_frame_read(unit->bytes, unit->is_final, &frame);
	if (result != PARSE_DONE)
		return result;
	if (!take_frame(session, unit->side, &frame, sink))
		return PARSE_INVALID;
	unit->consumed = frame.consumed;
	unit->skip = frame.skip;
	return PARSE_DONE;
}

static void lose(void *session, enum message_kind side)
{
	amqp_channels_lose(session, side);
}

static bool resume(void *session, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	(void)session;
	return amqp_frame_resume(side, bytes, ret_offset);
}

static const struct conversation conversation = {
	.is_keyed = true,
	.session_size = sizeof(struct amqp_session),
	.begin = begin,
	.end = end,
	.read = read_unit,
	.lose = lose,
	.resume = resume,
};

const struct protocol protocol_amqp = {
	.name = "amqp",
	.mode = CAPTURE_STREAM,
	.conversation = &conversation,
	.detect = amqp_frame_detect,
	.describe_request = amqp_describe_request,
	.describe_response = amqp_describe_response,
};
