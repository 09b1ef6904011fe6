/*
 * Proof without a port. A greeting and a login have enough fixed fields to be certain. A connection
 * that is joined midway is claimed at a command that carries SQL (a word that SQL begins with, in a
 * packet of the right size) or that executes a statement (an iteration count of one, known flags);
 * a lone PING proves nothing. Commands without an answer may stand before these.
 */
#include "protocols/mysql/mysql_detect.h"

#include "protocols/mysql/mysql_command.h"
#include "protocols/mysql/mysql_login.h"

/* Of a long text this much is enough. */
#define ENOUGH_BYTES       256
#define MAX_GREETING_BYTES 512
#define MAX_LOGIN_BYTES    4096
#define MAX_LOGIN_SEQUENCE 3
#define MAX_COMMANDS       8
#define PLAIN_BYTES        16
#define MAX_NAME_BYTES     64
#define MIN_EXECUTE_BYTES  10
#define EXECUTE_FLAGS      0x0f
#define MIN_BULK_BYTES     7
#define BULK_FLAGS         0x00c0

static const char *const words[] = {
	"select",     "insert",  "update", "delete",   "replace",  "set",       "show",
	"begin",      "start",   "commit", "rollback", "create",   "drop",      "alter",
	"use",        "call",    "with",   "explain",  "describe", "desc",      "truncate",
	"load",       "lock",    "unlock", "grant",    "revoke",   "analyze",   "optimize",
	"prepare",    "execute", "flush",  "check",    "repair",   "savepoint", "release",
	"deallocate", "handler", "rename", "kill",     "xa",       "values",    NULL};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (c >= '0' && c <= '9');
}

/* Behind blanks and parentheses: a comment, or a word that SQL begins with. */
static bool begins_as_sql(struct view text)
{
	size_t size = 0;

	while (text.size && (text.bytes[0] == ' ' || text.bytes[0] == '(' ||
			     (text.bytes[0] >= '\t' && text.bytes[0] <= '\r')))
		text = view_skip(text, 1);
	if (view_starts_with(text, VIEW_LITERAL("/*")) ||
	    view_starts_with(text, VIEW_LITERAL("-- ")))
		return text.size > 4;
	while (size < text.size && is_letter(text.bytes[size]))
		size++;
	for (const char *const *word = words; *word; word++) {
		if (view_equals_ignoring_case(view_take(text, size), view_of_text(*word)))
			return true;
	}
	return false;
}

static bool is_plain(struct view text)
{
	if (view_find_byte(view_take(text, ENOUGH_BYTES), '\0') >= 0)
		return false;
	text = view_take(text, PLAIN_BYTES);
	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = (unsigned char)text.bytes[i];

		if (c == 0x7f || (c < 0x20 && !(c >= '\t' && c <= '\r')))
			return false;
	}
	return text.size > 0;
}

static bool is_text(uint8_t number, struct view rest, bool is_strict)
{
	struct view text = rest;

	if (number == MYSQL_QUERY && !mysql_command_read_query(rest, &text))
		return false;
	return is_plain(text) && (!is_strict || begins_as_sql(text));
}

/* Statement, flags, a count that is always one. */
static bool is_execute(const struct mysql_packet *packet)
{
	struct mysql_cursor cursor = {.rest = view_skip(packet->payload, 1)};
	uint64_t id = mysql_packet_take_integer(&cursor, 4);
	uint64_t flags = mysql_packet_take_integer(&cursor, 1);
	uint64_t count = mysql_packet_take_integer(&cursor, 4);

	return packet->size >= MIN_EXECUTE_BYTES && id && !(flags & ~(uint64_t)EXECUTE_FLAGS) &&
	       count == 1;
}

/* Statement, flags: types are sent, a result for each row is wanted. The first row is not empty. */
static bool is_bulk_execute(const struct mysql_packet *packet)
{
	struct mysql_cursor cursor = {.rest = view_skip(packet->payload, 1)};
	uint64_t id = mysql_packet_take_integer(&cursor, 4);
	uint64_t flags = mysql_packet_take_integer(&cursor, 2);
	uint64_t type = mysql_packet_take_integer(&cursor, 1);
	uint64_t sign = mysql_packet_take_integer(&cursor, 1);

	return packet->size > MIN_BULK_BYTES + 2 && id && flags == 0x80 && sign % 128 == 0 &&
	       (type <= 16 || type >= 245);
}

static enum detect_result verdict(bool is_proven)
{
	return is_proven ? DETECT_REQUEST : DETECT_NO;
}

/* So far, where less is there than is needed: texts have no bytes that no text has. */
static bool is_possible(const struct mysql_packet *packet, uint8_t number)
{
	struct view text = view_skip(packet->payload, 1);

	if (number == MYSQL_QUERY && (text.size < 2 || text.bytes[1] == 1))
		return true;
	return (number != MYSQL_QUERY && number != MYSQL_PREPARE) || !text.size || is_plain(text);
}

static enum detect_result detect_command(const struct mysql_packet *packet, uint8_t number)
{
	size_t wanted = packet->size < ENOUGH_BYTES ? packet->size : ENOUGH_BYTES;
	struct mysql_packet seen = *packet;

	if (number != MYSQL_QUERY && number != MYSQL_PREPARE && number != MYSQL_EXECUTE &&
	    number != MYSQL_BULK_EXECUTE)
		return DETECT_NO;
	if (packet->payload.size < wanted)
		return is_possible(packet, number) ? DETECT_NEED_MORE : DETECT_NO;
	seen.payload = view_take(packet->payload, wanted);
	switch (number) {
	case MYSQL_QUERY:
	case MYSQL_PREPARE:
		return verdict(is_text(number, view_skip(seen.payload, 1), true));
	case MYSQL_EXECUTE:
		return verdict(is_execute(&seen));
	default:
		return verdict(is_bulk_execute(&seen));
	}
}

static enum detect_result detect_login(const struct mysql_packet *packet)
{
	struct mysql_login login;

	if (packet->size < 32 || packet->size > MAX_LOGIN_BYTES)
		return DETECT_NO;
	if (packet->payload.size > 1 && !(packet->payload.bytes[1] & MYSQL_CAN_PROTOCOL_41 >> 8))
		return DETECT_NO;
	if (packet->payload.size < packet->size)
		return DETECT_NEED_MORE;
	return verdict(mysql_login_read(packet->payload, &login));
}

static enum detect_result detect_greeting(const struct mysql_packet *packet)
{
	struct mysql_greeting greeting;

	if (packet->size > MAX_GREETING_BYTES)
		return DETECT_NO;
	if (packet->payload.size < packet->size)
		return DETECT_NEED_MORE;
	return mysql_login_read_greeting(packet->payload, &greeting) ? DETECT_RESPONSE : DETECT_NO;
}

/* One that needs no answer and whose size is fixed: another follows. */
static bool is_prelude(const struct mysql_packet *packet, uint8_t number)
{
	return number == MYSQL_CLOSE && packet->size == 5;
}

enum detect_result mysql_detect(struct view bytes)
{
	struct mysql_packet packet;
	uint8_t number = 0;

	for (int i = 0; i < MAX_COMMANDS; i++) {
		if (!mysql_packet_read(bytes, &packet))
			return DETECT_NEED_MORE;
		if (!packet.size || packet.sequence > MAX_LOGIN_SEQUENCE)
			return DETECT_NO;
		if (packet.sequence)
			return i ? DETECT_NO : detect_login(&packet);
		if (!packet.payload.size)
			return DETECT_NEED_MORE;
		number = (uint8_t)packet.payload.bytes[0];
		if (!is_prelude(&packet, number))
			break;
		bytes = view_skip(bytes, MYSQL_HEADER_BYTES + packet.size);
	}
	if (number == 10)
		return detect_greeting(&packet);
	return detect_command(&packet, number);
}

static bool is_whole(struct view bytes, const struct mysql_packet *packet)
{
	return packet->payload.size == packet->size &&
	       bytes.size == MYSQL_HEADER_BYTES + packet->size;
}

bool mysql_detect_command(struct view bytes)
{
	const struct mysql_command *command;
	struct mysql_packet packet;
	uint8_t number;

	if (mysql_detect(bytes) == DETECT_REQUEST)
		return true;
	if (!mysql_packet_read(bytes, &packet) || packet.sequence)
		return false;
	/* MariaDB's server reads the header by itself; what follows is checked when it is read. */
	if (!packet.payload.size)
		return packet.size > 0;
	number = (uint8_t)packet.payload.bytes[0];
	command = mysql_command_find(number);
	if (!command || !is_whole(bytes, &packet))
		return false;
	if (command->size)
		return packet.size == command->size;
	if (number == MYSQL_QUERY || number == MYSQL_PREPARE)
		return is_text(number, view_skip(packet.payload, 1), false);
	return number == MYSQL_INIT_DB && packet.size <= 1 + 4 * MAX_NAME_BYTES &&
	       is_plain(view_skip(packet.payload, 1));
}
