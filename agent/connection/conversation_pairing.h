/*
 * A connection whose protocol is a conversation: its session, and the exchanges that its units
 * open, answer and end. Private to this room. Capture thread.
 */
#ifndef CONNECTION_CONVERSATION_PAIRING_H
#define CONNECTION_CONVERSATION_PAIRING_H

#include "connection/connection.h"
#include "connection/conversation_stream.h"

/*
 * connection->protocol begins: `position` of each direction is where its first unit would be.
 * is_whole: nothing was said before. False (counted): there is no memory for it.
 */
bool conversation_pairing_begin(struct connection *connection, bool is_whole);

/* Its memory is given back; exchanges that are open stay open. */
void conversation_pairing_done(struct connection *connection);

/* What moved in a direction, when the other one is known up to there
 * (conversation_pairing_advance). Nothing once it speaks something else. */
void conversation_pairing_take(struct connection *connection, enum stream_direction direction,
			       const struct stream_segment *part);

/* A record says how far both directions have come. */
void conversation_pairing_advance(struct connection *connection, enum stream_direction direction,
				  uint64_t position, uint64_t last_ns);

#endif
