/* A worker with a scripted exporter behind it, its drops and its log. */
#ifndef DELIVERY_WORKER_FIXTURE_H
#define DELIVERY_WORKER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "captured_output.h"
#include "delivery/delivery_worker.h"
#include "scripted_exporter.h"

#define ANSWER(...) ((const struct export_result[]){__VA_ARGS__})
#define SENT                                                                                       \
	{                                                                                          \
		.outcome = EXPORT_SENT                                                             \
	}
#define RETRY(after)                                                                               \
	{                                                                                          \
		.outcome = EXPORT_RETRY, .retry_after_ns = (after),                                \
		.message = "connection \x1b refused"                                               \
	}

static const struct delivery_settings defaults = {.max_queue_items = 64,
						  .max_batch_items = 8,
						  .schedule_delay_ms = 0,
						  .max_retry_ms = 60000,
						  .shutdown_ms = 5000};

struct fixture {
	struct script script;
	struct drops drops;
	struct delivery_worker *worker;
	struct captured_output log;
};

static inline struct fixture *begin(const struct export_result *answers, unsigned count,
				    const struct delivery_settings *settings,
				    const struct exporter_ops *ops)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct crash_spool *spool = NULL;
	struct exporter *exporter;

	assert_non_null(fixture);
	script_init(&fixture->script, answers, count);
	captured_output_begin(&fixture->log, STDERR_FILENO);
	exporter = scripted_exporter(&fixture->script, ops);
	assert_int_equal(
		delivery_worker_new(&fixture->worker, &exporter, &spool, settings, &fixture->drops),
		0);
	assert_null(exporter);
	return fixture;
}

static inline void offer(struct fixture *fixture, uint8_t first, uint8_t last)
{
	for (int i = first; i <= last; i++) {
		struct item *item = numbered_item((uint8_t)i);

		delivery_worker_offer(fixture->worker, item);
		item_release(&item);
	}
}

static inline void offer_kind(struct fixture *fixture, enum item_kind kind, uint8_t number)
{
	struct item *item = numbered_item_of(kind, number);

	delivery_worker_offer(fixture->worker, item);
	item_release(&item);
}

static inline unsigned drops_told(struct fixture *fixture, enum drop_reason reason)
{
	unsigned count;

	pthread_mutex_lock(&fixture->script.lock);
	count = fixture->script.drops_told[reason];
	pthread_mutex_unlock(&fixture->script.lock);
	return count;
}

static inline void wait_for_calls(struct fixture *fixture, int count)
{
	while (count-- > 0)
		while (sem_wait(&fixture->script.entered) < 0)
			;
}

/* Until the failure was logged, and a little longer: the thread is in its backoff then, as a rule.
 */
static inline void wait_for_backoff(struct fixture *fixture)
{
	while (lseek(fixture->log.file, 0, SEEK_END) <= 0)
		usleep(1000);
	usleep(10000);
}

static inline uint64_t soon(uint64_t milliseconds)
{
	return clock_monotonic_ns() + milliseconds * NS_PER_MS;
}

/* Drains, checks the totals, closes; the log stays in fixture->log.text. */
static inline void finish(struct fixture *fixture, uint64_t sent, uint64_t dropped,
			  uint64_t retried)
{
	struct delivery_statistics statistics;

	assert_true(delivery_worker_drain(fixture->worker, soon(60000)));
	statistics = delivery_worker_statistics(fixture->worker);
	assert_int_equal(statistics.sent, sent);
	assert_int_equal(statistics.dropped, dropped);
	assert_int_equal(statistics.retried, retried);
	assert_int_equal(statistics.queued, 0);
	assert_int_equal(drops_lost(&fixture->drops), dropped);
	assert_true(delivery_worker_stop(&fixture->worker, soon(60000)));
	assert_null(fixture->worker);
	assert_int_equal(sem_trywait(&fixture->script.closed), 0);
	(void)captured_output_end(&fixture->log);
}

static inline unsigned occurrences(const char *text, const char *part)
{
	unsigned count = 0;

	while ((text = strstr(text, part))) {
		count++;
		text += strlen(part);
	}
	return count;
}

#endif
