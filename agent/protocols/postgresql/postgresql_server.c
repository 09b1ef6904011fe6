/*
 * What a server says: to what is oldest of all that was asked. After an error it skips what comes
 * before the next Sync; ReadyForQuery answers that, and ends whatever was skipped. Rows and notices
 * pass unread, and so do the messages of errors.
 */
#include "protocols/postgresql/postgresql_session.h"

#include "protocols/postgresql/postgresql_describe.h"

/* Rows of the statements of one Query so far. */
struct pair_state {
	uint64_t rows;
	bool has_rows;
};

_Static_assert(sizeof(struct pair_state) <= PROTOCOL_PAIR_STATE_BYTES, "pair state");

static void answer(const struct exchange_sink *sink, uint64_t key,
		   const struct postgresql_answer *said)
{
	struct message message = {.kind = MESSAGE_RESPONSE};

	memcpy(message.fields, said, sizeof(*said));
	sink->answer(sink->self, key, &message);
}

static bool is_exchange(enum postgresql_ask kind)
{
	return kind == POSTGRESQL_EXECUTE || kind == POSTGRESQL_QUERY || kind == POSTGRESQL_CALL;
}

/* Where answers were lost, what was not answered by name is over when something behind it is. */
static struct postgresql_asked skip_to_exchange(struct postgresql_session *session)
{
	struct postgresql_asked oldest = postgresql_pending_oldest(&session->pending);

	while (oldest.kind == POSTGRESQL_PARSE) {
		postgresql_pending_pop(&session->pending);
		oldest = postgresql_pending_oldest(&session->pending);
	}
	return oldest;
}

static bool note_answer(struct postgresql_session *session, const struct exchange_sink *sink)
{
	struct postgresql_asked oldest = postgresql_pending_oldest(&session->pending);

	if (is_exchange(oldest.kind))
		sink->answer(sink->self, oldest.key, NULL);
	return true;
}

/* CommandComplete, EmptyQueryResponse, PortalSuspended. */
static bool complete(struct postgresql_session *session, const struct postgresql_message *message,
		     const struct exchange_sink *sink)
{
	struct postgresql_asked oldest = skip_to_exchange(session);
	struct postgresql_answer said = {.has_rows = false};
	struct view rest = message->body, tag = {0};
	struct pair_state *state;

	if (oldest.kind != POSTGRESQL_EXECUTE && oldest.kind != POSTGRESQL_QUERY)
		return false;
	session->is_copying_in = false;
	state = (struct pair_state *)sink->state(sink->self, oldest.key);
	if (state && message->type == 'C' && postgresql_message_text(&rest, &tag) &&
	    postgresql_message_rows(tag, &said.rows)) {
		state->rows += said.rows;
		state->has_rows = true;
	}
	said.has_rows = state && state->has_rows;
	said.rows = state ? state->rows : 0;
	answer(sink, oldest.key, &said);
	if (oldest.kind == POSTGRESQL_EXECUTE) {
		sink->end(sink->self, oldest.key);
		postgresql_pending_pop(&session->pending);
	}
	return true;
}

/* Statements that an error kept from being prepared, and portals that died with it. */
static void forget_failed(struct postgresql_session *session)
{
	struct postgresql_asked oldest = postgresql_pending_oldest(&session->pending);

	if (!session->statements)
		return;
	postgresql_statements_drop_portals(session->statements);
	if (oldest.kind == POSTGRESQL_PARSE)
		postgresql_statements_drop(session->statements, oldest.key);
}

/* A statement that was refused when it was prepared, by a client that waits for that before it
 * executes: nobody told of it before. */
static void tell_refused(struct postgresql_session *session, uint64_t name,
			 const struct postgresql_answer *said, const struct exchange_sink *sink)
{
	struct postgresql_request request = {.database = postgresql_session_database(session)};
	struct message message = {.kind = MESSAGE_REQUEST};
	uint64_t key = session->opened++;

	postgresql_request_of(&request, session->statements ? postgresql_statements_named(
								      session->statements, name)
							    : NULL);
	memcpy(message.fields, &request, sizeof(request));
	sink->open_asked(sink->self, key, &message);
	answer(sink, key, said);
	sink->end(sink->self, key);
}

/* An error belongs to the oldest statement that was to be run; one of a Parse or Bind to the
 * execution that follows. Without anything asked it is the connection's. */
static bool take_error(struct postgresql_session *session, const struct postgresql_message *message,
		       const struct exchange_sink *sink)
{
	struct postgresql_asked oldest = postgresql_pending_oldest(&session->pending);
	struct postgresql_answer said = {.has_state = true};
	uint64_t key = oldest.key;
	bool is_fatal = false, is_first = !session->has_failed;

	session->awaits_encryption = session->is_copying_in = false;
	session->has_failed = oldest.kind != POSTGRESQL_NOTHING;
	said.has_state = postgresql_message_error(message->body, said.state, &is_fatal);
	if (!is_exchange(oldest.kind) &&
	    !postgresql_pending_next_execution(&session->pending, &key)) {
		if (oldest.kind == POSTGRESQL_PARSE && is_first)
			tell_refused(session, oldest.key, &said, sink);
		return true;
	}
	forget_failed(session);
	answer(sink, key, &said);
	while (oldest.kind == POSTGRESQL_PARSE) {
		forget_failed(session);
		postgresql_pending_pop(&session->pending);
		oldest = postgresql_pending_oldest(&session->pending);
	}
	if (oldest.kind != POSTGRESQL_EXECUTE && !is_fatal)
		return true;
	sink->end(sink->self, key);
	postgresql_pending_pop(&session->pending);
	return true;
}

/* ReadyForQuery: all up to the oldest turn is over. */
static bool take_ready(struct postgresql_session *session, const struct exchange_sink *sink)
{
	static const struct postgresql_answer skipped = {.is_skipped = true};
	struct postgresql_asked oldest;

	session->is_copying_in = false;
	do {
		oldest = postgresql_pending_oldest(&session->pending);
		if (oldest.kind == POSTGRESQL_EXECUTE && session->has_failed)
			answer(sink, oldest.key, &skipped);
		if (is_exchange(oldest.kind))
			sink->end(sink->self, oldest.key);
		else if (oldest.kind == POSTGRESQL_PARSE)
			forget_failed(session);
		postgresql_pending_pop(&session->pending);
	} while (oldest.kind == POSTGRESQL_PARSE || oldest.kind == POSTGRESQL_EXECUTE);
	session->has_failed = false;
	return true;
}

/* Encodings in which a byte of a character may be a backslash (those a server cannot have). */
static bool is_unsafe_encoding(struct view name)
{
	static const char *const names[] = {"SJIS", "SHIFT_JIS_2004", "BIG5",  "GBK",
					    "UHC",  "GB18030",        "JOHAB", "MULE_INTERNAL"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (view_equals_ignoring_case(name, view_of_text(names[i])))
			return true;
	return false;
}

static bool take_parameter(struct postgresql_session *session, struct view body)
{
	struct view name, value;

	if (!postgresql_message_text(&body, &name) || !postgresql_message_text(&body, &value))
		return true;
	if (view_equals(name, VIEW_LITERAL("standard_conforming_strings")))
		session->is_backslash_unknown = !view_equals(value, VIEW_LITERAL("on"));
	else if (view_equals(name, VIEW_LITERAL("client_encoding")))
		session->is_text_unsafe = is_unsafe_encoding(value);
	return true;
}

/* The server wants what is to be copied; Syncs that were sent with the Execute go unanswered. */
static bool begin_copy_in(struct postgresql_session *session, const struct exchange_sink *sink)
{
	struct postgresql_asked oldest = skip_to_exchange(session);

	if (oldest.kind == POSTGRESQL_EXECUTE) {
		session->is_copying_in = true;
		postgresql_pending_drop_syncs(&session->pending);
	}
	return note_answer(session, sink);
}

bool postgresql_server_take_encryption(struct postgresql_session *session, char said,
				       const struct exchange_sink *sink)
{
	session->awaits_encryption = false;
	if (said == 'S' || said == 'G')
		sink->become(sink->self, NULL);
	return said == 'S' || said == 'G' || said == 'N';
}

bool postgresql_server_take(struct postgresql_session *session,
			    const struct postgresql_message *message,
			    const struct exchange_sink *sink)
{
	switch (message->type) {
	case '1':
		if (postgresql_pending_oldest(&session->pending).kind == POSTGRESQL_PARSE)
			postgresql_pending_pop(&session->pending);
		return true;
	case 'C':
	case 'I':
	case 's':
		return complete(session, message, sink);
	case 'E':
		return take_error(session, message, sink);
	case 'Z':
		return take_ready(session, sink);
	case 'S':
		return take_parameter(session, message->body);
	case 'G':
		return begin_copy_in(session, sink);
	case 'T':
	case 'D':
	case 'H':
	case 'V':
		return note_answer(session, sink);
	case 'W': /* from here on both sides stream: replication */
		sink->become(sink->self, NULL);
		return true;
	default:
		return true;
	}
}
