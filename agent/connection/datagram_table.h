/*
 * Exchanges in datagrams: a question, its repetitions and its answer, each one record. There is no
 * connection: who asked whom is in each record, and the protocol says what it is about. Bounded;
 * full means the oldest makes room. Private to this room. Capture thread.
 */
#ifndef CONNECTION_DATAGRAM_TABLE_H
#define CONNECTION_DATAGRAM_TABLE_H

#include "connection/connection.h"
#include "model/event.h"

struct datagram_table;

/* How long an answer may take after the question was last said: what resolvers wait by default. */
#define MAX_ANSWER_NS 5000000000ull

int datagram_table_new(struct datagram_table **ret, struct connection_context *context,
		       size_t max_exchanges);
void datagram_table_free(struct datagram_table **table);

/* An event of RECORD_DATAGRAM. */
void datagram_table_take(struct datagram_table *table, const struct event *event);

/* Those that nobody answered in time end. */
void datagram_table_tick(struct datagram_table *table, uint64_t now_ns);

/* Those of a process that is gone end; tgid 0: all. */
void datagram_table_end(struct datagram_table *table, uint32_t tgid, uint64_t now_ns);

#endif
