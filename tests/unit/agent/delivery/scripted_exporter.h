/*
 * An exporter that answers by a script and writes down what it was asked. What it wrote outlives
 * it: the delivery thread may close it long after the test let go. The last answer of the script
 * repeats.
 */
#ifndef DELIVERY_SCRIPTED_EXPORTER_H
#define DELIVERY_SCRIPTED_EXPORTER_H

#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include "base/clock.h"
#include "exporters/exporter.h"
#include "numbered_item.h"

#define MAX_CALLS 256

struct call {
	enum item_kind kind;
	uint32_t count;
	uint8_t first, last; /* numbers of the items */
	uint64_t time_ns;
};

struct script {
	const struct export_result *answers;
	unsigned answers_count;
	bool is_blocking; /* every call waits for `go` */
	sem_t entered, go, closed;
	pthread_mutex_t lock;
	struct call calls[MAX_CALLS];
	unsigned calls_count, flushes_count;
	unsigned drops_told[DROP_REASONS_COUNT];
	/* Refuses crashes, one at a time, while it takes everything else; or only this one. */
	bool is_choking_on_crashes;
	uint8_t choking_number;
	bool are_signals_blocked;
};

struct scripted_exporter {
	struct exporter base;
	struct script *script;
};

static inline void scripted_export(struct exporter *exporter, const struct batch *batch,
				   struct export_result *ret)
{
	struct script *script = ((struct scripted_exporter *)exporter)->script;
	unsigned index;
	sigset_t set;

	(void)pthread_sigmask(SIG_SETMASK, NULL, &set);
	pthread_mutex_lock(&script->lock);
	script->are_signals_blocked = sigismember(&set, SIGTERM) && sigismember(&set, SIGINT);
	index = script->calls_count < script->answers_count ? script->calls_count
							    : script->answers_count - 1;
	assert(script->calls_count < MAX_CALLS);
	script->calls[script->calls_count++] =
		(struct call){batch->kind, batch->count, item_number(batch->items[0]),
			      item_number(batch->items[batch->count - 1]), clock_monotonic_ns()};
	pthread_mutex_unlock(&script->lock);
	sem_post(&script->entered);
	if (script->is_blocking)
		while (sem_wait(&script->go) < 0)
			;
	*ret = script->answers[index];
	pthread_mutex_lock(&script->lock);
	if (batch->kind == ITEM_CRASH &&
	    (script->is_choking_on_crashes ||
	     (script->choking_number && item_number(batch->items[0]) == script->choking_number)))
		*ret = (struct export_result){.outcome = EXPORT_RETRY, .message = "no crashes"};
	pthread_mutex_unlock(&script->lock);
}

static inline void scripted_count_drop(struct exporter *exporter, enum drop_reason reason,
				       const struct item *item)
{
	struct script *script = ((struct scripted_exporter *)exporter)->script;

	(void)item;
	pthread_mutex_lock(&script->lock);
	script->drops_told[reason]++;
	pthread_mutex_unlock(&script->lock);
}

static inline void scripted_flush(struct exporter *exporter)
{
	struct script *script = ((struct scripted_exporter *)exporter)->script;

	pthread_mutex_lock(&script->lock);
	script->flushes_count++;
	pthread_mutex_unlock(&script->lock);
}

static inline void scripted_close(struct exporter **exporter)
{
	struct script *script = ((struct scripted_exporter *)*exporter)->script;

	free(*exporter);
	*exporter = NULL;
	sem_post(&script->closed);
}

static const struct exporter_ops scripted_network = {
	"scripted", scripted_export, scripted_flush,     scripted_close, false,
	0,          ITEM_ALL,        scripted_count_drop};
static const struct exporter_ops scripted_local = {
	"scripted", scripted_export, scripted_flush,     scripted_close, true,
	0,          ITEM_ALL,        scripted_count_drop};
static const struct exporter_ops scripted_traces = {
	"scripted", scripted_export, scripted_flush, scripted_close, false, 0, 0, NULL};

static inline void script_init(struct script *script, const struct export_result *answers,
			       unsigned count)
{
	*script = (struct script){.answers = answers, .answers_count = count};
	sem_init(&script->entered, 0, 0);
	sem_init(&script->go, 0, 0);
	sem_init(&script->closed, 0, 0);
	pthread_mutex_init(&script->lock, NULL);
}

static inline struct exporter *scripted_exporter(struct script *script,
						 const struct exporter_ops *ops)
{
	struct scripted_exporter *exporter = calloc(1, sizeof(*exporter));

	assert(exporter);
	exporter->base.ops = ops;
	exporter->script = script;
	return &exporter->base;
}

#endif
