/*
 * One destination: its queue, its thread, its exporter. Everything here is called from the main
 * (capture) thread; only the worker's own thread calls the exporter until that thread has ended.
 */
#ifndef DELIVERY_DELIVERY_WORKER_H
#define DELIVERY_DELIVERY_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/drops.h"
#include "exporters/exporter.h"
#include "model/item.h"
#include "settings/settings.h"

struct delivery_worker;

struct delivery_statistics {
	uint64_t sent;    /* items accepted */
	uint64_t dropped; /* items lost here, whatever the reason (each is in `drops` too) */
	uint64_t retried; /* attempts that were repetitions */
	uint32_t queued;  /* items waiting now */
};

/* Takes the exporter (closed, on failure too); starts the thread with all signals blocked. `drops`
 * must live until the worker is stopped; the settings are copied. */
int delivery_worker_new(struct delivery_worker **ret, struct exporter **exporter,
			const struct delivery_settings *settings, struct drops *drops);

/* Adds a reference of its own or counts a drop; never waits for the destination. */
void delivery_worker_offer(struct delivery_worker *worker, struct item *item);

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

/* The exporter's name. */
const char *delivery_worker_name(const struct delivery_worker *worker);

#endif
