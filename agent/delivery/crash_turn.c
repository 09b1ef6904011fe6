/*
 * What happens to a spooled crash: accepted or refused for good, its file goes; otherwise it stays
 * and the next of the backlog is tried after the backoff, so that one crash the server chokes on
 * does not hold back the others. While draining each has one attempt, and the first failure ends
 * them all: they stay for the next start.
 */
#include "delivery/crash_turn.h"

#include <errno.h>
#include "base/clock.h"
#include "base/log.h"

#define LOG_INTERVAL_NS (60 * NS_PER_S)

bool crash_turn_is_for(struct delivery_worker *worker, const struct item *item)
{
	return item->kind == ITEM_CRASH && worker->spool &&
	       crash_spool_has(worker->spool, item->crash->id);
}

/* The backlog's own backoff, and a destination that is known to be out of reach. */
static uint64_t allowed_from(const struct delivery_worker *worker)
{
	return worker->crash_outage.not_before_ns > worker->outage.not_before_ns
		       ? worker->crash_outage.not_before_ns
		       : worker->outage.not_before_ns;
}

static bool is_allowed(struct delivery_worker *worker)
{
	uint64_t now_ns = clock_monotonic_ns(), deadline_ns = delivery_thread_deadline(worker);

	if (deadline_ns == 0)
		return now_ns >= allowed_from(worker);
	if (worker->is_given_up || now_ns >= deadline_ns ||
	    (worker->is_silence_asked_for && worker->outage.not_before_ns > now_ns))
		worker->are_crashes_kept = true;
	return !worker->are_crashes_kept;
}

/* Back to the backlog; lost only when the spool made room for newer ones meanwhile. */
static void keep(struct delivery_worker *worker, const struct batch *batch)
{
	bool is_kept = delivery_thread_keep(worker, batch->items[0]);

	if (is_kept) {
		(void)pthread_mutex_lock(&worker->lock);
		worker->held = 0;
		(void)pthread_mutex_unlock(&worker->lock);
		return;
	}
	delivery_thread_report_drops(worker, DROP_RETRIES_EXHAUSTED, batch->items, 1);
	delivery_thread_settle(worker, DROP_RETRIES_EXHAUSTED, 1);
}

static void attempt(struct delivery_worker *worker, const struct batch *batch)
{
	struct export_result result;

	if (worker->crash_outage.failures)
		delivery_thread_count_retry(worker);
	delivery_thread_export(worker, batch, &result);
	if (result.outcome != EXPORT_RETRY) {
		delivery_thread_note_answer(worker, &worker->crash_outage);
		crash_spool_remove(worker->spool, batch->items[0]->crash->id);
		delivery_thread_take_verdict(worker, &result);
		return;
	}
	(void)delivery_thread_note_failure(worker, &worker->crash_outage, &result);
	if (result.retry_after_ns) { /* the server's wish is for everything */
		worker->outage.not_before_ns = worker->crash_outage.not_before_ns;
		worker->is_silence_asked_for = true;
	}
	if (delivery_thread_deadline(worker))
		worker->are_crashes_kept = true;
	keep(worker, batch);
}

void crash_turn_take_fresh(struct delivery_worker *worker, const struct batch *batch)
{
	/* The older ones first. */
	if (crash_spool_backlog(worker->spool) == 0 && is_allowed(worker))
		attempt(worker, batch);
	else
		keep(worker, batch);
}

/* The next that can be read; what cannot is counted. NULL: none. */
static struct item *load_next(struct delivery_worker *worker)
{
	struct item *item = NULL;
	int err;

	while ((err = crash_spool_take(worker->spool, &item)) == -EBADMSG)
		delivery_worker_count_drop(worker, DROP_SPOOL_CORRUPT, NULL);
	if (err == 0 || err == -ENOENT)
		return item;
	/* No memory or no descriptor: as if the destination had been out of reach. */
	worker->crash_outage.not_before_ns = clock_monotonic_ns() + worker->policy.max_delay_ns;
	worker->are_crashes_kept = delivery_thread_deadline(worker) > 0;
	if (log_gate(&worker->drop_gate_ns, LOG_INTERVAL_NS))
		log_warning("%s: cannot read a crash kept in %s: %s; trying again", worker->name,
			    crash_spool_path(worker->spool), strerror(-err));
	return NULL;
}

bool crash_turn_take_kept(struct delivery_worker *worker)
{
	struct batch batch = {.kind = ITEM_CRASH, .items = worker->items, .count = 1};
	struct item *item;

	if (!worker->spool || crash_spool_backlog(worker->spool) == 0 || !is_allowed(worker))
		return false;
	item = load_next(worker);
	if (!item)
		return false;
	(void)pthread_mutex_lock(&worker->lock);
	worker->items[0] = item;
	worker->held = 1;
	(void)pthread_mutex_unlock(&worker->lock);
	attempt(worker, &batch);
	item_release(&worker->items[0]);
	return true;
}

uint64_t crash_turn_due(struct delivery_worker *worker)
{
	uint64_t from_ns = allowed_from(worker);

	if (!worker->spool || crash_spool_backlog(worker->spool) == 0)
		return 0;
	return from_ns ? from_ns : 1;
}

bool crash_turn_is_left(struct delivery_worker *worker)
{
	return worker->spool && !worker->are_crashes_kept && crash_spool_backlog(worker->spool);
}
