/* One line of the NATS protocol: the verb and, of messages, where they go and how long they are. */
#ifndef PROTOCOLS_NATS_NATS_LINE_H
#define PROTOCOLS_NATS_NATS_LINE_H

#include <stdint.h>
#include "base/view.h"
#include "protocols/protocol.h"

enum nats_verb {
	NATS_INFO,
	NATS_CONNECT,
	NATS_PUB,
	NATS_HPUB,
	NATS_MSG,
	NATS_HMSG,
	NATS_OTHER, /* SUB, UNSUB, PING, PONG, +OK, -ERR: a line and no more */
};

struct nats_line {
	enum nats_verb verb;
	size_t line_size;
	struct view subject;  /* of a message */
	bool has_reply;       /* an answer to it is wanted */
	uint64_t header_size; /* of HPUB and HMSG */
	uint64_t total_size;  /* header and payload, without the line break */
	struct view document; /* of INFO and CONNECT: JSON */
};

/* PARSE_DONE: the line is whole, known to this side and well formed. */
enum parse_result nats_line_read(enum message_kind side, struct view bytes, struct nats_line *ret);

/*
 * What the server says where a message is awaited (ADR-4, ADR-9 of NATS): "NATS/1.0 503" that
 * nobody listens, 100 that it is alive, 404 and 408 that there is nothing more. 0: a message.
 */
uint16_t nats_line_read_status(struct view headers);

/* Trace context from the headers of a message. */
void nats_line_read_headers(struct view headers, struct propagation *ret);

#endif
