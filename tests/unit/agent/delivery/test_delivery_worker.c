/* The worker against a scripted exporter: batching, verdicts, retry, draining, being left behind.
 * delivery_thread.c is tested here too. */
#include "delivery/delivery_worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "captured_output.h"
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

static struct fixture *begin(const struct export_result *answers, unsigned count,
			     const struct delivery_settings *settings,
			     const struct exporter_ops *ops)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct exporter *exporter;

	assert_non_null(fixture);
	script_init(&fixture->script, answers, count);
	captured_output_begin(&fixture->log, STDERR_FILENO);
	exporter = scripted_exporter(&fixture->script, ops);
	assert_int_equal(
		delivery_worker_new(&fixture->worker, &exporter, settings, &fixture->drops), 0);
	assert_null(exporter);
	return fixture;
}

static void offer(struct fixture *fixture, uint8_t first, uint8_t last)
{
	for (int i = first; i <= last; i++) {
		struct item *item = numbered_item((uint8_t)i);

		delivery_worker_offer(fixture->worker, item);
		item_release(&item);
	}
}

static void wait_for_calls(struct fixture *fixture, int count)
{
	while (count-- > 0)
		while (sem_wait(&fixture->script.entered) < 0)
			;
}

static uint64_t soon(uint64_t milliseconds)
{
	return clock_monotonic_ns() + milliseconds * NS_PER_MS;
}

/* Drains, checks the totals, closes; the log stays in fixture->log.text. */
static void finish(struct fixture *fixture, uint64_t sent, uint64_t dropped, uint64_t retried)
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

static unsigned occurrences(const char *text, const char *part)
{
	unsigned count = 0;

	while ((text = strstr(text, part))) {
		count++;
		text += strlen(part);
	}
	return count;
}

static void test_sends_all_in_order(void **state)
{
	struct fixture *f = begin(ANSWER(SENT), 1, &defaults, &scripted_network);
	unsigned next = 1;

	(void)state;
	assert_string_equal(delivery_worker_name(f->worker), "scripted");
	offer(f, 1, 50);
	finish(f, 50, 0, 0);
	for (unsigned i = 0; i < f->script.calls_count; i++) {
		assert_int_equal(f->script.calls[i].first, next);
		assert_in_range(f->script.calls[i].count, 1, 8);
		next += f->script.calls[i].count;
	}
	assert_int_equal(next, 51);
	assert_true(f->script.are_signals_blocked);
	assert_true(f->script.flushes_count >= 1);
	assert_string_equal(f->log.text, "");
	free(f);
}

/* With a delay nobody would wait for, only a full batch makes the worker send. */
static void test_full_batch_does_not_wait(void **state)
{
	struct delivery_settings settings = defaults;
	struct fixture *f;

	(void)state;
	settings.schedule_delay_ms = 3600000;
	f = begin(ANSWER(SENT), 1, &settings, &scripted_network);
	offer(f, 1, 8);
	wait_for_calls(f, 1);
	assert_int_equal(f->script.calls[0].count, 8);
	offer(f, 9, 10); /* not full: goes when draining begins */
	finish(f, 10, 0, 0);
	assert_int_equal(f->script.calls_count, 2);
	assert_int_equal(f->script.calls[1].count, 2);
	free(f);
}

static void test_local_gets_items_at_once(void **state)
{
	struct delivery_settings settings = defaults;
	struct fixture *f;

	(void)state;
	settings.schedule_delay_ms = 3600000;
	f = begin(ANSWER(SENT), 1, &settings, &scripted_local);
	for (uint8_t i = 1; i <= 3; i++) {
		offer(f, i, i);
		wait_for_calls(f, 1);
		assert_int_equal(f->script.calls[i - 1].count, 1);
		assert_int_equal(f->script.calls[i - 1].first, i);
	}
	finish(f, 3, 0, 0);
	free(f);
}

static void test_idle_is_flushed_once(void **state)
{
	struct fixture *f = begin(ANSWER(SENT), 1, &defaults, &scripted_local);
	unsigned flushes = 0;

	(void)state;
	offer(f, 1, 1);
	while (flushes == 0) {
		usleep(1000);
		pthread_mutex_lock(&f->script.lock);
		flushes = f->script.flushes_count;
		pthread_mutex_unlock(&f->script.lock);
	}
	finish(f, 1, 0, 0);
	assert_int_equal(f->script.flushes_count, 2); /* idle, and before close */
	free(f);
}

static void test_retry_sends_the_same_batch(void **state)
{
	struct fixture *f =
		begin(ANSWER(RETRY(0), RETRY(0), SENT), 3, &defaults, &scripted_network);

	(void)state;
	offer(f, 7, 7);
	wait_for_calls(f, 3);
	offer(f, 8, 8);
	finish(f, 2, 0, 2);
	for (int i = 0; i < 3; i++)
		assert_int_equal(f->script.calls[i].first, 7);
	/* Backoff: at least half of 200 ms, then half of 400 ms. */
	assert_true(f->script.calls[1].time_ns - f->script.calls[0].time_ns >= 100 * NS_PER_MS);
	assert_true(f->script.calls[2].time_ns - f->script.calls[1].time_ns >= 200 * NS_PER_MS);
	/* One line for the outage, one for its end, escaped. */
	assert_string_equal(
		f->log.text,
		"limpet: warning: scripted: cannot deliver: connection \\x1b refused; trying again\n"
		"limpet: scripted: delivers again\n");
	free(f);
}

static void test_server_delay_is_kept(void **state)
{
	struct fixture *f =
		begin(ANSWER(RETRY(400 * NS_PER_MS), SENT), 2, &defaults, &scripted_network);

	(void)state;
	offer(f, 1, 1);
	wait_for_calls(f, 1);
	/* Draining begins in the middle of it: still kept, as the deadline allows. */
	finish(f, 1, 0, 1);
	assert_true(f->script.calls[1].time_ns - f->script.calls[0].time_ns >= 400 * NS_PER_MS);
	free(f);
}

static void test_retries_are_bounded(void **state)
{
	struct delivery_settings settings = defaults;
	struct fixture *f;

	(void)state;
	settings.max_retry_ms = 50; /* less than the first backoff */
	f = begin(ANSWER(RETRY(0), SENT), 2, &settings, &scripted_network);
	offer(f, 1, 3);
	wait_for_calls(f, 1);
	while (delivery_worker_statistics(f->worker).dropped == 0)
		usleep(1000);
	offer(f, 9, 9);
	wait_for_calls(f, 1);
	/* The batch after the lost one waits for the backoff all the same. */
	assert_true(f->script.calls[1].time_ns - f->script.calls[0].time_ns >= 100 * NS_PER_MS);
	assert_int_equal(drops_get(&f->drops, DROP_RETRIES_EXHAUSTED) +
				 delivery_worker_statistics(f->worker).queued +
				 f->script.calls[1].count,
			 4);
	assert_true(delivery_worker_stop(&f->worker, soon(60000)));
	assert_int_equal(drops_lost(&f->drops), drops_get(&f->drops, DROP_RETRIES_EXHAUSTED));
	(void)captured_output_end(&f->log);
	free(f);
}

static void test_verdicts_are_counted(void **state)
{
	struct fixture *f = begin(
		ANSWER({.outcome = EXPORT_DROPPED, .reason = DROP_TOO_LARGE, .message = "413"},
		       {.outcome = EXPORT_SENT,
			.rejected_count = 2,
			.reason = DROP_SERVER_REFUSED,
			.message = "two were bad"},
		       {.outcome = EXPORT_DROPPED, .reason = (enum drop_reason)9999}, SENT),
		4, &defaults, &scripted_network);

	(void)state;
	f->script.is_blocking = true;
	offer(f, 1, 1);
	wait_for_calls(f, 1);
	offer(f, 2, 6); /* waits behind it: one batch */
	sem_post(&f->script.go);
	wait_for_calls(f, 1);
	offer(f, 7, 7);
	sem_post(&f->script.go);
	wait_for_calls(f, 1);
	offer(f, 8, 8);
	sem_post(&f->script.go);
	sem_post(&f->script.go);
	finish(f, 4, 4, 0);
	assert_int_equal(drops_get(&f->drops, DROP_TOO_LARGE), 1);
	assert_int_equal(drops_get(&f->drops, DROP_SERVER_REFUSED), 3);
	assert_int_equal(occurrences(f->log.text, "\n"), 2);
	assert_non_null(
		strstr(f->log.text,
		       "scripted: dropped 1 (items larger than the destination takes): 413\n"));
	assert_non_null(strstr(f->log.text, "scripted: 2 rejected: two were bad\n"));
	free(f);
}

static void test_full_queue_drops_the_oldest(void **state)
{
	struct fixture *f = begin(ANSWER(SENT), 1, &defaults, &scripted_network);

	(void)state;
	f->script.is_blocking = true;
	offer(f, 1, 1);
	wait_for_calls(f, 1); /* the thread is inside the exporter */
	offer(f, 2, 101);     /* 100 into 64 places */
	assert_int_equal(drops_get(&f->drops, DROP_QUEUE_FULL), 36);
	assert_int_equal(delivery_worker_statistics(f->worker).queued, 64);
	for (int i = 0; i < 20; i++)
		sem_post(&f->script.go);
	finish(f, 65, 36, 0);
	assert_int_equal(f->script.calls[1].first, 38);
	free(f);
}

/* The backoff would be up to 30 s by then: stopping interrupts it, tries at most once more, and
 * gives up. */
static void test_stop_interrupts_backoff(void **state)
{
	struct fixture *f = begin(ANSWER(RETRY(0)), 1, &defaults, &scripted_network);
	unsigned calls;

	(void)state;
	offer(f, 1, 3);
	wait_for_calls(f, 2);
	offer(f, 4, 20);
	pthread_mutex_lock(&f->script.lock);
	calls = f->script.calls_count;
	pthread_mutex_unlock(&f->script.lock);
	assert_true(delivery_worker_drain(f->worker, soon(3600000)));
	assert_int_equal(delivery_worker_statistics(f->worker).sent, 0);
	assert_int_equal(drops_get(&f->drops, DROP_SHUTDOWN), 20);
	assert_in_range(f->script.calls_count, calls, calls + 1);
	assert_true(delivery_worker_stop(&f->worker, 0));
	assert_int_equal(occurrences(captured_output_end(&f->log), "cannot deliver"), 1);
	free(f);
}

/* A server that asked for more silence than the deadline leaves gets no attempt and costs no time.
 */
static void test_stop_does_not_wait_for_the_impossible(void **state)
{
	struct delivery_settings settings = defaults;
	struct fixture *f;

	(void)state;
	settings.max_retry_ms = 3600000;
	f = begin(ANSWER(RETRY(300 * NS_PER_S)), 1, &settings, &scripted_network);
	offer(f, 1, 1);
	wait_for_calls(f, 1);
	offer(f, 2, 5);
	assert_true(delivery_worker_drain(f->worker, soon(60000)));
	assert_int_equal(f->script.calls_count, 1);
	assert_int_equal(drops_get(&f->drops, DROP_SHUTDOWN), 5);
	assert_true(delivery_worker_stop(&f->worker, 0));
	(void)captured_output_end(&f->log);
	free(f);
}

static void test_nothing_is_taken_after_drain_began(void **state)
{
	struct fixture *f = begin(ANSWER(SENT), 1, &defaults, &scripted_network);

	(void)state;
	offer(f, 1, 2);
	delivery_worker_begin_drain(f->worker, soon(60000));
	offer(f, 3, 5);
	assert_int_equal(drops_get(&f->drops, DROP_SHUTDOWN), 3);
	finish(f, 2, 3, 0);
	free(f);
}

/* The thread is stuck in the exporter: everything is counted, nothing is freed under it. */
static void test_left_behind(void **state)
{
	struct fixture *f = begin(ANSWER(SENT), 1, &defaults, &scripted_network);
	struct delivery_statistics statistics;

	(void)state;
	f->script.is_blocking = true;
	offer(f, 1, 1);
	wait_for_calls(f, 1);
	offer(f, 2, 11);
	assert_false(delivery_worker_drain(f->worker, soon(20)));
	statistics = delivery_worker_statistics(f->worker);
	assert_int_equal(statistics.sent, 0);
	assert_int_equal(statistics.dropped, 11);
	assert_int_equal(statistics.queued, 0);
	assert_int_equal(drops_get(&f->drops, DROP_SHUTDOWN), 11);
	assert_false(delivery_worker_stop(&f->worker, 0));
	assert_int_equal(sem_trywait(&f->script.closed), -1);
	sem_post(
		&f->script
			 .go); /* now its call returns: it closes the exporter and counts nothing */
	while (sem_wait(&f->script.closed) < 0)
		;
	assert_int_equal(drops_lost(&f->drops), 11);
	assert_int_equal(f->script.calls_count, 1);
	(void)captured_output_end(&f->log);
	usleep(20000); /* the rest of the thread, for the leak checker's sake */
	free(f);
}

static void test_stop_without_a_worker(void **state)
{
	struct delivery_worker *none = NULL;

	(void)state;
	assert_true(delivery_worker_stop(&none, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sends_all_in_order),
		cmocka_unit_test(test_full_batch_does_not_wait),
		cmocka_unit_test(test_local_gets_items_at_once),
		cmocka_unit_test(test_idle_is_flushed_once),
		cmocka_unit_test(test_retry_sends_the_same_batch),
		cmocka_unit_test(test_server_delay_is_kept),
		cmocka_unit_test(test_retries_are_bounded),
		cmocka_unit_test(test_verdicts_are_counted),
		cmocka_unit_test(test_full_queue_drops_the_oldest),
		cmocka_unit_test(test_stop_interrupts_backoff),
		cmocka_unit_test(test_stop_does_not_wait_for_the_impossible),
		cmocka_unit_test(test_nothing_is_taken_after_drain_began),
		cmocka_unit_test(test_left_behind),
		cmocka_unit_test(test_stop_without_a_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
