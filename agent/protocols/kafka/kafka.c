/*
 * The row of Apache Kafka: a conversation of requests and responses that find each other by a
 * correlation id. Of each the first bytes are read (kafka_request.c, kafka_response.c), the rest is
 * skipped by its size: that is where records are. A response is known by its request only.
 */
#include "protocols/kafka/kafka.h"

#include "protocols/conversation.h"
#include "protocols/kafka/kafka_describe.h"
#include "protocols/kafka/kafka_request.h"
#include "protocols/kafka/kafka_response.h"

#define SIZE_BYTES      4
#define RESPONSE_HEAD   8
#define LOOKED_AT_BYTES 2048 /* of a request or response; what is beyond is skipped */
#define KEY_OF_NOBODY   (UINT64_C(1) << 32)

static int begin(void *session, struct session_budget *budget, const struct session_start *start)
{
	struct kafka_session *kafka = session;

	(void)budget;
	kafka->names = start->names;
	kafka->is_unsure[MESSAGE_REQUEST] = kafka->is_unsure[MESSAGE_RESPONSE] =
		!start->is_from_start;
	kafka->has_many_fetched = !start->is_from_start;
	return 0;
}

static uint64_t key_of(uint32_t correlation_id)
{
	return KEY_OF_NOBODY | correlation_id;
}

/* The unit's first bytes, once they are there. */
static bool is_enough(const struct unit *unit, uint64_t whole)
{
	return unit->is_final || unit->bytes.size >= whole || unit->bytes.size >= LOOKED_AT_BYTES;
}

static struct view take_unit(struct unit *unit, uint64_t whole)
{
	struct view bytes = view_take(unit->bytes, LOOKED_AT_BYTES);

	if (bytes.size > whole)
		bytes = view_take(bytes, (size_t)whole);
	unit->consumed = bytes.size;
	unit->skip = whole - bytes.size;
	return bytes;
}

static enum parse_result read_request(struct kafka_session *session, struct unit *unit,
				      const struct exchange_sink *sink)
{
	struct message message = {.kind = MESSAGE_REQUEST};
	struct kafka_request request;
	bool is_certain = !session->is_unsure[MESSAGE_REQUEST], is_answered;
	enum parse_result result = kafka_request_header(unit->bytes, is_certain, &request);
	uint64_t key = key_of(request.correlation_id);

	if (result == PARSE_DONE && !is_enough(unit, SIZE_BYTES + (uint64_t)request.size))
		result = PARSE_NEED_MORE;
	if (result == PARSE_NEED_MORE)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	if (result != PARSE_DONE)
		return result;
	result = kafka_request_header(take_unit(unit, SIZE_BYTES + (uint64_t)request.size),
				      is_certain, &request);
	if (result != PARSE_DONE && (result == PARSE_INVALID || !unit->skip))
		return PARSE_INVALID;
	session->is_unsure[MESSAGE_REQUEST] = false;
	kafka_request_read(&request, session, (struct kafka_fields *)message.fields, &is_answered);
	if (sink->state(sink->self, key))
		return PARSE_DONE; /* the id of one that waits: neither could be told from the other
				    */
	sink->open(sink->self, key, &message);
	if (is_answered)
		kafka_session_wait(session, request.correlation_id, request.key, request.version);
	else
		sink->end(sink->self, key);
	return PARSE_DONE;
}

static enum parse_result read_response(struct kafka_session *session, struct unit *unit,
				       const struct exchange_sink *sink)
{
	struct wire_cursor cursor = wire_cursor_over(unit->bytes);
	uint32_t size = wire_cursor_u32(&cursor);
	uint32_t correlation_id = wire_cursor_u32(&cursor);
	struct message message = {.kind = MESSAGE_RESPONSE};
	struct kafka_waiting *waiting;
	struct view bytes;

	if (unit->bytes.size >= SIZE_BYTES && (size < SIZE_BYTES || size > KAFKA_MAX_SIZE))
		return PARSE_INVALID;
	if (cursor.is_short)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	waiting = kafka_session_find(session, correlation_id);
	if (!waiting && session->is_unsure[MESSAGE_RESPONSE])
		return PARSE_INVALID;
	if (waiting && !is_enough(unit, SIZE_BYTES + (uint64_t)size))
		return PARSE_NEED_MORE;
	bytes = take_unit(unit, SIZE_BYTES + (uint64_t)size);
	session->is_unsure[MESSAGE_RESPONSE] = false;
	if (!waiting)
		return PARSE_DONE;
	waiting->is_waiting = false;
	kafka_response_read(view_skip(bytes, RESPONSE_HEAD), waiting->api, waiting->version,
			    session, (struct kafka_fields *)message.fields);
	if (!sink->state(sink->self, key_of(correlation_id)))
		return PARSE_DONE;
	sink->answer(sink->self, key_of(correlation_id), &message);
	sink->end(sink->self, key_of(correlation_id));
	return PARSE_DONE;
}

static enum parse_result read_unit(void *session, struct unit *unit,
				   const struct exchange_sink *sink)
{
	unit->skip = 0;
	return unit->side == MESSAGE_REQUEST ? read_request(session, unit, sink)
					     : read_response(session, unit, sink);
}

static void lose(void *session, enum message_kind side)
{
	kafka_session_lose(session, side);
}

/* Clients and brokers read a size by itself: what follows it proves it, or the place is lost again.
 */
static bool resume(void *session, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	struct wire_cursor cursor = wire_cursor_over(bytes);
	uint32_t size = wire_cursor_u32(&cursor);
	struct kafka_request request;

	if (cursor.is_short || size < SIZE_BYTES || size > KAFKA_MAX_SIZE)
		return false;
	if (bytes.size > SIZE_BYTES && side == MESSAGE_REQUEST &&
	    (kafka_request_header(bytes, false, &request) != PARSE_DONE || !request.client_id.size))
		return false;
	if (bytes.size > SIZE_BYTES && side == MESSAGE_RESPONSE &&
	    !kafka_session_find(session, wire_cursor_u32(&cursor)))
		return false;
	*ret_offset = 0;
	return true;
}

static const struct conversation conversation = {
	.is_keyed = true,
	.session_size = sizeof(struct kafka_session),
	.begin = begin,
	.read = read_unit,
	.lose = lose,
	.resume = resume,
};

const struct protocol protocol_kafka = {
	.name = "kafka",
	.mode = CAPTURE_STREAM,
	.conversation = &conversation,
	.detect = kafka_request_detect,
	.describe_request = kafka_describe_request,
	.describe_response = kafka_describe_response,
};
