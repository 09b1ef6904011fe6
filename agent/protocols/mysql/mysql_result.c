/*
 * Answers by their shapes (mysql_command.h). Two things are agreed on in the login and matter here:
 * whether an EOF packet ends a list of columns (CLIENT_DEPRECATE_EOF: not), and whether columns may
 * be left out. The first is learned from the first list where the login was not seen: an EOF has
 * exactly five bytes, an OK in its place seven or more, a row begins with neither.
 */
#include "protocols/mysql/mysql_result.h"

#include "protocols/mysql/mysql_command.h"

#define MIN_PREPARED_BYTES 12
#define MAX_COLUMNS        65535
#define MAX_ENDING_BYTES   512
#define MIN_OK_BYTES       7

static bool has_first(const struct mysql_packet *packet, unsigned char byte)
{
	return packet->payload.size && packet->payload.bytes[0] == (char)byte;
}

static bool is_list_end(const struct mysql_packet *packet)
{
	return has_first(packet, MYSQL_EOF_BYTE) && packet->size == MYSQL_EOF_SIZE;
}

/* OK, EOF or ERR where one of these is due. */
static enum mysql_step take_ending(struct mysql_session *session, const struct mysql_packet *packet,
				   bool is_ok_meant, struct mysql_ending *ending)
{
	if (!mysql_packet_read_ending(packet, is_ok_meant, ending))
		return MYSQL_STEP_INVALID;
	if (ending->is_progress)
		return MYSQL_STEP_ON;
	if (ending->is_error || !(ending->status & MYSQL_MORE_RESULTS))
		return MYSQL_STEP_END;
	session->answer.place = MYSQL_AT_FIRST;
	return MYSQL_STEP_ON;
}

/*
 * The number of columns, and with CACHE_METADATA (MariaDB: behind it) or
 * OPTIONAL_RESULTSET_METADATA (MySQL: before it) whether the columns follow.
 */
static bool read_column_count(const struct mysql_packet *packet, uint32_t *ret_count,
			      bool *ret_has_columns)
{
	struct mysql_cursor cursor = {.rest = packet->payload};
	uint64_t count = mysql_packet_take_length(&cursor), flag = 1;

	if (cursor.rest.size == 1 && count && (count > 1 || cursor.rest.bytes[0] <= 1)) {
		flag = mysql_packet_take_integer(&cursor, 1);
	} else if (cursor.rest.size) {
		flag = count;
		count = mysql_packet_take_length(&cursor);
	}
	if (cursor.is_failed || cursor.rest.size || flag > 1 || !count || count > MAX_COLUMNS ||
	    packet->payload.size != packet->size)
		return false;
	*ret_count = (uint32_t)count;
	*ret_has_columns = flag;
	return true;
}

static enum mysql_step take_result_first(struct mysql_session *session,
					 const struct mysql_packet *packet,
					 struct mysql_ending *ending)
{
	struct mysql_answer *answer = &session->answer;
	bool has_columns,
		is_flag = packet->size == 2 && (session->capabilities == 0 ||
						session->capabilities & MYSQL_CAN_OMIT_METADATA);

	if (has_first(packet, MYSQL_ERROR_BYTE) || (has_first(packet, MYSQL_OK_BYTE) && !is_flag))
		return take_ending(session, packet, true, ending);
	if (has_first(packet, MYSQL_FILE_BYTE)) {
		answer->place = MYSQL_IN_FILE;
		return MYSQL_STEP_ON;
	}
	if (!read_column_count(packet, &answer->columns_left, &has_columns))
		return MYSQL_STEP_INVALID;
	answer->place = has_columns                              ? MYSQL_IN_COLUMNS
			: session->list_end == MYSQL_END_OMITTED ? MYSQL_IN_ROWS
								 : MYSQL_AFTER_COLUMNS;
	return MYSQL_STEP_ON;
}

/* What follows the lists that are left. */
static enum mysql_step go_on_prepared(struct mysql_session *session)
{
	struct mysql_answer *answer = &session->answer;

	if (answer->parameters_left)
		answer->place = MYSQL_IN_PARAMETERS;
	else if (answer->columns_left)
		answer->place = MYSQL_IN_COLUMNS;
	else
		return MYSQL_STEP_END;
	return MYSQL_STEP_ON;
}

static enum mysql_step take_prepared_first(struct mysql_session *session,
					   const struct mysql_packet *packet,
					   struct mysql_ending *ending)
{
	struct mysql_cursor cursor = {.rest = view_skip(packet->payload, 1)};
	uint32_t id = (uint32_t)mysql_packet_take_integer(&cursor, 4);

	if (has_first(packet, MYSQL_ERROR_BYTE))
		return take_ending(session, packet, false, ending);
	if (!has_first(packet, MYSQL_OK_BYTE) || packet->size < MIN_PREPARED_BYTES)
		return MYSQL_STEP_INVALID;
	session->answer.columns_left = (uint32_t)mysql_packet_take_integer(&cursor, 2);
	session->answer.parameters_left = (uint32_t)mysql_packet_take_integer(&cursor, 2);
	mysql_packet_take_integer(&cursor, 1 + 2);
	if (cursor.is_failed)
		return MYSQL_STEP_INVALID;
	mysql_statements_confirm(&session->statements, mysql_session_oldest(session)->ticket, id);
	/* With OPTIONAL_RESULTSET_METADATA: do the lists follow? */
	if (packet->size > MIN_PREPARED_BYTES && cursor.rest.size && !cursor.rest.bytes[0])
		return MYSQL_STEP_END;
	return go_on_prepared(session);
}

/* Was that the last of a list? Then an EOF, where lists have one. */
static enum mysql_step end_list(struct mysql_session *session, enum mysql_place after)
{
	struct mysql_answer *answer = &session->answer;
	bool is_preparation = mysql_session_oldest(session)->command == MYSQL_PREPARE;
	bool is_last = is_preparation && !answer->columns_left;

	if (session->list_end == MYSQL_END_OMITTED && is_preparation)
		return go_on_prepared(session);
	if (session->list_end == MYSQL_END_OMITTED) {
		answer->place = MYSQL_IN_ROWS;
		return MYSQL_STEP_ON;
	}
	if (session->list_end == MYSQL_END_UNKNOWN && is_last) {
		session->is_end_late = true;
		return MYSQL_STEP_END;
	}
	answer->place = after;
	return MYSQL_STEP_ON;
}

static enum mysql_step take_column(struct mysql_session *session, const struct mysql_packet *packet,
				   struct mysql_ending *ending)
{
	struct mysql_answer *answer = &session->answer;
	bool is_parameter = answer->place == MYSQL_IN_PARAMETERS;
	uint32_t *left = is_parameter ? &answer->parameters_left : &answer->columns_left;

	if (has_first(packet, MYSQL_ERROR_BYTE))
		return take_ending(session, packet, false, ending);
	if (!view_starts_with(packet->payload, VIEW_LITERAL("\3def")))
		return MYSQL_STEP_INVALID;
	if (--*left)
		return MYSQL_STEP_ON;
	return end_list(session, is_parameter ? MYSQL_AFTER_PARAMETERS : MYSQL_AFTER_COLUMNS);
}

static enum mysql_step take_row(struct mysql_session *session, const struct mysql_packet *packet,
				struct mysql_ending *ending)
{
	struct mysql_answer *answer = &session->answer;

	if (has_first(packet, MYSQL_ERROR_BYTE))
		return take_ending(session, packet, false, ending);
	if (has_first(packet, MYSQL_EOF_BYTE) && packet->size < MYSQL_FULL_PACKET) {
		answer->has_rows = true;
		return take_ending(session, packet, false, ending);
	}
	answer->rows++;
	return MYSQL_STEP_ON;
}

/* Where an EOF is due, or not, if that is not known. */
static enum mysql_step take_after_list(struct mysql_session *session,
				       const struct mysql_packet *packet,
				       struct mysql_ending *ending)
{
	struct mysql_answer *answer = &session->answer;
	bool is_preparation = mysql_session_oldest(session)->command == MYSQL_PREPARE;

	if (has_first(packet, MYSQL_ERROR_BYTE) || is_list_end(packet)) {
		if (!mysql_packet_read_ending(packet, false, ending))
			return MYSQL_STEP_INVALID;
		if (ending->is_error)
			return MYSQL_STEP_END;
		session->list_end = MYSQL_END_PACKET;
		if (is_preparation)
			return go_on_prepared(session);
		answer->place = MYSQL_IN_ROWS;
		/* Rows come with COM_STMT_FETCH. */
		return ending->status & MYSQL_CURSOR_EXISTS ? MYSQL_STEP_END : MYSQL_STEP_ON;
	}
	if (session->list_end != MYSQL_END_UNKNOWN)
		return MYSQL_STEP_INVALID;
	session->list_end = MYSQL_END_OMITTED;
	if (!is_preparation) {
		answer->place = MYSQL_IN_ROWS;
		return take_row(session, packet, ending);
	}
	if (go_on_prepared(session) == MYSQL_STEP_END)
		return MYSQL_STEP_INVALID;
	return take_column(session, packet, ending);
}

static enum mysql_step take_first(struct mysql_session *session, const struct mysql_packet *packet,
				  struct mysql_ending *ending)
{
	const struct mysql_command *command =
		mysql_command_find(mysql_session_oldest(session)->command);

	switch (command->shape) {
	case MYSQL_RESULT:
		return take_result_first(session, packet, ending);
	case MYSQL_PREPARATION:
		return take_prepared_first(session, packet, ending);
	case MYSQL_ROWS:
		session->answer.place = MYSQL_IN_ROWS;
		return take_row(session, packet, ending);
	case MYSQL_COLUMNS:
		if (view_starts_with(packet->payload, VIEW_LITERAL("\3def")))
			return MYSQL_STEP_ON;
		return take_ending(session, packet, false, ending);
	case MYSQL_WORDS:
		if (has_first(packet, MYSQL_ERROR_BYTE))
			return take_ending(session, packet, false, ending);
		return MYSQL_STEP_END;
	case MYSQL_LOGIN_AGAIN:
		if (has_first(packet, MYSQL_OK_BYTE) || has_first(packet, MYSQL_ERROR_BYTE))
			return take_ending(session, packet, true, ending);
		return MYSQL_STEP_ON;
	default:
		return take_ending(session, packet, true, ending);
	}
}

enum mysql_step mysql_result_take(struct mysql_session *session, const struct mysql_packet *packet,
				  struct mysql_ending *ret_ending)
{
	switch (session->answer.place) {
	case MYSQL_AT_FIRST:
		return take_first(session, packet, ret_ending);
	case MYSQL_IN_PARAMETERS:
	case MYSQL_IN_COLUMNS:
		return take_column(session, packet, ret_ending);
	case MYSQL_AFTER_PARAMETERS:
	case MYSQL_AFTER_COLUMNS:
		return take_after_list(session, packet, ret_ending);
	case MYSQL_IN_ROWS:
		return take_row(session, packet, ret_ending);
	case MYSQL_NOWHERE:
		return take_ending(session, packet, false, ret_ending);
	default:
		return MYSQL_STEP_INVALID;
	}
}

/* Nothing but an end looks like this: its size is that of what is left, and every field is as the
 * server writes it there. */
static bool is_proven_end(const struct mysql_session *session, struct view bytes)
{
	struct mysql_packet packet;
	struct mysql_ending ending;

	if (!mysql_packet_read(bytes, &packet) || packet.payload.size != packet.size ||
	    bytes.size != MYSQL_HEADER_BYTES + packet.size || !packet.sequence)
		return false;
	if (!mysql_packet_read_ending(&packet, false, &ending) || ending.is_progress)
		return false;
	if (ending.is_error)
		return packet.size > 9 && packet.payload.bytes[3] == '#';
	if (packet.size == MYSQL_EOF_SIZE)
		return session->list_end != MYSQL_END_OMITTED;
	return session->list_end != MYSQL_END_PACKET && packet.size >= MIN_OK_BYTES &&
	       !packet.payload.bytes[1] && !packet.payload.bytes[2];
}

bool mysql_result_find_end(const struct mysql_session *session, struct view bytes,
			   size_t *ret_offset)
{
	size_t first = bytes.size > MAX_ENDING_BYTES ? bytes.size - MAX_ENDING_BYTES : 0;
	size_t smallest = MYSQL_HEADER_BYTES + MYSQL_EOF_SIZE;

	for (size_t at = bytes.size >= smallest ? bytes.size - smallest + 1 : 0; at-- > first;) {
		if (!is_proven_end(session, view_skip(bytes, at)))
			continue;
		*ret_offset = at;
		return true;
	}
	return false;
}
