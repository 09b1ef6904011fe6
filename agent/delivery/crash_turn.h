/*
 * Turns of crashes that are on disk: one attempt each, on the delivery thread. One that fails goes
 * back to the spool's backlog, which has a backoff of its own, and everything else goes on. Only
 * delivery_thread.c includes this.
 */
#ifndef DELIVERY_CRASH_TURN_H
#define DELIVERY_CRASH_TURN_H

#include "delivery/delivery_thread.h"

/* Is the item a crash on disk? */
bool crash_turn_is_for(struct delivery_worker *worker, const struct item *item);

/* Settles a batch of one such crash, which the thread holds: tried, or left to the backlog when
 * others wait there or the backoff lasts. */
void crash_turn_take_fresh(struct delivery_worker *worker, const struct batch *batch);

/* Tries the next of the backlog when it is due. False: there was nothing to do. */
bool crash_turn_take_kept(struct delivery_worker *worker);

/* When the backlog is due; 0: it is empty. */
uint64_t crash_turn_due(struct delivery_worker *worker);

/* While draining: is one of the backlog still to be tried? */
bool crash_turn_is_left(struct delivery_worker *worker);

#endif
