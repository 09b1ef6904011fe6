/*
 * One destination: its queue, its thread, its exporter, its spool. Everything here is called from
 * the main (capture) thread, offers and drops from the spool thread too; only the worker's own
 * thread calls the exporter (but count_drop) until that thread has ended.
 *
 * Who is served: a crash is sent as soon as it is there. One that is on disk is tried for as long
 * as limpet runs: after a failure it goes to the end of the spool's backlog, whose own backoff (up
 * to 30 s) does not hold back anything else, and between two crashes of the backlog the other kinds
 * have a turn. Everything else is tried until it is given up (max_retry), one batch at a time.
 */
#ifndef DELIVERY_DELIVERY_WORKER_H
#define DELIVERY_DELIVERY_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/drops.h"
#include "delivery/crash_spool.h"
#include "exporters/exporter.h"
#include "model/item.h"
#include "settings/settings.h"

struct delivery_worker;

struct delivery_statistics {
	uint64_t sent;    /* items accepted */
	uint64_t dropped; /* items lost here, whatever the reason (each is in `drops` too) */
	uint64_t retried; /* attempts that were repetitions */
	uint32_t queued;  /* items waiting now */
	uint32_t kept;    /* crashes on disk */
};

#define MAX_DELIVERY_ERROR_BYTES 192

/* How a destination is doing, for who is asked about it; times are monotonic, 0: not so. */
struct delivery_health {
	uint64_t busy_since_ns;               /* inside one call of its exporter */
	uint64_t failing_since_ns;            /* out of reach */
	uint64_t error_ns;                    /* of the last error, which may be long over */
	char error[MAX_DELIVERY_ERROR_BYTES]; /* escaped; "": there was none */
	bool has_ended;                       /* the thread, and nobody told it to */
};

/* Takes the exporter and the spool (NULL: none), on failure too; starts the thread with all signals
 * blocked. `drops` must live until the worker is stopped; the settings are copied. */
int delivery_worker_new(struct delivery_worker **ret, struct exporter **exporter,
			struct crash_spool **spool, const struct delivery_settings *settings,
			struct drops *drops);

/* Does the destination take such items? */
bool delivery_worker_wants(const struct delivery_worker *worker, enum item_kind kind);

/* Adds a reference of its own or counts a drop; never waits for the destination. What it does not
 * want is passed over. */
void delivery_worker_offer(struct delivery_worker *worker, struct item *item);

/* An item is lost to this destination: counted here (`drops` and statistics) and told the exporter.
 */
void delivery_worker_count_drop(struct delivery_worker *worker, enum drop_reason reason,
				const struct item *item);

/* Only told the exporter: a decision made for all destinations at once, counted by who made it. */
void delivery_worker_report_drop(struct delivery_worker *worker, enum drop_reason reason,
				 const struct item *item);

/*
 * Two steps, so that several workers can drain at once: after begin_drain nothing more is accepted
 * and the thread delivers what is queued until the deadline; drain waits for it. Afterwards the
 * statistics are final. A destination that was failing already gets one more attempt, not the whole
 * time.
 *
 * drain is false when the thread was still inside the exporter at the deadline. It is left behind
 * then: what it held and what was queued is counted as DROP_SHUTDOWN, it touches nothing but its
 * own exporter and memory any more, and closes both when its call returns. A process that is about
 * to end should then use _exit, as libraries must not be torn down under that thread.
 */
void delivery_worker_begin_drain(struct delivery_worker *worker, uint64_t deadline_monotonic_ns);
bool delivery_worker_drain(struct delivery_worker *worker, uint64_t deadline_monotonic_ns);

/* Drains, if that was not done, and frees. NULL-safe. The result of drain. */
bool delivery_worker_stop(struct delivery_worker **worker, uint64_t deadline_monotonic_ns);

struct delivery_statistics delivery_worker_statistics(const struct delivery_worker *worker);

void delivery_worker_health(const struct delivery_worker *worker, struct delivery_health *ret);

/* Where it sends to, without secrets; NULL: no other machine. */
const char *delivery_worker_identity(const struct delivery_worker *worker);

/* The exporter's name. */
const char *delivery_worker_name(const struct delivery_worker *worker);

/* NULL: none. */
struct crash_spool *delivery_worker_spool(const struct delivery_worker *worker);

#endif
