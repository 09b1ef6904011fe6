/* Messages of the MongoDB wire protocol: the header they share, and what each begins with. */
#ifndef PROTOCOLS_MONGODB_MONGODB_MESSAGE_H
#define PROTOCOLS_MONGODB_MONGODB_MESSAGE_H

#include "protocols/protocol.h"

#define MONGODB_HEADER_BYTES 16
#define MAX_MONGODB_BYTES    48000000 /* maxMessageSizeBytes */

enum mongodb_opcode {
	MONGODB_REPLY = 1,
	MONGODB_UPDATE = 2001,
	MONGODB_INSERT = 2002,
	MONGODB_QUERY = 2004,
	MONGODB_GET_MORE = 2005,
	MONGODB_DELETE = 2006,
	MONGODB_KILL_CURSORS = 2007,
	MONGODB_COMPRESSED = 2012,
	MONGODB_MSG = 2013,
};

/* flagBits of OP_MSG; a bit of the lower sixteen that is not known is an error. */
#define MONGODB_CHECKSUM_PRESENT 0x1u
#define MONGODB_MORE_TO_COME     0x2u
#define MONGODB_EXHAUST_ALLOWED  0x10000u

#define MONGODB_CHECKSUM_BYTES 4

/* responseFlags of OP_REPLY. */
#define MONGODB_QUERY_FAILURE 0x2u

struct mongodb_header {
	size_t size; /* of the message, header included */
	uint32_t request_id;
	uint32_t response_to;
	enum mongodb_opcode opcode;
};

/* NEED_MORE: the header is not all there, and so far it fits. INVALID: it is none. */
enum parse_result mongodb_message_read_header(struct view bytes, struct mongodb_header *ret);

/* Does it go this way? Clients answer nothing, servers ask nothing. */
bool mongodb_message_fits(const struct mongodb_header *header, enum message_kind side);

/*
 * Is this the beginning of a message? NEED_MORE while a proof is possible; it takes the header, the
 * fixed fields and the name of the first element.
 */
enum detect_result mongodb_message_detect(struct view bytes);

#endif
