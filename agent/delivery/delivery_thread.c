/*
 * The delivery thread of one destination: waits for a batch, exports it, tries again or gives up by
 * the exporter's verdict, flushes when idle. Every item it takes ends as sent, as a counted drop,
 * or in the crash spool (crash_turn.c).
 */
#include "delivery/delivery_thread.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/random_id.h"
#include "delivery/crash_turn.h"

#define IDLE_NS         (200 * NS_PER_MS) /* an empty queue this long is flushed */
#define LOG_INTERVAL_NS (60 * NS_PER_S)   /* per kind of message and destination */

void delivery_thread_count_drops(struct delivery_worker *worker, enum drop_reason reason,
				 uint32_t count)
{
	if (!worker->drops || count == 0)
		return;
	drops_add(worker->drops, reason, count);
	worker->statistics.dropped += count;
}

bool delivery_thread_keep(struct delivery_worker *worker, const struct item *item)
{
	return worker->spool && item->kind == ITEM_CRASH &&
	       crash_spool_put_back(worker->spool, item->crash->id);
}

void delivery_thread_report_drops(struct delivery_worker *worker, enum drop_reason reason,
				  struct item *const *items, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		delivery_worker_report_drop(worker, reason, items[i]);
}

void delivery_thread_settle(struct delivery_worker *worker, enum drop_reason reason,
			    uint32_t dropped)
{
	(void)pthread_mutex_lock(&worker->lock);
	if (worker->drops) {
		delivery_thread_count_drops(worker, reason, dropped);
		if (dropped < worker->held)
			worker->statistics.sent += worker->held - dropped;
	}
	worker->held = 0;
	(void)pthread_mutex_unlock(&worker->lock);
}

uint64_t delivery_thread_deadline(struct delivery_worker *worker)
{
	uint64_t deadline_ns;

	(void)pthread_mutex_lock(&worker->lock);
	deadline_ns = worker->deadline_ns;
	(void)pthread_mutex_unlock(&worker->lock);
	return deadline_ns;
}

static const char *escape_message(const struct export_result *result, char *buffer, size_t size)
{
	size_t length = strnlen(result->message, sizeof(result->message));

	return length ? log_escape(view_of(result->message, length), buffer, size)
		      : "no reason given";
}

/* is_outage: it could not be reached; otherwise it has spoken, and refused. */
static void note_error(struct delivery_worker *worker, const char *message, bool is_outage)
{
	struct delivery_health *health = &worker->health;
	uint64_t now_ns = clock_monotonic_ns();

	(void)pthread_mutex_lock(&worker->lock);
	(void)snprintf(health->error, sizeof(health->error), "%s", message);
	health->error_ns = now_ns;
	if (is_outage && !health->failing_since_ns)
		health->failing_since_ns = now_ns;
	(void)pthread_mutex_unlock(&worker->lock);
}

static uint64_t draw_randomness(void)
{
	uint64_t randomness;

	random_id_fill((uint8_t *)&randomness, sizeof(randomness));
	return randomness;
}

uint64_t delivery_thread_note_failure(struct delivery_worker *worker, struct outage *outage,
				      const struct export_result *result)
{
	uint64_t delay_ns = retry_policy_delay(&worker->policy, outage->failures,
					       result->retry_after_ns, draw_randomness());
	char buffer[512];
	const char *message = escape_message(result, buffer, sizeof(buffer));

	note_error(worker, message, true);
	if (outage->failures == 0 && log_gate(&outage->log_gate_ns, LOG_INTERVAL_NS)) {
		log_warning("%s: cannot deliver%s: %s; trying again", worker->name,
			    outage == &worker->crash_outage ? " a crash" : "", message);
		outage->is_logged = true;
	}
	outage->failures++;
	outage->not_before_ns = clock_monotonic_ns() + delay_ns;
	return delay_ns;
}

void delivery_thread_note_answer(struct delivery_worker *worker, struct outage *outage)
{
	if (outage->is_logged)
		log_info("%s: delivers %sagain", worker->name,
			 outage == &worker->crash_outage ? "crashes " : "");
	outage->failures = 0;
	outage->not_before_ns = 0;
	outage->is_logged = false;
	(void)pthread_mutex_lock(&worker->lock);
	worker->health.failing_since_ns = 0;
	(void)pthread_mutex_unlock(&worker->lock);
}

static enum drop_reason reason_of(const struct export_result *result)
{
	return (unsigned)result->reason < DROP_REASONS_COUNT ? result->reason : DROP_SERVER_REFUSED;
}

static void take_acceptance(struct delivery_worker *worker, const struct export_result *result)
{
	char message[512];

	if ((result->rejected_count || result->message[0]) &&
	    log_gate(&worker->reject_gate_ns, LOG_INTERVAL_NS))
		log_warning("%s: %u rejected: %s", worker->name, result->rejected_count,
			    escape_message(result, message, sizeof(message)));
	delivery_thread_settle(worker, reason_of(result), result->rejected_count);
}

static void give_up(struct delivery_worker *worker, enum drop_reason reason,
		    const struct export_result *result)
{
	char buffer[512];
	const char *message = escape_message(result, buffer, sizeof(buffer));

	note_error(worker, message, false);
	if (log_gate(&worker->drop_gate_ns, LOG_INTERVAL_NS))
		log_warning("%s: dropped %u (%s): %s", worker->name, worker->held,
			    drops_words(reason), message);
	delivery_thread_settle(worker, reason, worker->held);
}

static void sleep_until(uint64_t time_ns)
{
	struct timespec until = {.tv_sec = (time_t)(time_ns / NS_PER_S),
				 .tv_nsec = (long)(time_ns % NS_PER_S)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/*
 * Waits until an attempt is allowed; false when the deadline leaves no room for one. A beginning
 * drain ends the worker's own backoff at once, but not a silence the server asked for.
 */
static bool wait_for_attempt(struct delivery_worker *worker)
{
	uint64_t deadline_ns = delivery_thread_deadline(worker);

	if (deadline_ns == 0) {
		if (batch_queue_wait(worker->queue, UINT32_MAX, worker->outage.not_before_ns) !=
		    WAIT_CLOSED)
			return true;
		deadline_ns = delivery_thread_deadline(worker);
		if (!worker->is_silence_asked_for)
			return clock_monotonic_ns() < deadline_ns;
	}
	if (worker->outage.not_before_ns >= deadline_ns)
		return false;
	sleep_until(worker->outage.not_before_ns);
	return true;
}

/* Tried and given up. An exporter that resumes batches knows already, another is told. */
static void give_up_tried(struct delivery_worker *worker, enum drop_reason reason,
			  const struct export_result *result)
{
	delivery_thread_report_drops(worker, DROP_RETRIES_EXHAUSTED, worker->items, worker->held);
	give_up(worker, reason, result);
}

void delivery_thread_count_retry(struct delivery_worker *worker)
{
	(void)pthread_mutex_lock(&worker->lock);
	worker->statistics.retried++;
	(void)pthread_mutex_unlock(&worker->lock);
}

/* After a failed attempt: true when it is time to try the batch again. Two failures in a row are
 * enough while draining. */
static bool is_worth_another(struct delivery_worker *worker, uint64_t begin_ns,
			     const struct export_result *result)
{
	uint64_t now_ns = clock_monotonic_ns();
	uint64_t delay_ns = delivery_thread_note_failure(worker, &worker->outage, result);

	worker->is_silence_asked_for = result->retry_after_ns > 0;
	if (!retry_policy_allows(&worker->policy, begin_ns, now_ns, delay_ns)) {
		give_up_tried(worker, DROP_RETRIES_EXHAUSTED, result);
		return false;
	}
	if ((worker->outage.failures > 1 && delivery_thread_deadline(worker)) ||
	    !wait_for_attempt(worker)) {
		give_up_tried(worker, DROP_SHUTDOWN, result);
		worker->is_given_up = true;
		return false;
	}
	delivery_thread_count_retry(worker);
	return true;
}

static void note_busy(struct delivery_worker *worker, uint64_t since_ns)
{
	(void)pthread_mutex_lock(&worker->lock);
	worker->health.busy_since_ns = since_ns;
	(void)pthread_mutex_unlock(&worker->lock);
}

void delivery_thread_export(struct delivery_worker *worker, const struct batch *batch,
			    struct export_result *ret_result)
{
	*ret_result =
		(struct export_result){.outcome = EXPORT_DROPPED, .reason = DROP_SERVER_REFUSED};
	note_busy(worker, clock_monotonic_ns());
	worker->exporter->ops->export(worker->exporter, batch, ret_result);
	note_busy(worker, 0);
}

void delivery_thread_take_verdict(struct delivery_worker *worker,
				  const struct export_result *result)
{
	if (result->outcome == EXPORT_SENT)
		take_acceptance(worker, result);
	else
		give_up(worker, reason_of(result), result);
}

/* Until the batch is sent or given up. */
static void deliver(struct delivery_worker *worker, const struct batch *batch)
{
	uint64_t begin_ns = clock_monotonic_ns();
	struct export_result result;

	do
		delivery_thread_export(worker, batch, &result);
	while (result.outcome == EXPORT_RETRY && is_worth_another(worker, begin_ns, &result));
	if (result.outcome == EXPORT_RETRY)
		return;
	delivery_thread_note_answer(worker, &worker->outage);
	delivery_thread_take_verdict(worker, &result);
}

/* Taking and noting is one step, so that an item is always either in the queue or held. */
static uint32_t take_batch(struct delivery_worker *worker)
{
	uint32_t count;

	(void)pthread_mutex_lock(&worker->lock);
	count = batch_queue_take(worker->queue, ITEM_ALL, worker->items, worker->max_items);
	worker->held = count;
	(void)pthread_mutex_unlock(&worker->lock);
	return count;
}

static void release_items(struct item **items, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		item_release(&items[i]);
}

static void flush(struct delivery_worker *worker)
{
	if (worker->exporter->ops->flush)
		worker->exporter->ops->flush(worker->exporter);
}

/* Of two times, 0 being never. */
static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a == 0 || (b && b < a) ? b : a;
}

/* Until something waits, the idle time is over (then it flushes) or a crash of the backlog is due.
 */
static enum wait_result wait_for_first(struct delivery_worker *worker, bool *has_unflushed)
{
	uint64_t due_ns = crash_turn_due(worker), now_ns = clock_monotonic_ns();
	uint64_t idle_ns = *has_unflushed ? now_ns + IDLE_NS : 0;
	enum wait_result r;

	if (due_ns && due_ns <= now_ns) /* only to see whether it is closed */
		return batch_queue_wait(worker->queue, 0, now_ns) == WAIT_CLOSED
			       ? WAIT_CLOSED
			       : WAIT_TIME_IS_OVER;
	r = batch_queue_wait(worker->queue, 1, earlier(idle_ns, due_ns));
	if (r == WAIT_TIME_IS_OVER && idle_ns && clock_monotonic_ns() >= idle_ns) {
		flush(worker);
		*has_unflushed = false;
		r = batch_queue_wait(worker->queue, 1, due_ns);
	}
	return r;
}

/* Until a batch or a crash is due. False: closed, and what is left in the queue is to go at once.
 */
static bool wait_for_batch(struct delivery_worker *worker, bool *has_unflushed)
{
	enum wait_result r = wait_for_first(worker, has_unflushed);

	if (r == WAIT_TIME_IS_OVER)
		return true;
	if (r == WAIT_READY && !worker->is_local)
		r = batch_queue_wait(worker->queue, worker->max_items,
				     clock_monotonic_ns() + worker->schedule_delay_ns);
	if (r != WAIT_CLOSED && worker->outage.not_before_ns > clock_monotonic_ns())
		r = batch_queue_wait(worker->queue, UINT32_MAX, worker->outage.not_before_ns);
	return r != WAIT_CLOSED;
}

/* While draining: is there still time for the destination to take something? */
static bool is_time_left(struct delivery_worker *worker)
{
	if (worker->is_given_up || clock_monotonic_ns() >= delivery_thread_deadline(worker))
		return false;
	return !worker->is_silence_asked_for ||
	       worker->outage.not_before_ns <= clock_monotonic_ns() || wait_for_attempt(worker);
}

/* One batch of the queue. False: it is empty. */
static bool take_turn(struct delivery_worker *worker)
{
	struct batch batch = {.items = worker->items, .count = take_batch(worker)};

	if (batch.count == 0)
		return false;
	batch.kind = batch.items[0]->kind;
	if (crash_turn_is_for(worker, batch.items[0])) {
		crash_turn_take_fresh(worker, &batch);
	} else if (worker->is_given_up) {
		delivery_thread_report_drops(worker, DROP_SHUTDOWN, batch.items, batch.count);
		delivery_thread_settle(worker, DROP_SHUTDOWN, batch.count);
	} else {
		deliver(worker, &batch);
	}
	release_items(worker->items, batch.count);
	return true;
}

void delivery_thread_run(struct delivery_worker *worker)
{
	bool is_open = true, has_unflushed = false;

	do {
		is_open = is_open && wait_for_batch(worker, &has_unflushed);
		if (!is_open && batch_queue_count(worker->queue) && !is_time_left(worker))
			worker->is_given_up = true;
		has_unflushed |= crash_turn_take_kept(worker);
		has_unflushed |= take_turn(worker);
	} while (is_open || batch_queue_count(worker->queue) || crash_turn_is_left(worker));
	flush(worker);
	(void)pthread_mutex_lock(&worker->lock);
	worker->has_ended = true;
	(void)pthread_cond_signal(&worker->ended);
	(void)pthread_mutex_unlock(&worker->lock);
}
