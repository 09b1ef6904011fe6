/* One connection: its two streams, its waiting exchanges and what it waits for. Private to this
 * room. Capture thread. */
#ifndef CONNECTION_CONNECTION_H
#define CONNECTION_CONNECTION_H

#include "connection/byte_stream.h"
#include "connection/connection_table.h"
#include "connection/exchange_queue.h"

/* Who moved the latest bytes of a direction. */
struct last_move {
	uint64_t context;
	uint64_t position;
	uint32_t tgid;
	uint32_t tid;
	uint32_t tcp_sequence; /* of the byte at position */
	bool has_sequence;
};

struct connection {
	struct connection_identity identity;
	struct connection_table *table;
	struct byte_stream streams[2]; /* by enum stream_direction */
	const struct protocol *protocol;
	enum stream_direction request_direction;
	struct exchange_queue queue;
	struct pending_exchange *current_request; /* whose request is still under way */
	bool is_unknown;                          /* the first bytes were no protocol we know */
	bool is_over;       /* what it spoke ended (Upgrade, CONNECT, too many failures) */
	bool is_waiting;    /* in the table's list of those with something under way */
	bool is_turn;       /* the present segment begins a turn */
	bool is_order_lost; /* a request was lost: until nothing waits, responses have no owner */
	uint64_t last_ns;   /* of the last record or progress */
	uint64_t dies_ns;   /* its process is gone; 0 while it lives */
	uint64_t asked_ns;
	uint32_t foreign_turns; /* seen without a protocol, on a connection that makes no calls */
	struct connection *waiting_next, *waiting_previous;
	struct last_move moves[2]; /* by enum stream_direction */
};

/* What the connection needs of its table. */
struct connection_context {
	struct connection_sink sink;
	struct exchange_pool pool;
	struct drops *drops;
	uint64_t next_exchange_id;
	bool has_calls;
};
struct connection_context *connection_table_context(struct connection_table *table);

void connection_init(struct connection *connection, struct connection_table *table,
		     const struct connection_open_record *open);

/* Finishes what is open as aborted. */
void connection_done(struct connection *connection, uint64_t now_ns);

void connection_take(struct connection *connection, const struct segment_record *segment,
		     struct view bytes);
void connection_progress(struct connection *connection,
			 const struct connection_end_record *progress);
void connection_end(struct connection *connection, const struct connection_end_record *end);

/* Something is under way whose end the kernel side may not announce by itself. */
bool connection_is_waiting(const struct connection *connection);

void connection_set_mode(struct connection *connection, enum capture_mode mode);

/* What it spoke has ended: what still waits is finished, nothing more is followed. */
void connection_give_up(struct connection *connection);

#endif
