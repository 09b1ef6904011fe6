/* Queues of waiting exchanges over one pool that keeps what it once allocated. */
#include "connection/exchange_queue.h"

#include <stdlib.h>

void exchange_pool_init(struct exchange_pool *pool, size_t max_count)
{
	*pool = (struct exchange_pool){.max_count = max_count};
}

void exchange_pool_done(struct exchange_pool *pool)
{
	while (pool->free) {
		struct pending_exchange *pending = pool->free;

		pool->free = pending->next;
		free(pending);
	}
}

struct pending_exchange *exchange_queue_push(struct exchange_queue *queue,
					     struct exchange_pool *pool)
{
	struct pending_exchange *pending = pool->free;

	if (queue->count >= MAX_PIPELINED)
		return NULL;
	if (pending) {
		pool->free = pending->next;
	} else {
		if (pool->count >= pool->max_count)
			return NULL;
		pending = malloc(sizeof(*pending));
		if (!pending)
			return NULL;
		pool->count++;
	}
	memset(pending, 0, sizeof(*pending));
	pending->previous = queue->newest;
	if (queue->newest)
		queue->newest->next = pending;
	else
		queue->oldest = pending;
	queue->newest = pending;
	queue->count++;
	return pending;
}

void exchange_queue_remove(struct exchange_queue *queue, struct exchange_pool *pool,
			   struct pending_exchange *pending)
{
	if (pending->previous)
		pending->previous->next = pending->next;
	else
		queue->oldest = pending->next;
	if (pending->next)
		pending->next->previous = pending->previous;
	else
		queue->newest = pending->previous;
	queue->count--;
	pending->next = pool->free;
	pool->free = pending;
}

void exchange_queue_pop(struct exchange_queue *queue, struct exchange_pool *pool)
{
	if (queue->oldest)
		exchange_queue_remove(queue, pool, queue->oldest);
}
