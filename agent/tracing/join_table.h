/*
 * Both ends of one connection on a host, joined without any header: the client's end notes each
 * request it sends, the server's end looks its own up by the reversed addresses and the TCP
 * sequence number of the request's first byte (for UNIX sockets the position in the stream). Exact
 * also when both were joined midway. Inside TLS the client's random number names the connection.
 * Bounded, oldest out. Capture thread.
 */
#ifndef TRACING_JOIN_TABLE_H
#define TRACING_JOIN_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include "model/exchange.h"
#include "model/segment.h"

struct open_segment;

#define JOIN_BY_RANDOM 0xffff

/* As the client sees it; all padding zero. */
struct join_key {
	uint8_t client_address[16];
	uint8_t server_address[16];
	uint64_t client_inode; /* UNIX */
	uint64_t position;     /* sequence number, or the position for UNIX and TLS */
	uint32_t netns;        /* only where addresses are not unique on the host: loopback */
	uint16_t client_port;
	uint16_t server_port;
	uint32_t family; /* FAMILY_UNIX; JOIN_BY_RANDOM; 0 */
	uint32_t padding;
};

struct join_entry {
	struct open_segment *segment; /* NULL once it is flushed: the rest is final then */
	uint64_t start_ns;
	uint8_t span_id[SPAN_ID_BYTES];
	uint8_t trace_id[TRACE_ID_BYTES];
	struct sampling_decision sampling;
};

struct join_table;

int join_table_new(struct join_table **ret, size_t max_entries);
void join_table_free(struct join_table **table);

/* False: this exchange cannot be joined (neither sequence numbers nor absolute positions). */
bool join_table_key(const struct exchange *exchange, struct join_key *ret);

/* The client's side. NULL when out of memory. */
struct join_entry *join_table_add(struct join_table *table, const struct join_key *key);
struct join_entry *join_table_find(struct join_table *table, const struct join_key *key);
void join_table_remove(struct join_table *table, const struct join_key *key);

#endif
