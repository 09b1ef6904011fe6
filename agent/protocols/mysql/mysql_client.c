/*
 * Packets of the client. A command opens its exchange with what can be told of it now: the text of
 * a query, sanitised, or that of the prepared statement it executes. Parameters, long values and
 * files are passed over by their size. Of the login only the capabilities and the database are
 * read.
 */
#include "protocols/mysql/mysql_client.h"

#include "protocols/mysql/mysql_command.h"
#include "protocols/mysql/mysql_describe.h"
#include "protocols/sql/sql_text.h"

/* Of a text no more than this is waited for. */
#define MAX_WANTED_BYTES    4096
#define STATEMENT_ID_BYTES  4
#define LAST_LOGIN_SEQUENCE 3

struct command_packet {
	struct mysql_packet packet;
	const struct mysql_command *command;
	uint8_t number;
	struct view rest; /* behind the command */
	bool is_cut;      /* the packet goes on behind what is there */
};

/* All that is there of the packet, and the rest unseen. */
static enum parse_result take_packet(struct unit *unit, const struct mysql_packet *packet)
{
	uint64_t size = MYSQL_HEADER_BYTES + (uint64_t)packet->size;

	unit->consumed = size < unit->bytes.size ? (size_t)size : unit->bytes.size;
	unit->skip = size - unit->consumed;
	return PARSE_DONE;
}

static bool is_wanting(const struct unit *unit, const struct mysql_packet *packet, size_t wanted)
{
	return packet->payload.size < (packet->size < wanted ? packet->size : wanted) &&
	       !unit->is_final;
}

static const char *compression_of(uint64_t capabilities)
{
	if (capabilities & MYSQL_CAN_COMPRESS)
		return "zlib";
	return capabilities & MYSQL_CAN_ZSTD ? "zstd" : NULL;
}

static struct mysql_fields *begin_fields(const struct mysql_session *session,
					 struct message *message)
{
	struct mysql_fields *fields = (struct mysql_fields *)message->fields;

	memset(message, 0, sizeof(*message));
	fields->is_mariadb = session->is_mariadb;
	fields->database = mysql_session_database(session);
	return fields;
}

/* Of a connection whose commands will not be seen its login is all there is to tell. */
static void open_login(struct mysql_session *session, const char *compression,
		       const struct exchange_sink *sink)
{
	struct message message;
	struct mysql_fields *fields = begin_fields(session, &message);

	fields->operation = "CONNECT";
	fields->compression = compression;
	session->has_login = true;
	sink->open(sink->self, session->first_key, &message);
}

static enum parse_result read_login(struct mysql_session *session, struct unit *unit,
				    const struct mysql_packet *packet,
				    const struct exchange_sink *sink)
{
	struct mysql_login login;

	if (is_wanting(unit, packet, MAX_WANTED_BYTES))
		return PARSE_NEED_MORE;
	if (!mysql_login_read(packet->payload, &login))
		return PARSE_INVALID;
	if (login.is_ssl_request) {
		sink->become(sink->self, NULL);
		return take_packet(unit, packet);
	}
	session->capabilities = session->has_greeting ? session->capabilities & login.capabilities
						      : login.capabilities;
	/* Nobody else has any of these. */
	session->is_mariadb |= login.capabilities >> 32 != 0;
	session->list_end = session->capabilities & MYSQL_CAN_DEPRECATE_EOF ? MYSQL_END_OMITTED
									    : MYSQL_END_PACKET;
	mysql_session_set_database(session, login.database);
	session->phase = MYSQL_LOGGING_IN;
	if (compression_of(session->capabilities))
		open_login(session, compression_of(session->capabilities), sink);
	return take_packet(unit, packet);
}

static void set_text(struct mysql_fields *fields, const struct sql_text *text)
{
	fields->text = view_of(text->text, text->text_size);
	fields->summary = view_of(text->summary, text->summary_size);
}

/* What a query does to the database of those after it. */
static void plan_use(struct mysql_session *session, struct view text, bool is_cut)
{
	struct view database = mysql_command_read_use(text);

	if (database.size)
		mysql_session_plan_database(session, database);
	else if (mysql_command_may_use(text, is_cut))
		mysql_session_plan_database(session, (struct view){0});
}

static void read_text(struct mysql_session *session, const struct command_packet *packet,
		      struct mysql_fields *fields, struct sql_text *text)
{
	struct view query;

	if (packet->number == MYSQL_PREPARE)
		query = packet->rest;
	else if (!mysql_command_read_query(packet->rest, &query))
		return;
	sql_text_sanitise(SQL_MYSQL, query, packet->is_cut, text);
	set_text(fields, text);
	if (packet->number == MYSQL_QUERY) {
		fields->operation = NULL;
		plan_use(session, query, packet->is_cut);
		return;
	}
	fields->is_preparation = true;
	mysql_session_newest(session)->ticket =
		mysql_statements_request(&session->statements, fields->text, fields->summary);
}

static void read_statement(struct mysql_session *session, const struct command_packet *packet,
			   struct mysql_fields *fields)
{
	struct mysql_cursor cursor = {.rest = packet->rest};
	uint32_t id = (uint32_t)mysql_packet_take_integer(&cursor, STATEMENT_ID_BYTES);
	const struct mysql_statement *statement =
		cursor.is_failed ? NULL : mysql_statements_find(&session->statements, id);

	fields->is_statement_unknown = !statement;
	if (!statement)
		return;
	fields->text = mysql_statements_text(statement);
	fields->summary = mysql_statements_summary(statement);
	if (packet->number == MYSQL_EXECUTE || packet->number == MYSQL_BULK_EXECUTE)
		fields->operation = NULL;
	else
		fields->is_preparation = true;
}

static void plan_change(struct mysql_session *session, const struct command_packet *packet)
{
	if (packet->number == MYSQL_INIT_DB)
		mysql_session_plan_database(session, packet->rest);
	else if (packet->number == MYSQL_CHANGE_USER)
		mysql_session_plan_database(
			session, mysql_login_read_change(packet->rest, session->capabilities));
}

/* A command while a login seems to wait: its answer was not known for one. */
static void end_login(struct mysql_session *session, const struct exchange_sink *sink)
{
	if (session->has_login)
		sink->end(sink->self, session->first_key++);
	session->has_login = false;
}

static void open_command(struct mysql_session *session, const struct command_packet *packet,
			 const struct exchange_sink *sink)
{
	struct message message;
	struct mysql_fields *fields = begin_fields(session, &message);
	struct sql_text text;

	end_login(session, sink);
	fields->operation = packet->command->name;
	if (packet->number == MYSQL_QUERY || packet->number == MYSQL_PREPARE)
		read_text(session, packet, fields, &text);
	else if (packet->command->is_prepared)
		read_statement(session, packet, fields);
	plan_change(session, packet);
	sink->open(sink->self, mysql_session_newest_key(session), &message);
}

/* Those without an answer. */
static void take_silent(struct mysql_session *session, const struct command_packet *packet)
{
	struct mysql_cursor cursor = {.rest = packet->rest};
	uint32_t id = (uint32_t)mysql_packet_take_integer(&cursor, STATEMENT_ID_BYTES);

	if (packet->number == MYSQL_CLOSE && !cursor.is_failed)
		mysql_statements_drop(&session->statements, id);
}

static enum parse_result read_command(struct mysql_session *session, struct unit *unit,
				      const struct mysql_packet *packet,
				      const struct exchange_sink *sink)
{
	struct command_packet command = {.packet = *packet};

	if (!packet->payload.size)
		return packet->size && !unit->is_final ? PARSE_NEED_MORE : PARSE_INVALID;
	command.number = (uint8_t)packet->payload.bytes[0];
	command.command = mysql_command_find(command.number);
	/* As much in whatever pieces it comes. */
	command.rest =
		view_skip(view_take(packet->payload, MAX_WANTED_BYTES - MYSQL_HEADER_BYTES), 1);
	command.is_cut = 1 + command.rest.size < packet->size || packet->size == MYSQL_FULL_PACKET;
	if (!command.command || (command.command->size && packet->size != command.command->size))
		return PARSE_INVALID;
	if (is_wanting(unit, packet,
		       command.command->is_prepared ? 1 + STATEMENT_ID_BYTES
						    : MAX_WANTED_BYTES - MYSQL_HEADER_BYTES))
		return PARSE_NEED_MORE;
	session->is_continued[MESSAGE_REQUEST] = packet->size == MYSQL_FULL_PACKET;
	if (command.command->shape == MYSQL_STREAM) {
		session->phase = MYSQL_STREAMING;
	} else if (command.command->shape == MYSQL_SILENT) {
		take_silent(session, &command);
	} else {
		if (!mysql_session_push(session, (struct mysql_pending){.command = command.number}))
			return PARSE_INVALID;
		session->is_end_late = false;
		open_command(session, &command, sink);
	}
	return take_packet(unit, packet);
}

/* The rest of what the packet before began. */
static enum parse_result read_rest(struct mysql_session *session, struct unit *unit,
				   const struct mysql_packet *packet)
{
	struct mysql_pending *newest = mysql_session_newest(session);

	session->is_continued[MESSAGE_REQUEST] = packet->size == MYSQL_FULL_PACKET;
	if (newest)
		newest->sequence = packet->sequence;
	if (newest && session->pending_count == 1 && session->answer.place == MYSQL_AT_FIRST)
		session->answer.sequence = (uint8_t)(packet->sequence + 1);
	return take_packet(unit, packet);
}

/* Ends with an empty packet; then the answer goes on. */
static enum parse_result read_file(struct mysql_session *session, struct unit *unit,
				   const struct mysql_packet *packet)
{
	session->is_continued[MESSAGE_REQUEST] = packet->size == MYSQL_FULL_PACKET;
	if (!packet->size) {
		session->answer.place = MYSQL_AT_FIRST;
		session->answer.sequence = (uint8_t)(packet->sequence + 1);
	}
	return take_packet(unit, packet);
}

enum parse_result mysql_client_read(struct mysql_session *session, struct unit *unit,
				    const struct exchange_sink *sink)
{
	const struct mysql_pending *oldest = mysql_session_oldest(session);
	struct mysql_packet packet;

	if (!mysql_packet_read(unit->bytes, &packet))
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	if (session->is_continued[MESSAGE_REQUEST])
		return read_rest(session, unit, &packet);
	if (oldest && session->answer.place == MYSQL_IN_FILE)
		return packet.sequence ? read_file(session, unit, &packet) : PARSE_INVALID;
	if (!packet.sequence && session->phase != MYSQL_BEGINNING)
		return read_command(session, unit, &packet, sink);
	if (session->phase == MYSQL_LOGGING_IN)
		return take_packet(unit, &packet);
	if (oldest)
		return oldest->command == MYSQL_CHANGE_USER ? take_packet(unit, &packet)
							    : PARSE_INVALID;
	if (!packet.sequence || packet.sequence > LAST_LOGIN_SEQUENCE)
		return PARSE_INVALID;
	return read_login(session, unit, &packet, sink);
}
