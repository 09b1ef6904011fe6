/*
 * The row of MySQL and MariaDB: the server speaks first, then commands are answered in the order in
 * which they came. Packets are read in mysql_client.c and mysql_server.c, what is between them is
 * kept in mysql_session.h. Once a connection compresses, or feeds a replica, only its frames are
 * followed. Rests on the MySQL internals manual and MariaDB's "Client/Server Protocol".
 */
#include "protocols/mysql/mysql.h"

#include "protocols/conversation.h"
#include "protocols/mysql/mysql_client.h"
#include "protocols/mysql/mysql_describe.h"
#include "protocols/mysql/mysql_detect.h"
#include "protocols/mysql/mysql_result.h"
#include "protocols/mysql/mysql_server.h"

static int begin(void *self, struct session_budget *budget, const struct session_start *start)
{
	struct mysql_session *session = self;

	mysql_statements_init(&session->statements, budget);
	session->phase = start->is_from_start ? MYSQL_BEGINNING : MYSQL_COMMANDS;
	return 0;
}

static void end(void *self, struct session_budget *budget)
{
	struct mysql_session *session = self;

	(void)budget; /* as given to begin */
	mysql_statements_done(&session->statements);
}

/* A frame or a packet of which nothing but the size is wanted. */
static enum parse_result pass(struct unit *unit, size_t header)
{
	struct mysql_packet packet;
	uint64_t size;

	if (unit->bytes.size < header)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	mysql_packet_read(unit->bytes, &packet);
	size = header + (uint64_t)packet.size;
	unit->consumed = size < unit->bytes.size ? (size_t)size : unit->bytes.size;
	unit->skip = size - unit->consumed;
	return PARSE_DONE;
}

static enum parse_result read(void *self, struct unit *unit, const struct exchange_sink *sink)
{
	struct mysql_session *session = self;

	if (session->phase == MYSQL_COMPRESSED)
		return pass(unit, MYSQL_COMPRESSED_HEADER);
	if (session->phase == MYSQL_STREAMING)
		return pass(unit, MYSQL_HEADER_BYTES);
	if (unit->side == MESSAGE_REQUEST)
		return mysql_client_read(session, unit, sink);
	return mysql_server_read(session, unit, sink);
}

static void lose(void *self, enum message_kind side)
{
	mysql_session_lose(self, side);
}

static bool resume(void *self, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	const struct mysql_session *session = self;

	if (session->phase != MYSQL_COMMANDS)
		return false;
	if (side == MESSAGE_RESPONSE)
		return session->pending_count == 1 && session->answer.place == MYSQL_NOWHERE &&
		       mysql_result_find_end(session, bytes, ret_offset);
	*ret_offset = 0;
	return mysql_detect_command(bytes);
}

static void restart(void *self)
{
	mysql_session_restart(self);
}

/* The greeting, which names the server, is said before TLS; the login, inside of it, goes on. */
static uint32_t hand_over(const void *self)
{
	const struct mysql_session *session = self;

	return session->is_mariadb;
}

static void take_over(void *self, uint32_t word)
{
	struct mysql_session *session = self;

	session->is_mariadb = word != 0;
}

static const struct conversation conversation = {
	.is_keyed = false,
	.session_size = sizeof(struct mysql_session),
	.begin = begin,
	.end = end,
	.read = read,
	.lose = lose,
	.resume = resume,
	.restart = restart,
	.hand_over = hand_over,
	.take_over = take_over,
};

const struct protocol protocol_mysql = {
	.name = "mysql",
	.mode = CAPTURE_STREAM,
	.conversation = &conversation,
	.detect = mysql_detect,
	.describe_request = mysql_describe_request,
	.describe_response = mysql_describe_response,
};
