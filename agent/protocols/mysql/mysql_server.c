/*
 * Packets of the server. An answer is followed packet by packet to its end: columns, rows (counted,
 * never read), further results. What the two agreed on is not known on a connection that was joined
 * midway: then the packets themselves say it (mysql_result.c).
 */
#include "protocols/mysql/mysql_server.h"

#include "protocols/mysql/mysql_command.h"
#include "protocols/mysql/mysql_describe.h"
#include "protocols/mysql/mysql_result.h"

/* Of a packet that may end an answer no more than this is waited for. */
#define MAX_WANTED_BYTES 1024

static enum parse_result take_packet(struct mysql_session *session, struct unit *unit,
				     const struct mysql_packet *packet)
{
	uint64_t size = MYSQL_HEADER_BYTES + (uint64_t)packet->size;

	session->is_continued[MESSAGE_RESPONSE] = packet->size == MYSQL_FULL_PACKET;
	unit->consumed = size < unit->bytes.size ? (size_t)size : unit->bytes.size;
	unit->skip = size - unit->consumed;
	return PARSE_DONE;
}

static void send_answer(const struct mysql_session *session, const struct mysql_ending *ending,
			uint64_t key, const struct exchange_sink *sink)
{
	struct message message = {.kind = MESSAGE_RESPONSE};
	struct mysql_fields *fields = (struct mysql_fields *)message.fields;

	fields->error_code = ending->is_error ? ending->error_code : 0;
	fields->has_rows =
		session->answer.has_rows && !session->answer.is_rows_lost && !ending->is_error;
	fields->rows = session->answer.rows;
	sink->answer(sink->self, key, &message);
	sink->end(sink->self, key);
}

/* The proofs were enough, or not. */
static void end_login(struct mysql_session *session, const struct mysql_ending *ending,
		      const struct exchange_sink *sink)
{
	bool is_compressed = session->capabilities & (MYSQL_CAN_COMPRESS | MYSQL_CAN_ZSTD);

	if (session->has_login) {
		session->answer = (struct mysql_answer){.place = MYSQL_AT_FIRST};
		send_answer(session, ending, session->first_key++, sink);
		session->has_login = false;
	}
	if (ending->has_schema)
		mysql_session_set_database(session, ending->schema);
	session->phase = is_compressed ? MYSQL_COMPRESSED : MYSQL_COMMANDS;
}

static enum parse_result read_greeting(struct mysql_session *session, struct unit *unit,
				       const struct mysql_packet *packet)
{
	struct mysql_greeting greeting;

	/* Or it says why it will not talk. */
	if (packet->payload.bytes[0] == (char)MYSQL_ERROR_BYTE)
		return take_packet(session, unit, packet);
	if (packet->sequence || !mysql_login_read_greeting(packet->payload, &greeting))
		return PARSE_INVALID;
	session->has_greeting = true;
	session->is_mariadb = greeting.is_mariadb;
	session->capabilities = greeting.capabilities;
	return take_packet(session, unit, packet);
}

static enum parse_result read_proof(struct mysql_session *session, struct unit *unit,
				    const struct mysql_packet *packet,
				    const struct exchange_sink *sink)
{
	unsigned char first = (unsigned char)packet->payload.bytes[0];
	struct mysql_ending ending;

	if (first == MYSQL_OK_BYTE || first == MYSQL_ERROR_BYTE) {
		if (!mysql_packet_read_ending(packet, true, &ending))
			return PARSE_INVALID;
		end_login(session, &ending, sink);
	}
	return take_packet(session, unit, packet);
}

/* The database and the statements after a command that succeeded. */
static void apply(struct mysql_session *session, const struct mysql_pending *pending)
{
	bool is_new = pending->command == MYSQL_CHANGE_USER;

	if (session->is_change_planned && session->change_key == session->first_key) {
		mysql_session_set_database(
			session, view_of(session->next_database, session->next_database_size));
		session->is_change_planned = false;
	} else if (pending->command == MYSQL_INIT_DB || is_new) {
		session->database_size = 0; /* one of several changes under way */
	}
	if (is_new || pending->command == MYSQL_RESET_CONNECTION)
		mysql_statements_drop_all(&session->statements);
}

static void end_answer(struct mysql_session *session, const struct mysql_ending *ending,
		       const struct exchange_sink *sink)
{
	struct mysql_pending *pending = mysql_session_oldest(session);

	if (!ending->is_error)
		apply(session, pending);
	else if (session->is_change_planned && session->change_key == session->first_key)
		session->is_change_planned = false;
	if (ending->is_error || session->answer.place == MYSQL_NOWHERE)
		mysql_statements_refuse(&session->statements, pending->ticket);
	if (ending->has_schema)
		mysql_session_set_database(session, ending->schema);
	send_answer(session, ending, session->first_key, sink);
	mysql_session_pop(session);
}

/* Nothing was asked: an end of columns that comes late, or a last word before it hangs up. */
static enum parse_result read_unasked(struct mysql_session *session, struct unit *unit,
				      const struct mysql_packet *packet)
{
	struct mysql_ending ending;

	if (!mysql_packet_read_ending(packet, false, &ending))
		return PARSE_INVALID;
	if (session->is_end_late && !ending.is_error && packet->size == MYSQL_EOF_SIZE) {
		session->is_end_late = false;
		session->list_end = MYSQL_END_PACKET;
		return take_packet(session, unit, packet);
	}
	return ending.is_error ? take_packet(session, unit, packet) : PARSE_INVALID;
}

static enum parse_result read_answer(struct mysql_session *session, struct unit *unit,
				     const struct mysql_packet *packet,
				     const struct exchange_sink *sink)
{
	struct mysql_answer *answer = &session->answer;
	struct mysql_ending ending = {0};
	enum mysql_step step;

	if (answer->place == MYSQL_IN_FILE)
		return PARSE_INVALID;
	if (answer->place != MYSQL_NOWHERE && packet->sequence != answer->sequence &&
	    mysql_session_oldest(session)->command != MYSQL_CHANGE_USER)
		return PARSE_INVALID;
	answer->sequence = (uint8_t)(packet->sequence + 1);
	step = mysql_result_take(session, packet, &ending);
	if (step == MYSQL_STEP_INVALID)
		return PARSE_INVALID;
	if (step == MYSQL_STEP_END)
		end_answer(session, &ending, sink);
	else
		sink->answer(sink->self, session->first_key, NULL);
	return take_packet(session, unit, packet);
}

/* Rows and columns say by their first bytes what they are; ends must be there. */
static bool is_wanting(const struct mysql_session *session, const struct mysql_packet *packet)
{
	size_t wanted = packet->size < MAX_WANTED_BYTES ? packet->size : MAX_WANTED_BYTES;
	unsigned char first;

	if (!packet->payload.size)
		return packet->size;
	first = (unsigned char)packet->payload.bytes[0];
	if (session->phase == MYSQL_COMMANDS && session->answer.place == MYSQL_IN_ROWS &&
	    first != MYSQL_EOF_BYTE && first != MYSQL_ERROR_BYTE)
		return false;
	return packet->payload.size < wanted;
}

enum parse_result mysql_server_read(struct mysql_session *session, struct unit *unit,
				    const struct exchange_sink *sink)
{
	struct mysql_packet packet;

	if (!mysql_packet_read(unit->bytes, &packet))
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	if (session->is_continued[MESSAGE_RESPONSE]) {
		session->answer.sequence = (uint8_t)(packet.sequence + 1);
		return take_packet(session, unit, &packet);
	}
	if (is_wanting(session, &packet) && !unit->is_final)
		return PARSE_NEED_MORE;
	if (!packet.payload.size)
		return PARSE_INVALID;
	if (session->phase == MYSQL_BEGINNING)
		return read_greeting(session, unit, &packet);
	if (session->phase == MYSQL_LOGGING_IN)
		return read_proof(session, unit, &packet, sink);
	if (!session->pending_count)
		return read_unasked(session, unit, &packet);
	return read_answer(session, unit, &packet, sink);
}
