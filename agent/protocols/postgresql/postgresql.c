/*
 * The row of PostgreSQL's frontend/backend protocol, version 3 (PostgreSQL's manual, chapter
 * "Frontend/Backend Protocol"): one span per Query and per Execute. Frames are in
 * postgresql_message.c, the client's side in postgresql_client.c, the server's in
 * postgresql_server.c, what bytes prove in postgresql_proof.c.
 */
#include "protocols/postgresql/postgresql.h"

#include <stdlib.h>
#include "protocols/conversation.h"
#include "protocols/postgresql/postgresql_describe.h"
#include "protocols/postgresql/postgresql_proof.h"
#include "protocols/postgresql/postgresql_session.h"

_Static_assert(sizeof(struct postgresql_session) <= MAX_SESSION_BYTES, "session");

static int begin(void *session, struct session_budget *budget, const struct session_start *start)
{
	struct postgresql_session *self = session;

	(void)start;
	self->budget = budget;
	return 0;
}

static void end(void *session, struct session_budget *budget)
{
	struct postgresql_session *self = session;

	if (!self->statements)
		return;
	postgresql_statements_clear(self->statements);
	free(self->statements);
	self->statements = NULL;
	budget->used_bytes -= sizeof(struct postgresql_statements);
}

static enum parse_result read_unit(void *session, struct unit *unit,
				   const struct exchange_sink *sink)
{
	struct postgresql_session *self = session;
	struct postgresql_message message;
	enum parse_result result;
	bool is_right;

	if (unit->side == MESSAGE_RESPONSE && self->awaits_encryption && unit->bytes.size &&
	    unit->bytes.bytes[0] != 'E') {
		unit->consumed = 1;
		unit->skip = 0;
		return postgresql_server_take_encryption(self, unit->bytes.bytes[0], sink)
			       ? PARSE_DONE
			       : PARSE_INVALID;
	}
	result = postgresql_message_read(unit->side, unit->bytes, unit->is_final, &message);
	if (result != PARSE_DONE)
		return result;
	is_right = unit->side == MESSAGE_REQUEST ? postgresql_client_take(self, &message, sink)
						 : postgresql_server_take(self, &message, sink);
	if (!is_right)
		return PARSE_INVALID;
	unit->consumed = unit->bytes.size < message.size ? unit->bytes.size : (size_t)message.size;
	unit->skip = message.size - unit->consumed;
	return PARSE_DONE;
}

/* A Parse, a Close or a ParameterStatus may have been among what was lost. */
static void lose(void *session, enum message_kind side)
{
	struct postgresql_session *self = session;

	if (side == MESSAGE_REQUEST && self->statements)
		postgresql_statements_clear(self->statements);
	self->awaits_encryption = self->is_copying_in = false;
}

static bool resume(void *session, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	const struct postgresql_session *self = session;

	if (side == MESSAGE_RESPONSE)
		return postgresql_pending_is_one(&self->pending) &&
		       postgresql_proof_find_end(bytes, ret_offset);
	*ret_offset = 0;
	return postgresql_proof_detect(bytes) == DETECT_REQUEST;
}

static void restart(void *session)
{
	struct postgresql_session *self = session;

	self->pending.count = 0;
	self->has_failed = false;
	self->awaits_encryption = self->is_copying_in = false;
}

static const struct conversation conversation = {
	.is_keyed = false,
	.session_size = sizeof(struct postgresql_session),
	.begin = begin,
	.end = end,
	.read = read_unit,
	.lose = lose,
	.resume = resume,
	.restart = restart,
};

const struct protocol protocol_postgresql = {
	.name = "postgresql",
	.mode = CAPTURE_STREAM,
	.conversation = &conversation,
	.detect = postgresql_proof_detect,
	.describe_request = postgresql_describe_request,
	.describe_response = postgresql_describe_response,
};
