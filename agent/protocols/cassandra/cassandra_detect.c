/*
 * Detection of the CQL binary protocol. Nine bytes of header are easily met by chance, so a claim
 * asks for the body as well: lengths that add up, words that the protocol itself defines,
 * identifiers of the size they have. Compressed bodies, and those with a preamble, are never
 * claimed.
 */
#include "protocols/cassandra/cassandra_detect.h"

#include "protocols/cassandra/cassandra_body.h"
#include "protocols/cassandra/cassandra_frame.h"
#include "protocols/cassandra/cassandra_segment.h"

#define MIN_TEXT_BYTES   8 /* of a statement, to be believed: "USE shop" */
#define MAX_WORD_BYTES   64
#define LAST_CONSISTENCY 0x0a
#define MAX_OPTIONS      32

/* Capitals and underscores: "CQL_VERSION", "STATUS_CHANGE". */
static bool is_word(struct view text)
{
	if (text.size < 3 || text.size > MAX_WORD_BYTES)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if ((text.bytes[i] < 'A' || text.bytes[i] > 'Z') && text.bytes[i] != '_')
			return false;
	return true;
}

static bool is_text(struct view text)
{
	for (size_t i = 0; i < text.size; i++) {
		unsigned char byte = (unsigned char)text.bytes[i];

		if ((byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r') || byte >= 0x7f)
			return false;
	}
	return true;
}

/* A statement: its size fits, it begins with a letter or a comment, and goes on as text. */
static enum parse_result check_statement(struct cassandra_body *body, uint32_t room)
{
	uint32_t size = cassandra_body_number(body, 4);
	struct view text = view_take(body->rest, MIN_TEXT_BYTES);
	char first;

	if (body->is_short)
		return PARSE_NEED_MORE;
	if (room < 4 || size < MIN_TEXT_BYTES || size > room - 4 || !is_text(text))
		return PARSE_INVALID;
	first = text.size ? (char)(text.bytes[0] | 0x20) : 'a';
	if ((first < 'a' || first > 'z') && first != ' ' && first != '-' && first != '/')
		return PARSE_INVALID;
	return text.size < MIN_TEXT_BYTES ? PARSE_NEED_MORE : PARSE_DONE;
}

/* The id, in version 5 another one, a consistency level. */
static enum parse_result check_execute(struct cassandra_body *body, uint8_t version, uint32_t room)
{
	uint32_t needed = (version >= 5 ? 2 : 1) * (2 + CASSANDRA_ID_BYTES) + 3;
	uint32_t size = cassandra_body_number(body, 2);

	if (!body->is_short && (size != CASSANDRA_ID_BYTES || room < needed))
		return PARSE_INVALID;
	cassandra_body_skip(body, size);
	if (version >= 5) {
		size = cassandra_body_number(body, 2);
		if (!body->is_short && size != CASSANDRA_ID_BYTES)
			return PARSE_INVALID;
		cassandra_body_skip(body, size);
	}
	size = cassandra_body_number(body, 2);
	if (body->is_short)
		return PARSE_NEED_MORE;
	return size <= LAST_CONSISTENCY ? PARSE_DONE : PARSE_INVALID;
}

static enum parse_result check_batch(struct cassandra_body *body, uint32_t room)
{
	uint32_t type = cassandra_body_number(body, 1);
	uint32_t count = cassandra_body_number(body, 2);
	uint32_t kind = cassandra_body_number(body, 1);
	uint32_t size;

	if (body->is_short)
		return PARSE_NEED_MORE;
	if (type > 2 || count == 0 || kind > 1 || room < 4)
		return PARSE_INVALID;
	if (kind == 0)
		return check_statement(body, room - 4);
	size = cassandra_body_number(body, 2);
	if (body->is_short)
		return PARSE_NEED_MORE;
	if (size != CASSANDRA_ID_BYTES || room < 4u + 2 + CASSANDRA_ID_BYTES + 2 + 2)
		return PARSE_INVALID;
	cassandra_body_skip(body, size);
	size = cassandra_body_number(body, 2);
	if (body->is_short)
		return PARSE_NEED_MORE;
	return size <= 1024 ? PARSE_DONE : PARSE_INVALID;
}

/* A list or map whose first word is one of the protocol's own. */
static enum parse_result check_words(struct cassandra_body *body, uint32_t max_count)
{
	uint32_t count = cassandra_body_number(body, 2);
	struct view word;

	if (!body->is_short && (count == 0 || count > max_count))
		return PARSE_INVALID;
	word = cassandra_body_text(body, 2);
	if (body->is_short)
		return word.size >= 3 && !is_word(word) ? PARSE_INVALID : PARSE_NEED_MORE;
	return is_word(word) ? PARSE_DONE : PARSE_INVALID;
}

/* Exactly one string or value. */
static enum parse_result check_alone(struct cassandra_body *body, unsigned int size_bytes,
				     uint32_t room)
{
	uint32_t size = cassandra_body_number(body, size_bytes);

	if (body->is_short)
		return PARSE_NEED_MORE;
	return room >= size_bytes && size && size == room - size_bytes ? PARSE_DONE : PARSE_INVALID;
}

static enum parse_result check_result(struct cassandra_body *body, uint32_t room)
{
	uint32_t kind = cassandra_body_number(body, 4), flags, columns, size;

	if (body->is_short)
		return PARSE_NEED_MORE;
	switch (kind) {
	case 1: /* nothing, and nothing follows */
		return room == 4 ? PARSE_DONE : PARSE_INVALID;
	case 2: /* rows: flags, columns */
		flags = cassandra_body_number(body, 4);
		columns = cassandra_body_number(body, 4);
		if (body->is_short)
			return PARSE_NEED_MORE;
		return room >= 16 && flags <= 0xf && columns && columns <= 0xffff ? PARSE_DONE
										  : PARSE_INVALID;
	case 3:
		return room > 4 ? check_alone(body, 2, room - 4) : PARSE_INVALID;
	case 4:
		size = cassandra_body_number(body, 2);
		if (body->is_short)
			return PARSE_NEED_MORE;
		return size == CASSANDRA_ID_BYTES && room > 4 + 2 + CASSANDRA_ID_BYTES
			       ? PARSE_DONE
			       : PARSE_INVALID;
	case 5: {
		struct view word = cassandra_body_text(body, 2);

		if (body->is_short)
			return word.size > 7 ? PARSE_INVALID : PARSE_NEED_MORE;
		return word.size == 7 && is_word(word) ? PARSE_DONE : PARSE_INVALID;
	}
	default:
		return PARSE_INVALID;
	}
}

/* The code, and a message that is a text. */
static enum parse_result check_error(struct cassandra_body *body, uint32_t room)
{
	uint32_t code = cassandra_body_number(body, 4);
	uint32_t size = cassandra_body_number(body, 2);

	if (body->is_short)
		return PARSE_NEED_MORE;
	if (code > 0x2500 || room < 6 || size > room - 6 || size < 3)
		return PARSE_INVALID;
	if (!is_text(view_take(view_take(body->rest, size), 3)))
		return PARSE_INVALID;
	return body->rest.size < 3 ? PARSE_NEED_MORE : PARSE_DONE;
}

static enum parse_result check_body(const struct cassandra_header *header, struct view bytes)
{
	struct cassandra_body body = {.rest = view_take(bytes, header->body_size)};
	uint32_t room = header->body_size;

	switch (header->opcode) {
	case CASSANDRA_OPTIONS:
	case CASSANDRA_READY:
		return room == 0 ? PARSE_DONE : PARSE_INVALID;
	case CASSANDRA_STARTUP:
	case CASSANDRA_SUPPORTED:
		return check_words(&body, MAX_OPTIONS);
	case CASSANDRA_REGISTER:
		return check_words(&body, 3);
	case CASSANDRA_QUERY:
	case CASSANDRA_PREPARE:
		return check_statement(&body, room);
	case CASSANDRA_EXECUTE:
		return check_execute(&body, header->version, room);
	case CASSANDRA_BATCH:
		return check_batch(&body, room);
	case CASSANDRA_AUTH_RESPONSE:
	case CASSANDRA_AUTH_CHALLENGE:
		return check_alone(&body, 4, room);
	case CASSANDRA_AUTHENTICATE:
		return check_alone(&body, 2, room);
	case CASSANDRA_RESULT:
		return check_result(&body, room);
	case CASSANDRA_ERROR:
		return check_error(&body, room);
	case CASSANDRA_EVENT: {
		struct view word = cassandra_body_text(&body, 2);

		if (body.is_short)
			return word.size >= room ? PARSE_INVALID : PARSE_NEED_MORE;
		return is_word(word) ? PARSE_DONE : PARSE_INVALID;
	}
	case CASSANDRA_AUTH_SUCCESS: /* perhaps nothing: no proof */
		return PARSE_INVALID;
	}
	return PARSE_INVALID;
}

enum detect_result cassandra_detect_frame(struct view bytes)
{
	struct cassandra_header header;
	enum parse_result result = cassandra_frame_read_header(bytes, &header);

	if (result == PARSE_NEED_MORE)
		return DETECT_NEED_MORE;
	if (result != PARSE_DONE || header.flags & ~CASSANDRA_BETA)
		return DETECT_NO;
	result = check_body(&header, view_skip(bytes, CASSANDRA_HEADER_BYTES));
	if (result == PARSE_INVALID)
		return DETECT_NO;
	if (result == PARSE_NEED_MORE)
		return bytes.size - CASSANDRA_HEADER_BYTES >= header.body_size ? DETECT_NO
									       : DETECT_NEED_MORE;
	return header.side == MESSAGE_REQUEST ? DETECT_REQUEST : DETECT_RESPONSE;
}

/* Of version 5 after its handshake: the checksum of the header, and a frame right behind it. */
enum detect_result cassandra_detect_segment(struct view bytes)
{
	struct cassandra_segment segment;
	struct cassandra_header header;
	enum parse_result result = cassandra_segment_read(bytes, false, &segment);
	struct view payload;

	if (result != PARSE_DONE)
		return result == PARSE_NEED_MORE ? DETECT_NEED_MORE : DETECT_NO;
	payload = view_take(view_skip(bytes, segment.header_size), segment.payload_size);
	result = cassandra_frame_read_header(payload, &header);
	if (result == PARSE_INVALID || segment.payload_size < CASSANDRA_HEADER_BYTES)
		return DETECT_NO;
	if (result == PARSE_NEED_MORE)
		return DETECT_NEED_MORE;
	if (header.version != 5 || header.flags & CASSANDRA_COMPRESSED ||
	    (segment.is_self_contained &&
	     header.body_size > segment.payload_size - CASSANDRA_HEADER_BYTES))
		return DETECT_NO;
	return header.side == MESSAGE_REQUEST ? DETECT_REQUEST : DETECT_RESPONSE;
}

enum detect_result cassandra_detect(struct view bytes)
{
	enum detect_result frame = cassandra_detect_frame(bytes);
	enum detect_result segment = cassandra_detect_segment(bytes);

	if (frame == DETECT_REQUEST || frame == DETECT_RESPONSE || segment == DETECT_NO)
		return frame;
	return segment;
}
