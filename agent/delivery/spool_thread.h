/*
 * The thread that writes crashes to disk, so that the capture thread never waits for one: each is
 * written to the spool of every destination that has one, then offered to that destination.
 */
#ifndef DELIVERY_SPOOL_THREAD_H
#define DELIVERY_SPOOL_THREAD_H

#include <stdbool.h>
#include "base/drops.h"
#include "delivery/delivery_worker.h"

#define MAX_SPOOL_QUEUE   64 /* crashes waiting to be written */
#define MAX_SPOOL_WORKERS 12

struct spool_thread;

/* For the workers that have a spool, which must live until it is stopped; so must `drops`. */
int spool_thread_new(struct spool_thread **ret, struct delivery_worker *const *workers,
		     uint32_t count, struct drops *drops);

/* Adds a reference of its own. When too many wait already it is offered at once and unwritten, and
 * counted as DROP_SPOOL_FAILED. Never waits. */
void spool_thread_offer(struct spool_thread *thread, struct item *item);

/* Writes what waits and ends. False: the disk did not answer until the deadline; the thread is left
 * behind and touches no worker any more, what waited has been offered unwritten. NULL-safe. */
bool spool_thread_stop(struct spool_thread **thread, uint64_t deadline_monotonic_ns);

#endif
