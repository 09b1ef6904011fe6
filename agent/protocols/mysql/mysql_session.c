/*
 * The memory of a connection. Commands wait in a ring, for clients may send many before they read;
 * answers come in the same order, so that the oldest is always the one being answered.
 */
#include "protocols/mysql/mysql_session.h"

bool mysql_session_push(struct mysql_session *session, struct mysql_pending pending)
{
	size_t at = (session->pending_first + session->pending_count) % MAX_MYSQL_PENDING;

	if (session->pending_count == MAX_MYSQL_PENDING)
		return false;
	session->pending[at] = pending;
	if (!session->pending_count++)
		mysql_session_begin_answer(session);
	return true;
}

struct mysql_pending *mysql_session_oldest(struct mysql_session *session)
{
	return session->pending_count ? &session->pending[session->pending_first] : NULL;
}

struct mysql_pending *mysql_session_newest(struct mysql_session *session)
{
	size_t at = (session->pending_first + session->pending_count + MAX_MYSQL_PENDING - 1) %
		    MAX_MYSQL_PENDING;

	return session->pending_count ? &session->pending[at] : NULL;
}

uint64_t mysql_session_newest_key(const struct mysql_session *session)
{
	return session->first_key + session->pending_count - 1;
}

void mysql_session_begin_answer(struct mysql_session *session)
{
	const struct mysql_pending *oldest = mysql_session_oldest(session);

	session->answer = (struct mysql_answer){
		.place = MYSQL_AT_FIRST,
		.sequence = oldest ? (uint8_t)(oldest->sequence + 1) : 0,
	};
}

void mysql_session_pop(struct mysql_session *session)
{
	session->first_key++;
	session->pending_first = (session->pending_first + 1) % MAX_MYSQL_PENDING;
	session->pending_count--;
	if (session->pending_count)
		mysql_session_begin_answer(session);
}

struct view mysql_session_database(const struct mysql_session *session)
{
	return view_of(session->database, session->database_size);
}

static uint16_t copy_name(char *to, struct view name)
{
	name = view_take(name, MAX_MYSQL_DATABASE_BYTES);
	if (name.size)
		memcpy(to, name.bytes, name.size);
	return (uint16_t)name.size;
}

void mysql_session_set_database(struct mysql_session *session, struct view database)
{
	session->database_size = copy_name(session->database, database);
}

void mysql_session_plan_database(struct mysql_session *session, struct view database)
{
	session->next_database_size = copy_name(session->next_database, database);
	session->change_key = mysql_session_newest_key(session);
	session->is_change_planned = true;
}

/* Whether it happened will not be known. */
static void forget_plan(struct mysql_session *session)
{
	if (session->is_change_planned)
		session->database_size = 0;
	session->is_change_planned = false;
}

void mysql_session_restart(struct mysql_session *session)
{
	forget_plan(session);
	while (session->pending_count) {
		mysql_statements_refuse(&session->statements,
					mysql_session_oldest(session)->ticket);
		mysql_session_pop(session);
	}
	session->is_continued[MESSAGE_REQUEST] = session->is_continued[MESSAGE_RESPONSE] = false;
	session->first_key += session->has_login; /* the key was given */
	session->is_end_late = session->has_login = false;
	if (session->phase == MYSQL_LOGGING_IN &&
	    session->capabilities & (MYSQL_CAN_COMPRESS | MYSQL_CAN_ZSTD))
		session->phase = MYSQL_COMPRESSED;
	else if (session->phase < MYSQL_COMMANDS)
		session->phase = MYSQL_COMMANDS;
}

/* Of the client's side a new database or the end of a statement may be among what was lost. */
void mysql_session_lose(struct mysql_session *session, enum message_kind side)
{
	session->is_continued[side] = false;
	session->is_end_late = false;
	forget_plan(session);
	if (side == MESSAGE_REQUEST) {
		session->database_size = 0;
		mysql_statements_drop_all(&session->statements);
		return;
	}
	session->answer.place = MYSQL_NOWHERE;
	session->answer.is_rows_lost = true;
}
