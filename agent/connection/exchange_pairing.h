/*
 * Pairs the requests of a connection with their responses: what the two streams report becomes
 * exchanges. Private to this room. Capture thread.
 */
#ifndef CONNECTION_EXCHANGE_PAIRING_H
#define CONNECTION_EXCHANGE_PAIRING_H

#include "connection/connection.h"

extern const struct byte_stream_sink exchange_pairing_sink;

/* A new exchange whose request's first byte is at `position`; NULL (counted) when too many wait. */
struct pending_exchange *exchange_pairing_open(struct connection *connection,
					       enum stream_direction direction, uint64_t position);

/* The oldest that waits is finished. */
void exchange_pairing_finish_oldest(struct connection *connection, uint64_t end_ns);

/* All that wait are finished without their end having been seen. */
void exchange_pairing_give_up(struct connection *connection, uint64_t end_ns, bool is_aborted);

#endif
