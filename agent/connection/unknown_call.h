/*
 * Calls over protocols nobody parses, told apart by turns: a client's send and the answer to it.
 * Private to this room. Capture thread.
 */
#ifndef CONNECTION_UNKNOWN_CALL_H
#define CONNECTION_UNKNOWN_CALL_H

#include "connection/connection.h"

/* Are there calls to be told, that is, are they wanted and is it the client's end? */
bool unknown_call_is_told(const struct connection *connection);

/* Joined midway, what was seen first may have been the middle of a message: until the beginnings of
 * enough turns proved nothing, it may speak a protocol we know, and no calls are told. */
bool unknown_call_is_early(const struct connection *connection);

/* The first segment of a turn on a connection that speaks no protocol we know. */
void unknown_call_take_turn(struct connection *connection, const struct segment_record *segment);

/* The oldest call has been answered with bytes up to position `received`. */
void unknown_call_finish(struct connection *connection, uint64_t received, uint64_t last_ns);

/* One that has been answered and is quiet since is over. */
void unknown_call_end_idle(struct connection *connection, uint64_t now_ns);

/* The client's last turn was a call, though it was not known to be one. */
void unknown_call_begin_late(struct connection *connection);

#endif
