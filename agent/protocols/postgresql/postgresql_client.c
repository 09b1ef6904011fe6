/*
 * What a client says: statements to run at once (Query), to prepare (Parse), to bind and to run
 * (Bind, Execute), and where its turns end (Sync). Texts are sanitised here and kept in no other
 * form; values and names of users are not looked at.
 */
#include "protocols/postgresql/postgresql_session.h"

#include <stdlib.h>
#include "protocols/postgresql/postgresql_describe.h"
#include "protocols/sql/sql_words.h"

static bool open_exchange(struct postgresql_session *session, enum postgresql_ask kind,
			  const struct postgresql_request *request,
			  const struct exchange_sink *sink)
{
	struct message message = {.kind = MESSAGE_REQUEST};
	uint64_t key = session->opened;

	if (!postgresql_pending_add(&session->pending, kind, key))
		return false;
	session->opened++;
	memcpy(message.fields, request, sizeof(*request));
	sink->open(sink->self, key, &message);
	return true;
}

/* False: the encoding is one whose texts cannot be read byte by byte. */
static bool sanitise(const struct postgresql_session *session, struct view text, bool is_cut,
		     struct sql_text *ret)
{
	if (session->is_text_unsafe)
		return false;
	sql_text_sanitise(session->is_backslash_unknown ? SQL_GENERIC : SQL_POSTGRESQL, text,
			  is_cut, ret);
	return true;
}

/* Statements whose names change by SQL are forgotten. */
static bool changes_names(const struct sql_text *text)
{
	struct view rest = view_of(text->summary, text->summary_size), word;

	while (view_next_token(&rest, ' ', &word))
		if (sql_words_has(" DEALLOCATE DISCARD PREPARE ", word))
			return true;
	return false;
}

static bool take_query(struct postgresql_session *session, const struct postgresql_message *message,
		       const struct exchange_sink *sink)
{
	struct postgresql_request request = {.database = postgresql_session_database(session)};
	struct view rest = message->body, text = rest;
	bool is_whole = postgresql_message_text(&rest, &text);
	struct sql_text sql;

	if (sanitise(session, text, !is_whole, &sql)) {
		request.text = view_of(sql.text, sql.text_size);
		request.summary = view_of(sql.summary, sql.summary_size);
		if (session->statements && changes_names(&sql))
			postgresql_statements_clear(session->statements);
	}
	return open_exchange(session, POSTGRESQL_QUERY, &request, sink);
}

/* Memory for statements, when the first one is prepared. */
static struct postgresql_statements *statements_of(struct postgresql_session *session)
{
	struct session_budget *budget = session->budget;
	size_t size = sizeof(struct postgresql_statements);

	if (session->statements || size > budget->max_bytes - budget->used_bytes)
		return session->statements;
	session->statements = calloc(1, size);
	if (session->statements) {
		session->statements->budget = budget;
		budget->used_bytes += size;
	}
	return session->statements;
}

static bool take_parse(struct postgresql_session *session, const struct postgresql_message *message)
{
	struct postgresql_statements *statements = statements_of(session);
	struct view rest = message->body, name, text;
	struct sql_text sql;
	bool is_whole, is_known;
	uint64_t hash;

	if (!postgresql_message_text(&rest, &name))
		return false;
	hash = postgresql_statements_hash(name);
	text = rest;
	is_whole = postgresql_message_text(&rest, &text);
	is_known = sanitise(session, text, !is_whole, &sql);
	if (statements && is_known && changes_names(&sql))
		postgresql_statements_clear(statements);
	if (statements)
		postgresql_statements_put(statements, hash, is_known ? &sql : NULL);
	return postgresql_pending_add(&session->pending, POSTGRESQL_PARSE, hash);
}

static bool take_bind(struct postgresql_session *session, const struct postgresql_message *message)
{
	struct view rest = message->body, portal, name;
	bool is_known = postgresql_message_text(&rest, &portal);
	bool has_name = is_known && postgresql_message_text(&rest, &name);

	if (!session->statements)
		return true;
	if (has_name)
		postgresql_statements_bind(session->statements, postgresql_statements_hash(portal),
					   postgresql_statements_hash(name));
	else
		postgresql_statements_drop_portals(session->statements);
	return true;
}

static bool take_execute(struct postgresql_session *session,
			 const struct postgresql_message *message, const struct exchange_sink *sink)
{
	struct postgresql_request request = {.database = postgresql_session_database(session)};
	const struct postgresql_statement *statement = NULL;
	struct view rest = message->body, portal;

	if (session->statements && postgresql_message_text(&rest, &portal))
		statement = postgresql_statements_of(session->statements,
						     postgresql_statements_hash(portal));
	postgresql_request_of(&request, statement);
	return open_exchange(session, POSTGRESQL_EXECUTE, &request, sink);
}

static bool take_close(struct postgresql_session *session, const struct postgresql_message *message)
{
	struct view rest = view_skip(message->body, 1), name;
	uint64_t hash;

	if (!session->statements || !message->body.size || !postgresql_message_text(&rest, &name))
		return true;
	hash = postgresql_statements_hash(name);
	if (message->body.bytes[0] == 'S')
		postgresql_statements_drop(session->statements, hash);
	else
		postgresql_statements_drop_portal(session->statements, hash);
	return true;
}

static bool take_untyped(struct postgresql_session *session,
			 const struct postgresql_message *message)
{
	struct view database;

	session->awaits_encryption =
		message->code == POSTGRESQL_SSL || message->code == POSTGRESQL_GSS;
	database = postgresql_message_parameter(message->body, VIEW_LITERAL("database"));
	if (message->code >> 16 != 3 || database.size > sizeof(session->database))
		return true;
	session->database_size = (uint8_t)database.size;
	if (database.size)
		memcpy(session->database, database.bytes, database.size);
	return true;
}

bool postgresql_client_take(struct postgresql_session *session,
			    const struct postgresql_message *message,
			    const struct exchange_sink *sink)
{
	struct postgresql_request call = {.database = postgresql_session_database(session),
					  .is_function = true};

	switch (message->type) {
	case '\0':
		return take_untyped(session, message);
	case 'Q':
		return take_query(session, message, sink);
	case 'P':
		return take_parse(session, message);
	case 'B':
		return take_bind(session, message);
	case 'E':
		return take_execute(session, message, sink);
	case 'C':
		return take_close(session, message);
	case 'F':
		return open_exchange(session, POSTGRESQL_CALL, &call, sink);
	case 'c':
	case 'f':
		session->is_copying_in = false;
		return true;
	case 'S':
		return session->is_copying_in ||
		       postgresql_pending_add(&session->pending, POSTGRESQL_SYNC, 0);
	default:
		return true;
	}
}
