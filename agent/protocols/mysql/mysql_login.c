/*
 * Handshake packets of protocol version 10 and the client's answer (HandshakeResponse41), by the
 * MySQL internals manual and MariaDB's "Connecting". Names of users and what proves them are passed
 * over unread.
 */
#include "protocols/mysql/mysql_login.h"

#define PROTOCOL_VERSION   10
#define MAX_VERSION_BYTES  128
#define SSL_REQUEST_BYTES  32
#define FILLER_BYTES       19
#define MIN_LOGIN_BYTES    34
#define MIN_GREETING_BYTES 40

static bool is_printable(struct view text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] < 0x20 || text.bytes[i] > 0x7e)
			return false;
	}
	return true;
}

static bool is_zero(struct view bytes)
{
	for (size_t i = 0; i < bytes.size; i++) {
		if (bytes.bytes[i])
			return false;
	}
	return true;
}

bool mysql_login_read_greeting(struct view payload, struct mysql_greeting *ret)
{
	struct mysql_cursor cursor = {.rest = payload};
	uint64_t version = mysql_packet_take_integer(&cursor, 1), capabilities;
	struct view name = mysql_packet_take_text(&cursor), filler;

	if (payload.size < MIN_GREETING_BYTES || version != PROTOCOL_VERSION || !name.size ||
	    name.size > MAX_VERSION_BYTES || !is_printable(name))
		return false;
	mysql_packet_take(&cursor, 4 + 8); /* connection id, challenge */
	filler = mysql_packet_take(&cursor, 1);
	capabilities = mysql_packet_take_integer(&cursor, 2);
	mysql_packet_take(&cursor, 1 + 2); /* collation, status */
	capabilities |= mysql_packet_take_integer(&cursor, 2) << 16;
	mysql_packet_take(&cursor, 1); /* size of the challenge */
	if (!is_zero(filler) || !is_zero(mysql_packet_take(&cursor, 6)))
		return false;
	if (capabilities & MYSQL_CAN_MYSQL)
		mysql_packet_take(&cursor, 4);
	else
		capabilities |= mysql_packet_take_integer(&cursor, 4) << 32;
	if (cursor.is_failed || !(capabilities & MYSQL_CAN_PROTOCOL_41))
		return false;
	ret->capabilities = capabilities;
	ret->is_mariadb = view_find(name, VIEW_LITERAL("MariaDB")) >= 0 ||
			  view_find(name, VIEW_LITERAL("mariadb")) >= 0;
	return true;
}

static void pass_proof(struct mysql_cursor *cursor, uint64_t capabilities)
{
	if (capabilities & MYSQL_CAN_LENENC_AUTH)
		mysql_packet_take_string(cursor);
	else if (capabilities & MYSQL_CAN_SECURE_CONNECTION)
		mysql_packet_take(cursor, mysql_packet_take_integer(cursor, 1));
	else
		mysql_packet_take_text(cursor);
}

bool mysql_login_read(struct view payload, struct mysql_login *ret)
{
	struct mysql_cursor cursor = {.rest = payload};
	uint64_t capabilities = mysql_packet_take_integer(&cursor, 4), extended;
	struct view filler;

	mysql_packet_take(&cursor, 4 + 1); /* largest packet, collation */
	filler = mysql_packet_take(&cursor, FILLER_BYTES);
	extended = mysql_packet_take_integer(&cursor, 4);
	if (cursor.is_failed || !(capabilities & MYSQL_CAN_PROTOCOL_41) || !is_zero(filler) ||
	    ((capabilities & MYSQL_CAN_MYSQL) && extended))
		return false;
	*ret = (struct mysql_login){.capabilities = capabilities | extended << 32};
	if (payload.size == SSL_REQUEST_BYTES) {
		ret->is_ssl_request = capabilities & MYSQL_CAN_SSL;
		return ret->is_ssl_request;
	}
	mysql_packet_take_text(&cursor); /* who it is */
	pass_proof(&cursor, capabilities);
	if (payload.size < MIN_LOGIN_BYTES || cursor.is_failed)
		return false;
	if (capabilities & MYSQL_CAN_CONNECT_WITH_DB)
		ret->database =
			view_take(mysql_packet_take_text(&cursor), MAX_MYSQL_DATABASE_BYTES);
	return true;
}

struct view mysql_login_read_change(struct view payload, uint64_t capabilities)
{
	struct mysql_cursor cursor = {.rest = payload};

	mysql_packet_take_text(&cursor); /* who it will be */
	pass_proof(&cursor, (capabilities | MYSQL_CAN_SECURE_CONNECTION) & ~MYSQL_CAN_LENENC_AUTH);
	return view_take(mysql_packet_take_text(&cursor), MAX_MYSQL_DATABASE_BYTES);
}
