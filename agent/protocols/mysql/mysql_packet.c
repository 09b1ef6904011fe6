/*
 * The layer below commands and answers, as the MySQL internals manual ("Basic Packets") and
 * MariaDB's "Client/Server Protocol" describe it. Total: lengths come from the wire and are never
 * believed beyond what is there.
 */
#include "protocols/mysql/mysql_packet.h"

static uint64_t little_endian(const char *bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
	return value;
}

bool mysql_packet_read(struct view bytes, struct mysql_packet *ret)
{
	if (bytes.size < MYSQL_HEADER_BYTES)
		return false;
	ret->size = (uint32_t)little_endian(bytes.bytes, 3);
	ret->sequence = (uint8_t)bytes.bytes[3];
	ret->payload = view_take(view_skip(bytes, MYSQL_HEADER_BYTES), ret->size);
	return true;
}

struct view mysql_packet_take(struct mysql_cursor *cursor, uint64_t size)
{
	struct view taken;

	if (size > cursor->rest.size) {
		cursor->is_failed = true;
		cursor->rest.size = 0;
		return (struct view){0};
	}
	taken = view_take(cursor->rest, (size_t)size);
	cursor->rest = view_skip(cursor->rest, (size_t)size);
	return taken;
}

uint64_t mysql_packet_take_integer(struct mysql_cursor *cursor, size_t size)
{
	struct view taken = mysql_packet_take(cursor, size);

	return little_endian(taken.bytes, taken.size);
}

uint64_t mysql_packet_take_length(struct mysql_cursor *cursor)
{
	uint64_t first = mysql_packet_take_integer(cursor, 1);

	if (first < 0xfb)
		return first;
	if (first == 0xfc)
		return mysql_packet_take_integer(cursor, 2);
	if (first == 0xfd)
		return mysql_packet_take_integer(cursor, 3);
	if (first == 0xfe)
		return mysql_packet_take_integer(cursor, 8);
	cursor->is_failed = true;
	cursor->rest.size = 0;
	return 0;
}

struct view mysql_packet_take_string(struct mysql_cursor *cursor)
{
	return mysql_packet_take(cursor, mysql_packet_take_length(cursor));
}

struct view mysql_packet_take_text(struct mysql_cursor *cursor)
{
	ssize_t end = view_find_byte(cursor->rest, '\0');
	struct view text = cursor->rest;

	if (end < 0) {
		cursor->rest.size = 0;
		return text;
	}
	cursor->rest = view_skip(cursor->rest, (size_t)end + 1);
	return view_take(text, (size_t)end);
}

/* What the session has become: only the default database is wanted. */
static void read_changes(struct mysql_cursor *cursor, struct mysql_ending *ret)
{
	enum { CHANGE_OF_SCHEMA = 1 };
	struct mysql_cursor changes;

	mysql_packet_take_string(cursor); /* what it did, in words */
	changes = (struct mysql_cursor){.rest = mysql_packet_take_string(cursor)};
	while (changes.rest.size && !changes.is_failed) {
		uint64_t type = mysql_packet_take_integer(&changes, 1);
		struct mysql_cursor change = {.rest = mysql_packet_take_string(&changes)};

		if (type != CHANGE_OF_SCHEMA)
			continue;
		ret->schema = mysql_packet_take_string(&change);
		ret->has_schema = !changes.is_failed && !change.is_failed;
	}
}

static bool read_ok(struct mysql_cursor *cursor, struct mysql_ending *ret)
{
	mysql_packet_take_length(cursor); /* rows changed */
	mysql_packet_take_length(cursor); /* last id inserted */
	ret->status = (uint16_t)mysql_packet_take_integer(cursor, 2);
	mysql_packet_take_integer(cursor, 2); /* warnings */
	if (cursor->is_failed)
		return false;
	if (ret->status & MYSQL_STATE_CHANGED)
		read_changes(cursor, ret);
	return true;
}

static bool is_state_word(struct view word)
{
	for (size_t i = 0; i < word.size; i++) {
		char c = word.bytes[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return true;
}

static bool read_error(struct mysql_cursor *cursor, struct mysql_ending *ret)
{
	ret->error_code = (uint16_t)mysql_packet_take_integer(cursor, 2);
	ret->is_progress = ret->error_code == MYSQL_PROGRESS_CODE;
	ret->is_error = !ret->is_progress;
	if (ret->is_error && cursor->rest.size && cursor->rest.bytes[0] == '#' &&
	    !is_state_word(view_take(view_skip(cursor->rest, 1), 5)))
		return false;
	return !cursor->is_failed && (ret->is_progress || ret->error_code >= 1000);
}

bool mysql_packet_read_ending(const struct mysql_packet *packet, bool is_ok_meant,
			      struct mysql_ending *ret)
{
	struct mysql_cursor cursor = {.rest = packet->payload};
	uint64_t first = mysql_packet_take_integer(&cursor, 1);

	memset(ret, 0, sizeof(*ret));
	if (cursor.is_failed || packet->size == MYSQL_FULL_PACKET)
		return false;
	if (first == MYSQL_ERROR_BYTE)
		return read_error(&cursor, ret);
	if (first == MYSQL_EOF_BYTE && packet->size == MYSQL_EOF_SIZE) {
		mysql_packet_take_integer(&cursor, 2); /* warnings */
		ret->status = (uint16_t)mysql_packet_take_integer(&cursor, 2);
		return !cursor.is_failed;
	}
	if (first == MYSQL_EOF_BYTE || (first == MYSQL_OK_BYTE && is_ok_meant))
		return read_ok(&cursor, ret);
	return false;
}
