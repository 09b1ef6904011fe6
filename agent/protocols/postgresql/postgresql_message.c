/*
 * Frames and fields of messages (PostgreSQL's manual, "Message Formats"): a type of one byte, four
 * bytes of length that count themselves, the content. Of each type as much is waited for as is
 * read; rows, values and copied data are skipped by their length.
 */
#include "protocols/postgresql/postgresql_message.h"

#define MAX_MESSAGE_BYTES 0x3fffffff
#define MAX_STARTUP_BYTES 10000
#define MAX_QUERY_BYTES   4096
#define MAX_NAMES_BYTES   320
#define MAX_FIELDS_BYTES  512

static uint32_t read_u32(struct view bytes, size_t at)
{
	const unsigned char *b = (const unsigned char *)bytes.bytes + at;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Of a message of that type, what is looked at; -1: there is no such type. */
static long wanted_bytes(enum message_kind side, char type)
{
	if (side == MESSAGE_REQUEST) {
		if (type == 'Q' || type == 'P')
			return MAX_QUERY_BYTES;
		if (type && strchr("BCE", type))
			return MAX_NAMES_BYTES;
		return type && strchr("DFHSXcdfp", type) ? POSTGRESQL_HEADER_BYTES : -1;
	}
	if (type && strchr("CES", type))
		return MAX_FIELDS_BYTES;
	if (type == 'Z')
		return POSTGRESQL_HEADER_BYTES + 1;
	return type && strchr("123ADGHIKNRTVWcdnstv", type) ? POSTGRESQL_HEADER_BYTES : -1;
}

/* Messages whose length can have one value only. */
static bool is_length_right(enum message_kind side, char type, uint32_t length)
{
	if (length < 4 || length > MAX_MESSAGE_BYTES)
		return false;
	if (side == MESSAGE_REQUEST)
		return strchr("HSXc", type) ? length == 4 : length > 4 || type == 'd';
	if (strchr("123Icns", type))
		return length == 4;
	return type == 'Z' ? length == 5 : length > 4 || type == 'd';
}

static enum parse_result read_untyped(struct view bytes, bool is_final,
				      struct postgresql_message *ret)
{
	uint32_t length, code;
	bool is_startup;

	if (bytes.size < 8)
		return is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	length = read_u32(bytes, 0);
	code = read_u32(bytes, 4);
	is_startup = code >> 16 == 3;
	if (!(is_startup && length > 8 && length <= MAX_STARTUP_BYTES) &&
	    !((code == POSTGRESQL_SSL || code == POSTGRESQL_GSS) && length == 8) &&
	    !(code == POSTGRESQL_CANCEL && length >= 16 && length <= 272))
		return PARSE_INVALID;
	if (is_startup && bytes.size < length && !is_final)
		return PARSE_NEED_MORE;
	*ret = (struct postgresql_message){
		.code = code,
		.size = length,
		.body = view_take(view_skip(bytes, 8), length - 8),
	};
	ret->is_cut = ret->body.size < length - 8;
	return PARSE_DONE;
}

enum parse_result postgresql_message_read(enum message_kind side, struct view bytes, bool is_final,
					  struct postgresql_message *ret)
{
	uint32_t length;
	long wanted;

	if (!bytes.size)
		return is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	if (side == MESSAGE_REQUEST && bytes.bytes[0] == '\0')
		return read_untyped(bytes, is_final, ret);
	wanted = wanted_bytes(side, bytes.bytes[0]);
	if (wanted < 0)
		return PARSE_INVALID;
	if (bytes.size < POSTGRESQL_HEADER_BYTES)
		return is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	length = read_u32(bytes, 1);
	if (!is_length_right(side, bytes.bytes[0], length))
		return PARSE_INVALID;
	if ((uint64_t)wanted > (uint64_t)length + 1)
		wanted = (long)length + 1;
	if (bytes.size < (size_t)wanted && !is_final)
		return PARSE_NEED_MORE;
	*ret = (struct postgresql_message){.type = bytes.bytes[0], .size = (uint64_t)length + 1};
	/* Never more than is waited for: a cut must not change what is understood. */
	ret->body = view_skip(view_take(bytes, (size_t)wanted), POSTGRESQL_HEADER_BYTES);
	ret->is_cut = ret->body.size + POSTGRESQL_HEADER_BYTES < ret->size;
	return PARSE_DONE;
}

bool postgresql_message_text(struct view *rest, struct view *ret)
{
	ssize_t end = rest->size ? view_find_byte(*rest, '\0') : -1;

	if (end < 0)
		return false;
	*ret = view_take(*rest, (size_t)end);
	*rest = view_skip(*rest, (size_t)end + 1);
	return true;
}

struct view postgresql_message_parameter(struct view body, struct view key)
{
	struct view name, value;

	while (postgresql_message_text(&body, &name) && name.size &&
	       postgresql_message_text(&body, &value))
		if (view_equals(name, key))
			return value;
	return (struct view){0};
}

static bool is_sqlstate(struct view text)
{
	for (size_t i = 0; i < text.size; i++) {
		char c = text.bytes[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z'))
			return false;
	}
	return text.size == POSTGRESQL_SQLSTATE;
}

bool postgresql_message_error(struct view body, char ret_state[POSTGRESQL_SQLSTATE],
			      bool *ret_is_fatal)
{
	bool is_fatal = false;
	struct view field;

	while (postgresql_message_text(&body, &field) && field.size) {
		struct view value = view_skip(field, 1);

		if (field.bytes[0] == 'S' || field.bytes[0] == 'V')
			is_fatal |= view_equals(value, VIEW_LITERAL("FATAL")) ||
				    view_equals(value, VIEW_LITERAL("PANIC"));
		if (field.bytes[0] != 'C')
			continue;
		if (!is_sqlstate(value))
			return false;
		memcpy(ret_state, value.bytes, POSTGRESQL_SQLSTATE);
		*ret_is_fatal = is_fatal;
		return true;
	}
	return false;
}

bool postgresql_message_rows(struct view tag, uint64_t *ret_rows)
{
	struct view word;

	return view_next_token(&tag, ' ', &word) &&
	       (view_equals(word, VIEW_LITERAL("SELECT")) ||
		view_equals(word, VIEW_LITERAL("FETCH"))) &&
	       tag.bytes && view_parse_u64(tag, ret_rows) == 0;
}
