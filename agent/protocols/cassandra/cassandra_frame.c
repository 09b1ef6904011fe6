/*
 * Framing of the CQL binary protocol (native_protocol_v3, v4 and v5 .spec of Apache Cassandra):
 * nine bytes that say whose frame it is, which stream it belongs to, what it is and how long. The
 * body may be compressed; what is put before it by flags is skipped.
 */
#include "protocols/cassandra/cassandra_frame.h"

#include "protocols/cassandra/cassandra_body.h"

#define RESPONSE_DIRECTION 0x80

static bool is_opcode_of(enum message_kind side, unsigned int opcode)
{
	static const uint32_t sides[2] = {
		[MESSAGE_REQUEST] = 1u << CASSANDRA_STARTUP | 1u << CASSANDRA_OPTIONS |
				    1u << CASSANDRA_QUERY | 1u << CASSANDRA_PREPARE |
				    1u << CASSANDRA_EXECUTE | 1u << CASSANDRA_REGISTER |
				    1u << CASSANDRA_BATCH | 1u << CASSANDRA_AUTH_RESPONSE,
		[MESSAGE_RESPONSE] = 1u << CASSANDRA_ERROR | 1u << CASSANDRA_READY |
				     1u << CASSANDRA_AUTHENTICATE | 1u << CASSANDRA_SUPPORTED |
				     1u << CASSANDRA_RESULT | 1u << CASSANDRA_EVENT |
				     1u << CASSANDRA_AUTH_CHALLENGE | 1u << CASSANDRA_AUTH_SUCCESS,
	};

	return opcode <= CASSANDRA_AUTH_SUCCESS && sides[side] >> opcode & 1;
}

/* Clients count streams from 0; servers push events on -1. */
static bool is_stream_of(enum message_kind side, int16_t stream, unsigned int opcode)
{
	if (side == MESSAGE_RESPONSE && opcode == CASSANDRA_EVENT)
		return stream == -1;
	return stream >= 0;
}

enum parse_result cassandra_frame_read_header(struct view bytes, struct cassandra_header *ret)
{
	const unsigned char *b = (const unsigned char *)bytes.bytes;
	enum message_kind side;
	uint32_t size;
	int16_t stream;

	if (bytes.size < 1)
		return PARSE_NEED_MORE;
	if ((b[0] & 0x7f) < 3 || (b[0] & 0x7f) > 5)
		return PARSE_INVALID;
	side = b[0] & RESPONSE_DIRECTION ? MESSAGE_RESPONSE : MESSAGE_REQUEST;
	if (bytes.size > 1 && b[1] & ~0x1f)
		return PARSE_INVALID;
	if (bytes.size > 4 && !is_opcode_of(side, b[4]))
		return PARSE_INVALID;
	if (bytes.size < CASSANDRA_HEADER_BYTES)
		return PARSE_NEED_MORE;
	stream = (int16_t)(b[2] << 8 | b[3]);
	size = (uint32_t)b[5] << 24 | (uint32_t)b[6] << 16 | (uint32_t)b[7] << 8 | b[8];
	if (size > MAX_CASSANDRA_BYTES || !is_stream_of(side, stream, b[4]))
		return PARSE_INVALID;
	*ret = (struct cassandra_header){.side = side,
					 .version = b[0] & 0x7f,
					 .flags = b[1],
					 .stream = stream,
					 .opcode = (enum cassandra_opcode)b[4],
					 .body_size = size};
	return PARSE_DONE;
}

struct view cassandra_frame_skip_preamble(const struct cassandra_header *header, struct view body)
{
	struct cassandra_body cursor = {.rest = body};

	if (header->side == MESSAGE_RESPONSE && header->flags & CASSANDRA_TRACING)
		cassandra_body_skip(&cursor, 16);
	if (header->side == MESSAGE_RESPONSE && header->flags & CASSANDRA_WARNING)
		cassandra_body_skip_strings(&cursor);
	if (header->flags & CASSANDRA_CUSTOM_PAYLOAD)
		cassandra_body_skip_payload(&cursor);
	return cursor.rest;
}
