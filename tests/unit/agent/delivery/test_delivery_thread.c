/* The thread's side: batching, verdicts, retry and backoff, flushing, what is logged. */
#include "delivery/delivery_thread.h"

#include "worker_fixture.h"

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

/* A crash and a session go at once, each kind in a batch of its own; what else is there follows. */
static void test_urgent_kinds_do_not_wait(void **state)
{
	struct delivery_settings settings = defaults;
	struct fixture *f;

	(void)state;
	settings.schedule_delay_ms = 3600000;
	f = begin(ANSWER(SENT), 1, &settings, &scripted_network);
	f->script.is_blocking = true;
	offer_kind(f, ITEM_CRASH, 1);
	wait_for_calls(f, 1);
	offer(f, 30, 31);
	offer_kind(f, ITEM_SESSION, 20);
	offer_kind(f, ITEM_CRASH, 2);
	offer_kind(f, ITEM_SESSION, 21);
	for (int i = 0; i < 8; i++)
		sem_post(&f->script.go);
	wait_for_calls(f, 2);
	finish(f, 6, 0, 0);
	assert_int_equal(f->script.calls_count, 4);
	assert_int_equal(f->script.calls[1].kind, ITEM_CRASH);
	assert_int_equal(f->script.calls[1].first, 2);
	assert_int_equal(f->script.calls[2].kind, ITEM_SESSION);
	assert_int_equal(f->script.calls[2].first, 20);
	assert_int_equal(f->script.calls[2].count, 2);
	assert_int_equal(f->script.calls[3].kind, ITEM_SEGMENT);
	assert_int_equal(f->script.calls[3].count, 2);
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
	wait_for_backoff(f);
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
	assert_int_equal(f->script.drops_told[DROP_RETRIES_EXHAUSTED], drops_lost(&f->drops));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sends_all_in_order),
		cmocka_unit_test(test_full_batch_does_not_wait),
		cmocka_unit_test(test_urgent_kinds_do_not_wait),
		cmocka_unit_test(test_local_gets_items_at_once),
		cmocka_unit_test(test_idle_is_flushed_once),
		cmocka_unit_test(test_retry_sends_the_same_batch),
		cmocka_unit_test(test_server_delay_is_kept),
		cmocka_unit_test(test_retries_are_bounded),
		cmocka_unit_test(test_verdicts_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
