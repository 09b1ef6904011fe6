/*
 * The thread behind a delivery worker, and what the two share. Only delivery_worker.c,
 * delivery_thread.c and crash_turn.c include this.
 */
#ifndef DELIVERY_DELIVERY_THREAD_H
#define DELIVERY_DELIVERY_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/retry_policy.h"
#include "delivery/batch_queue.h"
#include "delivery/crash_spool.h"
#include "delivery/delivery_worker.h"

/* Attempts in a row that found the destination out of reach, and what follows from it. */
struct outage {
	uint32_t failures;
	bool is_logged;
	uint64_t not_before_ns; /* no attempt before this */
	uint64_t log_gate_ns;
};

struct delivery_worker {
	struct exporter *exporter;
	const char *name;
	bool is_local;
	uint32_t wanted_kinds;
	struct batch_queue *queue;
	struct crash_spool *spool; /* NULL: crashes are like everything else */
	struct retry_policy policy;
	uint64_t schedule_delay_ns;
	struct item **items; /* what the thread holds */
	uint32_t max_items;

	/* The thread's own. */
	struct outage outage;       /* of what is tried until it is given up */
	struct outage crash_outage; /* of spooled crashes, which have turns between the others */
	bool is_given_up;           /* while draining: the rest is counted, not tried */
	bool are_crashes_kept;      /* while draining: no more attempts for spooled crashes */
	bool is_silence_asked_for;  /* outage.not_before_ns is the server's wish, not our backoff */
	uint64_t drop_gate_ns, reject_gate_ns;

	/* The main thread's own. */
	pthread_t thread;
	bool is_draining, is_drained, is_left_behind;

	/* Under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct drops *drops; /* NULL once the thread was left behind */
	struct delivery_statistics statistics;
	struct delivery_health health;
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

/* Is it on disk, so that letting go of it is no loss? It waits in the backlog then. */
bool delivery_thread_keep(struct delivery_worker *worker, const struct item *item);

/* Tells the exporter of items that never got to it, or not through it. */
void delivery_thread_report_drops(struct delivery_worker *worker, enum drop_reason reason,
				  struct item *const *items, uint32_t count);

/* What the thread held is sent, apart from the dropped ones. */
void delivery_thread_settle(struct delivery_worker *worker, enum drop_reason reason,
			    uint32_t dropped);

/* One attempt. */
void delivery_thread_export(struct delivery_worker *worker, const struct batch *batch,
			    struct export_result *ret_result);

/* An attempt failed: logged once per outage. Returns the backoff that begins now. */
uint64_t delivery_thread_note_failure(struct delivery_worker *worker, struct outage *outage,
				      const struct export_result *result);
void delivery_thread_note_answer(struct delivery_worker *worker, struct outage *outage);

/* The destination has spoken: what is held is accepted, or dropped by its verdict. */
void delivery_thread_take_verdict(struct delivery_worker *worker,
				  const struct export_result *result);

void delivery_thread_count_retry(struct delivery_worker *worker);

/* 0: not draining. */
uint64_t delivery_thread_deadline(struct delivery_worker *worker);

#endif
