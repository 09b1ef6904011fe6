/*
 * A delivery worker as its owner sees it: offering items, draining, stopping, statistics. Memory is
 * shared with the thread by two references, so that a thread stuck in its exporter can be left
 * behind without anything being freed under it.
 */
#include "delivery/delivery_worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "delivery/delivery_thread.h"

#define FIRST_DELAY_NS  (200 * NS_PER_MS)
#define MAX_DELAY_NS    (30 * NS_PER_S)
#define GRACE_NS        (100 * NS_PER_MS) /* after the deadline, for a thread that is counting */
#define MAX_THREAD_NAME 16                /* of the kernel, with the NUL */

static void free_worker(struct delivery_worker *worker)
{
	if (worker->exporter)
		worker->exporter->ops->close(&worker->exporter);
	batch_queue_free(&worker->queue);
	crash_spool_release(&worker->spool);
	(void)pthread_cond_destroy(&worker->ended);
	(void)pthread_mutex_destroy(&worker->lock);
	free(worker->items);
	free(worker);
}

static void drop_reference(struct delivery_worker *worker)
{
	bool is_last;

	(void)pthread_mutex_lock(&worker->lock);
	is_last = --worker->references == 0;
	(void)pthread_mutex_unlock(&worker->lock);
	if (is_last)
		free_worker(worker);
}

static void *run_thread(void *argument)
{
	struct delivery_worker *worker = argument;

	delivery_thread_run(worker);
	drop_reference(worker);
	return NULL;
}

static int start_thread(struct delivery_worker *worker)
{
	char name[MAX_THREAD_NAME];
	sigset_t all, before;
	int r;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&worker->thread, NULL, run_thread, worker);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r != 0)
		return -r;
	(void)snprintf(name, sizeof(name), "limpet-%s", worker->name);
	(void)pthread_setname_np(worker->thread, name);
	return 0;
}

static void init_lock(struct delivery_worker *worker)
{
	pthread_condattr_t attributes;

	(void)pthread_mutex_init(&worker->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&worker->ended, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

int delivery_worker_new(struct delivery_worker **ret, struct exporter **exporter,
			struct crash_spool **spool, const struct delivery_settings *settings,
			struct drops *drops)
{
	struct delivery_worker *worker = calloc(1, sizeof(*worker));
	int r;

	if (!worker) {
		(*exporter)->ops->close(exporter);
		*exporter = NULL;
		crash_spool_release(spool);
		return -ENOMEM;
	}
	init_lock(worker);
	worker->exporter = TAKE_PTR(*exporter);
	worker->spool = TAKE_PTR(*spool);
	worker->name = worker->exporter->ops->name;
	worker->is_local = worker->exporter->ops->is_local;
	worker->wanted_kinds = worker->exporter->ops->wanted_kinds;
	if (!worker->wanted_kinds)
		worker->wanted_kinds = ITEM_BIT(ITEM_SEGMENT);
	worker->policy = (struct retry_policy){.first_delay_ns = FIRST_DELAY_NS,
					       .max_delay_ns = MAX_DELAY_NS,
					       .max_total_ns = settings->max_retry_ms * NS_PER_MS};
	worker->schedule_delay_ns = settings->schedule_delay_ms * NS_PER_MS;
	worker->max_items = (uint32_t)settings->max_batch_items;
	if (worker->exporter->ops->max_batch_items &&
	    worker->exporter->ops->max_batch_items < worker->max_items)
		worker->max_items = worker->exporter->ops->max_batch_items;
	worker->drops = drops;
	worker->references = 2;
	worker->items = calloc(worker->max_items, sizeof(*worker->items));
	r = worker->items ? batch_queue_new(&worker->queue, (uint32_t)settings->max_queue_items)
			  : -ENOMEM;
	if (r == 0)
		r = start_thread(worker);
	if (r < 0) {
		free_worker(worker);
		return r;
	}
	*ret = worker;
	return 0;
}

bool delivery_worker_wants(const struct delivery_worker *worker, enum item_kind kind)
{
	return worker->wanted_kinds & ITEM_BIT(kind);
}

void delivery_worker_offer(struct delivery_worker *worker, struct item *item)
{
	struct item *dropped;
	enum push_result result;

	if (!delivery_worker_wants(worker, item->kind))
		return;
	result = batch_queue_push(worker->queue, item, &dropped);
	if (!dropped)
		return;
	if (!delivery_thread_keep(worker, dropped))
		delivery_worker_count_drop(
			worker, result == PUSH_CLOSED ? DROP_SHUTDOWN : DROP_QUEUE_FULL, dropped);
	/* Freeing a segment takes its time: not under the queue's lock. */
	item_release(&dropped);
}

void delivery_worker_count_drop(struct delivery_worker *worker, enum drop_reason reason,
				const struct item *item)
{
	(void)pthread_mutex_lock(&worker->lock);
	delivery_thread_count_drops(worker, reason, 1);
	(void)pthread_mutex_unlock(&worker->lock);
	if (item)
		delivery_worker_report_drop(worker, reason, item);
}

void delivery_worker_report_drop(struct delivery_worker *worker, enum drop_reason reason,
				 const struct item *item)
{
	struct exporter *exporter = worker->exporter;

	if (exporter->ops->count_drop && delivery_worker_wants(worker, item->kind))
		exporter->ops->count_drop(exporter, reason, item);
}

void delivery_worker_begin_drain(struct delivery_worker *worker, uint64_t deadline_monotonic_ns)
{
	if (worker->is_draining)
		return;
	worker->is_draining = true;
	(void)pthread_mutex_lock(&worker->lock);
	worker->deadline_ns = deadline_monotonic_ns ? deadline_monotonic_ns : 1;
	(void)pthread_mutex_unlock(&worker->lock);
	batch_queue_close(worker->queue);
}

/* Under the lock. Lost, unless it is on disk. */
static void leave_item(struct delivery_worker *worker, const struct item *item)
{
	if (delivery_thread_keep(worker, item))
		return;
	delivery_thread_count_drops(worker, DROP_SHUTDOWN, 1);
	delivery_worker_report_drop(worker, DROP_SHUTDOWN, item);
}

/* Under the lock. The thread is inside its exporter and stays there: count for it. */
static void leave_behind(struct delivery_worker *worker)
{
	struct item *item;

	for (uint32_t i = 0; i < worker->held; i++)
		leave_item(worker, worker->items[i]);
	while (batch_queue_take(worker->queue, ITEM_ALL, &item, 1) == 1) {
		leave_item(worker, item);
		item_release(&item);
	}
	worker->drops = NULL;
	worker->is_left_behind = true;
}

bool delivery_worker_drain(struct delivery_worker *worker, uint64_t deadline_monotonic_ns)
{
	uint64_t until_ns = deadline_monotonic_ns + GRACE_NS;
	struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_S),
				 .tv_nsec = (long)(until_ns % NS_PER_S)};
	bool is_over = false;

	delivery_worker_begin_drain(worker, deadline_monotonic_ns);
	if (worker->is_drained)
		return !worker->is_left_behind;
	worker->is_drained = true;
	(void)pthread_mutex_lock(&worker->lock);
	while (!worker->has_ended && !is_over)
		is_over =
			pthread_cond_timedwait(&worker->ended, &worker->lock, &until) == ETIMEDOUT;
	if (!worker->has_ended)
		leave_behind(worker);
	(void)pthread_mutex_unlock(&worker->lock);
	if (worker->is_left_behind)
		(void)pthread_detach(worker->thread);
	else
		(void)pthread_join(worker->thread, NULL);
	return !worker->is_left_behind;
}

bool delivery_worker_stop(struct delivery_worker **worker, uint64_t deadline_monotonic_ns)
{
	bool is_clean;

	if (!*worker)
		return true;
	is_clean = delivery_worker_drain(*worker, deadline_monotonic_ns);
	drop_reference(*worker);
	*worker = NULL;
	return is_clean;
}

struct delivery_statistics delivery_worker_statistics(const struct delivery_worker *worker)
{
	struct delivery_worker *shared = (struct delivery_worker *)worker;
	struct delivery_statistics statistics;

	(void)pthread_mutex_lock(&shared->lock);
	statistics = shared->statistics;
	(void)pthread_mutex_unlock(&shared->lock);
	statistics.queued = batch_queue_count(shared->queue);
	statistics.kept = shared->spool ? crash_spool_count(shared->spool) : 0;
	return statistics;
}

void delivery_worker_health(const struct delivery_worker *worker, struct delivery_health *ret)
{
	struct delivery_worker *shared = (struct delivery_worker *)worker;

	(void)pthread_mutex_lock(&shared->lock);
	*ret = shared->health;
	ret->has_ended = shared->has_ended && !shared->deadline_ns;
	(void)pthread_mutex_unlock(&shared->lock);
}

const char *delivery_worker_identity(const struct delivery_worker *worker)
{
	return worker->exporter->identity;
}

const char *delivery_worker_name(const struct delivery_worker *worker)
{
	return worker->name;
}

struct crash_spool *delivery_worker_spool(const struct delivery_worker *worker)
{
	return worker->spool;
}
