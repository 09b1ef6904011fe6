/*
 * The table of commands (server: enum_server_command), and the little of their text that is read:
 * query attributes (CLIENT_QUERY_ATTRIBUTES) stand before it and are passed over; USE changes the
 * database of all that follows.
 */
#include "protocols/mysql/mysql_command.h"

#define MAX_ATTRIBUTES_PASSED 64

static const struct mysql_command commands[256] = {
	[MYSQL_QUIT] = {"QUIT", MYSQL_SILENT, 1, false},
	[MYSQL_INIT_DB] = {"INIT_DB", MYSQL_SIMPLE, 0, false},
	[MYSQL_QUERY] = {"QUERY", MYSQL_RESULT, 0, false},
	[0x04] = {"FIELD_LIST", MYSQL_COLUMNS, 0, false},
	[0x05] = {"CREATE_DB", MYSQL_SIMPLE, 0, false},
	[0x06] = {"DROP_DB", MYSQL_SIMPLE, 0, false},
	[0x07] = {"REFRESH", MYSQL_SIMPLE, 2, false},
	[0x08] = {"SHUTDOWN", MYSQL_SIMPLE, 0, false},
	[0x09] = {"STATISTICS", MYSQL_WORDS, 1, false},
	[0x0a] = {"PROCESS_INFO", MYSQL_RESULT, 1, false},
	[0x0c] = {"PROCESS_KILL", MYSQL_SIMPLE, 5, false},
	[0x0d] = {"DEBUG", MYSQL_SIMPLE, 1, false},
	[0x0e] = {"PING", MYSQL_SIMPLE, 1, false},
	[MYSQL_CHANGE_USER] = {"CHANGE_USER", MYSQL_LOGIN_AGAIN, 0, false},
	[0x12] = {"BINLOG_DUMP", MYSQL_STREAM, 0, false},
	[0x13] = {"TABLE_DUMP", MYSQL_STREAM, 0, false},
	[0x15] = {"REGISTER_SLAVE", MYSQL_SIMPLE, 0, false},
	[MYSQL_PREPARE] = {"PREPARE", MYSQL_PREPARATION, 0, false},
	[MYSQL_EXECUTE] = {"EXECUTE", MYSQL_RESULT, 0, true},
	[MYSQL_LONG_DATA] = {"SEND_LONG_DATA", MYSQL_SILENT, 0, true},
	[MYSQL_CLOSE] = {"CLOSE", MYSQL_SILENT, 5, true},
	[MYSQL_RESET] = {"RESET", MYSQL_SIMPLE, 5, true},
	[0x1b] = {"SET_OPTION", MYSQL_SIMPLE, 3, false},
	[MYSQL_FETCH] = {"FETCH", MYSQL_ROWS, 9, true},
	[0x1e] = {"BINLOG_DUMP_GTID", MYSQL_STREAM, 0, false},
	[MYSQL_RESET_CONNECTION] = {"RESET_CONNECTION", MYSQL_SIMPLE, 1, false},
	[MYSQL_BULK_EXECUTE] = {"BULK_EXECUTE", MYSQL_RESULT, 0, true},
};

const struct mysql_command *mysql_command_find(uint8_t number)
{
	return commands[number].name ? &commands[number] : NULL;
}

/* A value in the binary format, by its type. */
static void pass_value(struct mysql_cursor *cursor, uint8_t type)
{
	static const uint8_t sizes[16] = {
		[1] = 1, [2] = 2, [3] = 4, [4] = 4, [5] = 8, [8] = 8, [9] = 4, [13] = 2};
	enum { TYPE_NULL = 6, TYPE_TIMESTAMP = 7, TYPE_DATE = 10, TYPE_TIME, TYPE_DATETIME };

	if (type == TYPE_NULL)
		return;
	if (type < 16 && sizes[type])
		mysql_packet_take(cursor, sizes[type]);
	else if (type == TYPE_TIMESTAMP || (type >= TYPE_DATE && type <= TYPE_DATETIME))
		mysql_packet_take(cursor, mysql_packet_take_integer(cursor, 1));
	else
		mysql_packet_take_string(cursor);
}

/* Attributes: a bit map of those that are NULL, types with names, values. */
static void pass_attributes(struct mysql_cursor *cursor, size_t count)
{
	struct view nulls = mysql_packet_take(cursor, (count + 7) / 8);
	uint8_t types[MAX_ATTRIBUTES_PASSED] = {0};

	if (mysql_packet_take_integer(cursor, 1) != 1)
		cursor->is_failed = true;
	for (size_t i = 0; i < count && !cursor->is_failed; i++) {
		types[i] = (uint8_t)mysql_packet_take_integer(cursor, 2);
		mysql_packet_take_string(cursor);
	}
	for (size_t i = 0; i < count && !cursor->is_failed; i++) {
		if (!(nulls.bytes[i / 8] >> (i % 8) & 1))
			pass_value(cursor, types[i]);
	}
}

/* No SQL has \1 as its second byte; behind the number of attributes it always stands. */
bool mysql_command_read_query(struct view payload, struct view *ret_text)
{
	struct mysql_cursor cursor = {.rest = payload};
	uint64_t count;

	*ret_text = payload;
	if (payload.size < 2 || payload.bytes[1] != 1)
		return true;
	count = mysql_packet_take_length(&cursor);
	mysql_packet_take(&cursor, 1);
	if (count > MAX_ATTRIBUTES_PASSED)
		return false;
	if (count)
		pass_attributes(&cursor, (size_t)count);
	*ret_text = cursor.rest;
	return !cursor.is_failed;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct view trim(struct view text)
{
	while (text.size && is_blank(text.bytes[0]))
		text = view_skip(text, 1);
	while (text.size &&
	       (is_blank(text.bytes[text.size - 1]) || text.bytes[text.size - 1] == ';'))
		text.size--;
	return text;
}

struct view mysql_command_read_use(struct view text)
{
	struct view name, none = {0};

	text = trim(text);
	if (!view_equals_ignoring_case(view_take(text, 3), VIEW_LITERAL("use")) || text.size < 5 ||
	    !(is_blank(text.bytes[3]) || text.bytes[3] == '`'))
		return none;
	name = trim(view_skip(text, 3));
	if (name.size > 2 && name.bytes[0] == '`' && name.bytes[name.size - 1] == '`')
		return view_take(view_skip(name, 1), name.size - 2);
	for (size_t i = 0; i < name.size; i++) {
		if (is_blank(name.bytes[i]) || strchr("`'\";/*#", name.bytes[i]))
			return none;
	}
	return name;
}

bool mysql_command_may_use(struct view text, bool is_cut)
{
	struct view rest = trim(text);
	ssize_t end = view_find_byte(rest, ';');

	if (end < 0)
		return false;
	for (rest = view_skip(rest, (size_t)end); rest.size >= 3; rest = view_skip(rest, 1)) {
		if (view_equals_ignoring_case(view_take(rest, 3), VIEW_LITERAL("use")))
			return true;
	}
	return is_cut;
}
