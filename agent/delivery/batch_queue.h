/*
 * What waits for one destination: a bounded queue of items, by priority (their kind) and then by
 * age. Filled by the capture and the spool thread, emptied by one delivery thread. Pushing never
 * waits for anything but the short lock. Full: the oldest item of the lowest priority goes.
 */
#ifndef DELIVERY_BATCH_QUEUE_H
#define DELIVERY_BATCH_QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include "model/item.h"

/* Of profiles together, each of which may be as large as thousands of other items. What is beyond
 * goes itself; one alone may be larger. */
#define MAX_QUEUED_PROFILE_BYTES (64u << 20)

struct batch_queue;

/* All memory is allocated here. */
int batch_queue_new(struct batch_queue **ret, uint32_t max_items);
void batch_queue_free(struct batch_queue **queue); /* releases what is left in it */

enum push_result {
	PUSH_DONE,
	PUSH_EVICTED, /* the item is in, or is itself the least; one item was dropped */
	PUSH_CLOSED,  /* the item was not taken */
};

/* Adds a reference of its own. What was dropped is the caller's to count and release: NULL when
 * nothing was, the item itself when it was not taken. */
enum push_result batch_queue_push(struct batch_queue *queue, struct item *item,
				  struct item **ret_dropped);

/*
 * Up to max_items of one kind, of those in the set (ITEM_BIT): the one with the highest priority,
 * oldest first, with their references. Crashes come one at a time: each is settled alone. Returns
 * how many.
 */
uint32_t batch_queue_take(struct batch_queue *queue, uint32_t kinds, struct item **ret_items,
			  uint32_t max_items);

enum wait_result { WAIT_READY, WAIT_TIME_IS_OVER, WAIT_CLOSED };

/*
 * Until at least that many items wait or a crash or session does, until the time (monotonic; 0: no
 * limit), or until closed. With UINT32_MAX it is a sleep that only the time and closing end.
 */
enum wait_result batch_queue_wait(struct batch_queue *queue, uint32_t at_least, uint64_t until_ns);

/* Nothing more comes in; every wait ends now and later ones end at once. What is in can still be
 * taken. */
void batch_queue_close(struct batch_queue *queue);

uint32_t batch_queue_count(struct batch_queue *queue);

#endif
