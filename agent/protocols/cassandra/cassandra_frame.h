/* Frames of the CQL binary protocol, version 3 to 5 (which calls them envelopes). */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_FRAME_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_FRAME_H

#include "protocols/protocol.h"

#define CASSANDRA_HEADER_BYTES 9
#define MAX_CASSANDRA_BYTES    (256u << 20)

enum cassandra_opcode {
	CASSANDRA_ERROR = 0x00,
	CASSANDRA_STARTUP = 0x01,
	CASSANDRA_READY = 0x02,
	CASSANDRA_AUTHENTICATE = 0x03,
	CASSANDRA_OPTIONS = 0x05,
	CASSANDRA_SUPPORTED = 0x06,
	CASSANDRA_QUERY = 0x07,
	CASSANDRA_RESULT = 0x08,
	CASSANDRA_PREPARE = 0x09,
	CASSANDRA_EXECUTE = 0x0a,
	CASSANDRA_REGISTER = 0x0b,
	CASSANDRA_EVENT = 0x0c,
	CASSANDRA_BATCH = 0x0d,
	CASSANDRA_AUTH_CHALLENGE = 0x0e,
	CASSANDRA_AUTH_RESPONSE = 0x0f,
	CASSANDRA_AUTH_SUCCESS = 0x10,
};

/* Flags of a frame. */
#define CASSANDRA_COMPRESSED     0x01
#define CASSANDRA_TRACING        0x02
#define CASSANDRA_CUSTOM_PAYLOAD 0x04
#define CASSANDRA_WARNING        0x08
#define CASSANDRA_BETA           0x10

#define CASSANDRA_ID_BYTES 16 /* of a prepared statement: an MD5 */

struct cassandra_header {
	enum message_kind side; /* whose frame it is */
	uint8_t version;
	uint8_t flags;
	int16_t stream; /* -1: an event */
	enum cassandra_opcode opcode;
	uint32_t body_size;
};

/* NEED_MORE: the header is not all there, and so far it fits. INVALID: it is none. */
enum parse_result cassandra_frame_read_header(struct view bytes, struct cassandra_header *ret);

/* The body (what is there of it) without tracing id, warnings and custom payload. */
struct view cassandra_frame_skip_preamble(const struct cassandra_header *header, struct view body);

#endif
