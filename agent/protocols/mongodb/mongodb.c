/*
 * The row of the MongoDB wire protocol, and its conversation: a request is named by its requestID,
 * which the reply repeats as responseTo. Of a message that is larger than what the kernel side
 * sends up, the beginning is read and the rest skipped. Only three things need a memory: replies
 * that come several for one request (exhaust), each answering the one before it; drivers that let
 * the server tell them of itself for as long as the connection lasts (hello), of which only the
 * first answer is an exchange; and compressed requests, which do not show whether an answer is due.
 */
#include "protocols/mongodb/mongodb.h"

#include "protocols/conversation.h"
#include "protocols/mongodb/mongodb_command.h"
#include "protocols/mongodb/mongodb_describe.h"
#include "protocols/mongodb/mongodb_message.h"

/* As much of a message as is looked at: what one call shows of itself. */
#define WANTED_BYTES 4096

_Static_assert(sizeof(struct mongodb_fields) <= MESSAGE_FIELDS_BYTES, "fields");

struct mongodb_session {
	bool has_exhaust;    /* further replies will come for this request, and no others before */
	bool has_compressed; /* not answered yet, and perhaps it never is */
	uint32_t exhaust_key;
	uint32_t compressed_key;
};

/* The state of an exchange. */
struct mongodb_exchange {
	uint64_t returned_rows;
	bool is_hello;
	bool has_old_rows;
};

_Static_assert(sizeof(struct mongodb_exchange) <= PROTOCOL_PAIR_STATE_BYTES, "state");

static void begin_message(struct message *message, const struct unit *unit)
{
	memset(message, 0, sizeof(*message));
	message->kind = unit->side;
	message->framing = BODY_NONE;
	message->head_size = unit->consumed + unit->skip;
}

static void take_request(struct mongodb_session *session, uint32_t key, struct message *message,
			 const struct exchange_sink *sink)
{
	const struct mongodb_fields *fields = mongodb_fields_of(message);
	struct mongodb_exchange *exchange;

	/* Used again: the answer to the first was lost. */
	if (sink->state(sink->self, key))
		sink->end(sink->self, key);
	sink->open(sink->self, key, message);
	exchange = (struct mongodb_exchange *)sink->state(sink->self, key);
	if (exchange) {
		exchange->is_hello = mongodb_command_is_hello(fields->operation);
		exchange->has_old_rows = fields->has_old_rows;
	}
	if (fields->compressor && !session->has_compressed) {
		session->has_compressed = true;
		session->compressed_key = key;
	}
	if (fields->has_more_to_come)
		sink->end(sink->self, key);
}

/* A server answers one request after the other: what was asked before the one it now answers has
 * got all that it will get. */
static void end_others(struct mongodb_session *session, uint32_t key,
		       const struct exchange_sink *sink)
{
	if (session->has_compressed && session->compressed_key != key &&
	    sink->state(sink->self, session->compressed_key))
		sink->end(sink->self, session->compressed_key);
	session->has_compressed = false;
	if (session->has_exhaust && session->exhaust_key != key &&
	    sink->state(sink->self, session->exhaust_key))
		sink->end(sink->self, session->exhaust_key);
	session->has_exhaust = false;
}

static void take_reply(struct mongodb_session *session, uint32_t key, struct message *message,
		       const struct exchange_sink *sink)
{
	struct mongodb_fields *fields = mongodb_fields_of(message);
	struct mongodb_exchange *exchange;

	/* The second and later replies answer the reply before them. */
	if (session->has_exhaust && !sink->state(sink->self, key))
		key = session->exhaust_key;
	exchange = (struct mongodb_exchange *)sink->state(sink->self, key);
	if (!exchange)
		return;
	end_others(session, key, sink);
	/* The answer to a command is one document, and no row. */
	if (fields->has_old_rows && !exchange->has_old_rows)
		fields->returned_rows = -1;
	if (fields->returned_rows >= 0) {
		exchange->returned_rows += (uint64_t)fields->returned_rows;
		fields->returned_rows = (int64_t)exchange->returned_rows;
	}
	sink->answer(sink->self, key, message);
	if (fields->has_more_to_come && !exchange->is_hello) {
		session->has_exhaust = true;
		session->exhaust_key = key;
		return;
	}
	sink->end(sink->self, key);
}

static enum parse_result read_unit(void *session, struct unit *unit,
				   const struct exchange_sink *sink)
{
	struct mongodb_header header;
	enum parse_result result = mongodb_message_read_header(unit->bytes, &header);
	struct message message;
	size_t wanted;

	if (result == PARSE_NEED_MORE && unit->is_final)
		return PARSE_INVALID;
	if (result != PARSE_DONE)
		return result;
	if (!mongodb_message_fits(&header, unit->side))
		return PARSE_INVALID;
	wanted = header.size < WANTED_BYTES ? header.size : WANTED_BYTES;
	if (unit->bytes.size < wanted && !unit->is_final)
		return PARSE_NEED_MORE;
	unit->consumed = unit->bytes.size < header.size ? unit->bytes.size : header.size;
	unit->skip = header.size - unit->consumed;
	begin_message(&message, unit);
	/* No more than that: what came in one piece and what came in many must read alike. */
	result = mongodb_command_read(&header, view_take(unit->bytes, wanted),
				      mongodb_fields_of(&message));
	if (result != PARSE_DONE)
		return result;
	message.is_truncated = unit->bytes.size < wanted;
	if (unit->side == MESSAGE_REQUEST)
		take_request(session, header.request_id, &message, sink);
	else
		take_reply(session, header.response_to, &message, sink);
	return PARSE_DONE;
}

/* Keys come from the wire, and a lost reply of several is found by its being the only one due. */
static void lose(void *session, enum message_kind side)
{
	(void)session;
	(void)side;
}

/*
 * Messages begin where a call does. Drivers read the header by itself: sixteen bytes that are one
 * in every field are a proof too.
 */
static bool resume(void *session, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	enum detect_result wanted = side == MESSAGE_REQUEST ? DETECT_REQUEST : DETECT_RESPONSE;
	struct mongodb_header header;

	(void)session;
	if (bytes.size == MONGODB_HEADER_BYTES) {
		if (mongodb_message_read_header(bytes, &header) != PARSE_DONE ||
		    !mongodb_message_fits(&header, side))
			return false;
	} else if (mongodb_message_detect(bytes) != wanted) {
		return false;
	}
	*ret_offset = 0;
	return true;
}

static const struct conversation conversation = {
	.is_keyed = true,
	.session_size = sizeof(struct mongodb_session),
	.read = read_unit,
	.lose = lose,
	.resume = resume,
};

const struct protocol protocol_mongodb = {
	.name = "mongodb",
	.mode = CAPTURE_STREAM,
	.conversation = &conversation,
	.detect = mongodb_message_detect,
	.describe_request = mongodb_describe_request,
	.describe_response = mongodb_describe_response,
};
