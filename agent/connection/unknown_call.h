/*
 * Calls over protocols nobody parses, told apart by turns: a client's send and the answer to it.
 * Private to this room. Capture thread.
 */
#ifndef CONNECTION_UNKNOWN_CALL_H
#define CONNECTION_UNKNOWN_CALL_H

#include "connection/connection.h"

/* The first segment of a turn on a connection that speaks no protocol we know. */
void unknown_call_take_turn(struct connection *connection, const struct segment_record *segment);

/* The oldest call has been answered with bytes up to position `received`. */
void unknown_call_finish(struct connection *connection, uint64_t received, uint64_t last_ns);

/* One that has been answered and is quiet since is over. */
void unknown_call_end_idle(struct connection *connection, uint64_t now_ns);

#endif
