/*
 * The exchanges of one connection that wait for their response, oldest first: HTTP/1 answers in
 * order, conversations by key. All queues of a table share one bounded pool. Capture thread.
 */
#ifndef CONNECTION_EXCHANGE_QUEUE_H
#define CONNECTION_EXCHANGE_QUEUE_H

#include "protocols/protocol.h"

#define MAX_PIPELINED 1024 /* exchanges waiting on one connection */

struct pending_exchange {
	struct exchange exchange;
	_Alignas(8) unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES];
	bool ends_protocol;
	const struct protocol *next_protocol; /* with ends_protocol */
	/* Of a conversation: its name, which side opened and ended it. */
	uint64_t key;
	enum message_kind opened_by, ended_by;
	bool is_ending;  /* with the unit that is being read */
	bool has_gap[2]; /* by enum message_kind: how much that side said is not known */
	struct pending_exchange *next, *previous;
};

struct exchange_pool {
	struct pending_exchange *free;
	size_t count, max_count;
};

void exchange_pool_init(struct exchange_pool *pool, size_t max_count);
void exchange_pool_done(struct exchange_pool *pool);

struct exchange_queue {
	struct pending_exchange *oldest, *newest;
	uint32_t count;
};

/* A zeroed exchange at the end of the queue; NULL when the queue or the pool is full. */
struct pending_exchange *exchange_queue_push(struct exchange_queue *queue,
					     struct exchange_pool *pool);

/* One of the queue leaves and goes back to the pool. */
void exchange_queue_remove(struct exchange_queue *queue, struct exchange_pool *pool,
			   struct pending_exchange *pending);

/* The oldest leaves. */
void exchange_queue_pop(struct exchange_queue *queue, struct exchange_pool *pool);

#endif
