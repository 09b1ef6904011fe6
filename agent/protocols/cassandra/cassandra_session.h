/* What is remembered of a CQL connection between its frames, and what a frame means by it. */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_SESSION_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_SESSION_H

#include "protocols/cassandra/cassandra_fields.h"
#include "protocols/cassandra/cassandra_statements.h"
#include "protocols/conversation.h"

#define MAX_KEYSPACE_BYTES 48

enum cassandra_framing {
	CASSANDRA_FRAMES,   /* one after the other */
	CASSANDRA_SEGMENTS, /* in segments: version 5 after its handshake */
	CASSANDRA_UNKNOWN,  /* joined midway: the next bytes tell */
};

/* A frame that goes on through several segments. */
struct cassandra_large {
	uint64_t left; /* bytes of it still to come */
	bool is_lost;  /* the beginning of this one was not seen */
	int16_t stream;
};

struct cassandra_session {
	enum cassandra_framing framing;
	const char *compression;         /* as STARTUP asked for; static */
	struct cassandra_large large[2]; /* by enum message_kind */
	uint8_t keyspace_size;
	char keyspace[MAX_KEYSPACE_BYTES];
	struct cassandra_statements statements;
};

_Static_assert(sizeof(struct cassandra_session) <= MAX_SESSION_BYTES, "session");

/*
 * A frame of this side with its body, as far as it is there (wanted: as far as it was asked for).
 * is_last: it ends with this unit.
 */
void cassandra_session_take(struct cassandra_session *session,
			    const struct cassandra_header *header, struct view body, bool is_last,
			    const struct exchange_sink *sink);

#endif
