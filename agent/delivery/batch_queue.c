/*
 * One FIFO list per kind, which is its priority, through a fixed array of slots. The condition
 * variable is signalled only when the number the delivery thread waits for is reached, or something
 * came that waits for nobody: a producer under load makes no system call per item.
 */
#include "delivery/batch_queue.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"

#define NO_SLOT UINT32_MAX

/* What ends a wait at once, however many were waited for: crashes and sessions. */
static bool is_urgent(enum item_kind kind)
{
	return kind < ITEM_SEGMENT;
}

struct slot {
	struct item *item;
	uint32_t next; /* younger item of the same kind, or next free slot */
};

struct fifo {
	uint32_t oldest, youngest;
};

struct batch_queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct fifo fifos[ITEM_KINDS_COUNT];
	uint32_t free_slot;
	uint32_t count, urgent_count, max_items;
	size_t profiles_bytes;
	uint32_t wanted; /* the waiter is woken at this count; 0: nobody waits for items */
	bool is_closed;
	struct slot slots[];
};

static void init_lists(struct batch_queue *queue)
{
	for (int i = 0; i < ITEM_KINDS_COUNT; i++)
		queue->fifos[i] = (struct fifo){NO_SLOT, NO_SLOT};
	for (uint32_t i = 0; i < queue->max_items; i++)
		queue->slots[i].next = i + 1 < queue->max_items ? i + 1 : NO_SLOT;
	queue->free_slot = 0;
}

int batch_queue_new(struct batch_queue **ret, uint32_t max_items)
{
	struct batch_queue *queue;
	pthread_condattr_t attributes;

	assert(max_items > 0 && max_items < NO_SLOT);
	queue = calloc(1, sizeof(*queue) + max_items * sizeof(queue->slots[0]));
	if (!queue)
		return -ENOMEM;
	queue->max_items = max_items;
	init_lists(queue);
	(void)pthread_mutex_init(&queue->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&queue->changed, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	*ret = queue;
	return 0;
}

/* Under the lock. The oldest item of that kind; there is one. */
static struct item *pop_oldest(struct batch_queue *queue, int kind)
{
	struct fifo *fifo = &queue->fifos[kind];
	uint32_t index = fifo->oldest;
	struct slot *slot = &queue->slots[index];
	struct item *item = slot->item;

	fifo->oldest = slot->next;
	if (fifo->oldest == NO_SLOT)
		fifo->youngest = NO_SLOT;
	*slot = (struct slot){.next = queue->free_slot};
	queue->free_slot = index;
	queue->count--;
	if (is_urgent((enum item_kind)kind))
		queue->urgent_count--;
	if (kind == ITEM_PROFILE)
		queue->profiles_bytes -= profile_bytes(item->profile);
	return item;
}

/* Under the lock. There is a free slot. */
static void append(struct batch_queue *queue, struct item *item)
{
	struct fifo *fifo = &queue->fifos[item->kind];
	uint32_t index = queue->free_slot;

	queue->free_slot = queue->slots[index].next;
	queue->slots[index] = (struct slot){.item = item, .next = NO_SLOT};
	if (fifo->oldest == NO_SLOT)
		fifo->oldest = index;
	else
		queue->slots[fifo->youngest].next = index;
	fifo->youngest = index;
	queue->count++;
	if (is_urgent(item->kind))
		queue->urgent_count++;
	if (item->kind == ITEM_PROFILE)
		queue->profiles_bytes += profile_bytes(item->profile);
}

/* The kind that matters least of those there are. */
static int least_kind(const struct batch_queue *queue)
{
	for (int kind = ITEM_KINDS_COUNT - 1; kind > 0; kind--)
		if (queue->fifos[kind].oldest != NO_SLOT)
			return kind;
	return 0;
}

/* Everything that waits matters more; or it is a profile, and those that wait are large already. */
static bool is_least(const struct batch_queue *queue, const struct item *item)
{
	if (item->kind == ITEM_PROFILE && queue->profiles_bytes &&
	    queue->profiles_bytes + profile_bytes(item->profile) > MAX_QUEUED_PROFILE_BYTES)
		return true;
	return queue->count == queue->max_items && least_kind(queue) < (int)item->kind;
}

/* Under the lock. A sleep (UINT32_MAX) is not for items at all. */
static bool is_ready(const struct batch_queue *queue, uint32_t at_least)
{
	return queue->count >= at_least || (queue->urgent_count && at_least != UINT32_MAX);
}

enum push_result batch_queue_push(struct batch_queue *queue, struct item *item,
				  struct item **ret_dropped)
{
	enum push_result result = PUSH_DONE;

	assert((unsigned)item->kind < ITEM_KINDS_COUNT);
	*ret_dropped = NULL;
	(void)pthread_mutex_lock(&queue->lock);
	if (queue->is_closed) {
		result = PUSH_CLOSED;
		*ret_dropped = item_reference(item);
	} else if (is_least(queue, item)) {
		result = PUSH_EVICTED;
		*ret_dropped = item_reference(item);
	} else {
		if (queue->count == queue->max_items) {
			*ret_dropped = pop_oldest(queue, least_kind(queue));
			result = PUSH_EVICTED;
		}
		append(queue, item_reference(item));
		if (queue->wanted && is_ready(queue, queue->wanted)) {
			queue->wanted = 0;
			(void)pthread_cond_signal(&queue->changed);
		}
	}
	(void)pthread_mutex_unlock(&queue->lock);
	return result;
}

uint32_t batch_queue_take(struct batch_queue *queue, uint32_t kinds, struct item **ret_items,
			  uint32_t max_items)
{
	uint32_t count = 0;

	(void)pthread_mutex_lock(&queue->lock);
	for (int kind = 0; kind < ITEM_KINDS_COUNT && count == 0; kind++) {
		uint32_t most = kind == ITEM_CRASH && max_items > 1 ? 1 : max_items;

		if (!(kinds & ITEM_BIT(kind)))
			continue;
		while (count < most && queue->fifos[kind].oldest != NO_SLOT)
			ret_items[count++] = pop_oldest(queue, kind);
	}
	(void)pthread_mutex_unlock(&queue->lock);
	return count;
}

enum wait_result batch_queue_wait(struct batch_queue *queue, uint32_t at_least, uint64_t until_ns)
{
	struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_S),
				 .tv_nsec = (long)(until_ns % NS_PER_S)};
	bool is_over = false;
	enum wait_result result;

	(void)pthread_mutex_lock(&queue->lock);
	while (!queue->is_closed && !is_ready(queue, at_least) && !is_over) {
		queue->wanted = at_least;
		if (until_ns)
			is_over = pthread_cond_timedwait(&queue->changed, &queue->lock, &until) ==
				  ETIMEDOUT;
		else
			(void)pthread_cond_wait(&queue->changed, &queue->lock);
	}
	queue->wanted = 0;
	if (queue->is_closed)
		result = WAIT_CLOSED;
	else
		result = is_ready(queue, at_least) ? WAIT_READY : WAIT_TIME_IS_OVER;
	(void)pthread_mutex_unlock(&queue->lock);
	return result;
}

void batch_queue_close(struct batch_queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	queue->is_closed = true;
	(void)pthread_cond_broadcast(&queue->changed);
	(void)pthread_mutex_unlock(&queue->lock);
}

uint32_t batch_queue_count(struct batch_queue *queue)
{
	uint32_t count;

	(void)pthread_mutex_lock(&queue->lock);
	count = queue->count;
	(void)pthread_mutex_unlock(&queue->lock);
	return count;
}

void batch_queue_free(struct batch_queue **queue)
{
	struct item *item;

	if (!*queue)
		return;
	while (batch_queue_take(*queue, ITEM_ALL, &item, 1) == 1)
		item_release(&item);
	(void)pthread_cond_destroy(&(*queue)->changed);
	(void)pthread_mutex_destroy(&(*queue)->lock);
	free(*queue);
	*queue = NULL;
}
