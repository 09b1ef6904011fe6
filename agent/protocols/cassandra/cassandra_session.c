/*
 * From frames to exchanges: a request opens one by its stream id, its response ends it. On the way
 * statements become what may leave the process, prepared ones are remembered, and so is the
 * keyspace. Events, and responses whose requests were not seen, are passed over.
 */
#include "protocols/cassandra/cassandra_session.h"

#include "protocols/cassandra/cassandra_request.h"
#include "protocols/cassandra/cassandra_result.h"
#include "protocols/sql/sql_text.h"

#define MODERN_FRAMING_VERSION 5

/* The state of an exchange. */
struct cassandra_exchange {
	uint32_t ticket; /* of what is being prepared */
	enum cassandra_opcode opcode;
};

_Static_assert(sizeof(struct cassandra_exchange) <= PROTOCOL_PAIR_STATE_BYTES, "state");
_Static_assert(sizeof(struct cassandra_fields) <= MESSAGE_FIELDS_BYTES, "fields");

static void begin_message(struct message *message, const struct cassandra_header *header)
{
	memset(message, 0, sizeof(*message));
	message->kind = header->side;
	message->framing = BODY_NONE;
	message->head_size = CASSANDRA_HEADER_BYTES + (uint64_t)header->body_size;
}

static const char *compressor_of(const struct cassandra_session *session,
				 const struct cassandra_header *header)
{
	if (!(header->flags & CASSANDRA_COMPRESSED))
		return NULL;
	return session->compression ? session->compression : "unknown";
}

/* The text of a statement, or what is known of a prepared one. */
static void find_text(struct cassandra_session *session, struct cassandra_fields *fields,
		      struct sql_text *sql)
{
	if (fields->statement.size) {
		sql_text_sanitise(SQL_CASSANDRA, fields->statement, fields->is_statement_cut, sql);
		fields->text = view_of(sql->text, sql->text_size);
		fields->summary = view_of(sql->summary, sql->summary_size);
		return;
	}
	(void)cassandra_statements_find(&session->statements, fields->id, &fields->text,
					&fields->summary);
}

static void take_request(struct cassandra_session *session, const struct cassandra_header *header,
			 struct view body, const struct exchange_sink *sink)
{
	uint64_t key = (uint16_t)header->stream;
	struct cassandra_exchange *exchange;
	struct cassandra_fields *fields;
	struct message message;
	struct sql_text sql;

	begin_message(&message, header);
	fields = cassandra_fields_of(&message);
	cassandra_fields_init(fields, header->opcode);
	fields->compressor = compressor_of(session, header);
	if (!fields->compressor) {
		cassandra_request_read(header, body, fields);
		find_text(session, fields, &sql);
	}
	fields->keyspace = view_of(session->keyspace, session->keyspace_size);
	/* A stream is used again once it was answered: the answer was lost. */
	if (sink->state(sink->self, key))
		sink->end(sink->self, key);
	sink->open(sink->self, key, &message);
	if (header->opcode == CASSANDRA_STARTUP)
		session->compression = cassandra_request_compression(body);
	exchange = (struct cassandra_exchange *)sink->state(sink->self, key);
	if (!exchange)
		return;
	exchange->opcode = header->opcode;
	if (header->opcode == CASSANDRA_PREPARE && fields->text.size)
		exchange->ticket = cassandra_statements_request(&session->statements, fields->text,
								fields->summary);
}

static void learn(struct cassandra_session *session, const struct cassandra_header *header,
		  const struct cassandra_exchange *exchange, const struct cassandra_fields *fields)
{
	bool ends_startup =
		header->opcode == CASSANDRA_READY || header->opcode == CASSANDRA_AUTHENTICATE;

	if (exchange->opcode == CASSANDRA_STARTUP && ends_startup &&
	    header->version >= MODERN_FRAMING_VERSION)
		session->framing = CASSANDRA_SEGMENTS;
	if (exchange->opcode == CASSANDRA_PREPARE)
		cassandra_statements_confirm(&session->statements, exchange->ticket, fields->id);
	if (fields->keyspace.size && fields->keyspace.size <= sizeof(session->keyspace)) {
		session->keyspace_size = (uint8_t)fields->keyspace.size;
		memcpy(session->keyspace, fields->keyspace.bytes, fields->keyspace.size);
	}
}

static void take_response(struct cassandra_session *session, const struct cassandra_header *header,
			  struct view body, bool is_last, const struct exchange_sink *sink)
{
	uint64_t key = (uint16_t)header->stream;
	struct cassandra_exchange *exchange;
	struct cassandra_fields *fields;
	struct message message;

	if (header->opcode == CASSANDRA_EVENT)
		return;
	exchange = (struct cassandra_exchange *)sink->state(sink->self, key);
	if (!exchange)
		return;
	begin_message(&message, header);
	fields = cassandra_fields_of(&message);
	cassandra_fields_init(fields, header->opcode);
	fields->compressor = compressor_of(session, header);
	if (!fields->compressor) {
		cassandra_result_read(header, body, fields);
	} else if (header->opcode == CASSANDRA_ERROR) {
		fields->is_error = true;
		fields->error_code = UINT32_MAX;
	}
	learn(session, header, exchange, fields);
	sink->answer(sink->self, key, &message);
	if (is_last)
		sink->end(sink->self, key);
}

void cassandra_session_take(struct cassandra_session *session,
			    const struct cassandra_header *header, struct view body, bool is_last,
			    const struct exchange_sink *sink)
{
	if (header->side == MESSAGE_REQUEST)
		take_request(session, header, body, sink);
	else
		take_response(session, header, body, is_last, sink);
}
