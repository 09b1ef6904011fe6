/*
 * The thread behind a delivery worker, and what the two share. Only delivery_worker.c and
 * delivery_thread.c include this.
 */
#ifndef DELIVERY_DELIVERY_THREAD_H
#define DELIVERY_DELIVERY_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "delivery/batch_queue.h"
#include "delivery/delivery_worker.h"
#include "delivery/retry_policy.h"

struct delivery_worker {
	struct exporter *exporter;
	const char *name;
	bool is_local;
	struct batch_queue *queue;
	struct retry_policy policy;
	uint64_t schedule_delay_ns;
	struct item **items; /* what the thread holds */
	uint32_t max_items;

	/* The thread's own. */
	uint32_t failures; /* attempts in a row that found the destination out of reach */
	bool is_outage_logged;
	bool is_given_up;          /* while draining: the rest is counted, not tried */
	bool is_silence_asked_for; /* not_before_ns is the server's wish, not our backoff */
	uint64_t not_before_ns;    /* no attempt before this */
	uint64_t outage_gate_ns, drop_gate_ns, reject_gate_ns;

	/* The main thread's own. */
	pthread_t thread;
	bool is_draining, is_drained, is_left_behind;

	/* Under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct drops *drops; /* NULL once the thread was left behind */
	struct delivery_statistics statistics;
	uint32_t held; /* items in `items` not accounted for yet */
	uint64_t deadline_ns;
	bool has_ended;
	unsigned references; /* the main thread and the delivery thread */
};

/* Until the queue is closed and empty; then sets has_ended. Drops no reference. */
void delivery_thread_run(struct delivery_worker *worker);

/* Under the lock. Counts nothing once the thread was left behind: all was counted then. */
void delivery_thread_count_drops(struct delivery_worker *worker, enum drop_reason reason,
				 uint32_t count);

#endif
