/* The owner's side: offering, draining, stopping, a thread left behind. */
#include "delivery/delivery_worker.h"

#include "worker_fixture.h"

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
	assert_int_equal(drops_told(f, DROP_QUEUE_FULL), 36);
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
	wait_for_backoff(f);
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
	assert_int_equal(drops_told(f, DROP_SHUTDOWN), 3);
	finish(f, 2, 3, 0);
	free(f);
}

/* The thread is stuck in the exporter: everything is counted, nothing is freed under it. */
static void test_left_behind(void **state)
{
	struct fixture *f = begin(ANSWER({.outcome = EXPORT_DROPPED, .reason = DROP_TOO_LARGE}), 1,
				  &defaults, &scripted_network);
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
	assert_int_equal(drops_told(f, DROP_SHUTDOWN), 11);
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

static void wait_for_health(struct fixture *f, bool is_failing, struct delivery_health *ret)
{
	for (int i = 0; i < 10000; i++) {
		delivery_worker_health(f->worker, ret);
		if ((ret->failing_since_ns != 0) == is_failing && !ret->busy_since_ns)
			return;
		usleep(1000);
	}
	fail_msg("not so");
}

/* Away, back again, and when its last error was. */
static void test_health(void **state)
{
	struct fixture *f = begin(ANSWER(RETRY(0), SENT), 2, &defaults, &scripted_network);
	struct delivery_health health, later;

	(void)state;
	delivery_worker_health(f->worker, &health);
	assert_int_equal(health.failing_since_ns | health.error_ns | health.busy_since_ns, 0);
	assert_string_equal(health.error, "");
	offer(f, 1, 1);
	wait_for_health(f, true, &health);
	assert_string_equal(health.error, "connection \\x1b refused");
	assert_int_equal(health.failing_since_ns, health.error_ns);
	assert_false(health.has_ended);
	wait_for_health(f, false, &later);
	assert_int_equal(later.error_ns, health.error_ns);
	assert_string_equal(later.error, health.error);
	finish(f, 1, 0, 1);
	free(f);
}

/* A call of the exporter that does not return is seen from outside. */
static void test_busy(void **state)
{
	struct fixture *f = begin(ANSWER(SENT), 1, &defaults, &scripted_network);
	uint64_t before_ns = clock_monotonic_ns();
	struct delivery_health health;

	(void)state;
	f->script.is_blocking = true;
	offer(f, 1, 1);
	wait_for_calls(f, 1);
	delivery_worker_health(f->worker, &health);
	assert_in_range(health.busy_since_ns, before_ns, clock_monotonic_ns());
	sem_post(&f->script.go);
	wait_for_health(f, false, &health);
	assert_false(health.has_ended);
	finish(f, 1, 0, 0);
	free(f);
}

/* What a destination has no use for is no loss of its. */
static void test_unwanted_kinds_are_passed_over(void **state)
{
	struct fixture *f = begin(ANSWER(SENT), 1, &defaults, &scripted_traces);

	(void)state;
	assert_true(delivery_worker_wants(f->worker, ITEM_SEGMENT));
	assert_false(delivery_worker_wants(f->worker, ITEM_CRASH));
	offer_kind(f, ITEM_CRASH, 1);
	offer_kind(f, ITEM_SESSION, 2);
	offer_kind(f, ITEM_SEGMENT, 3);
	finish(f, 1, 0, 0);
	assert_int_equal(f->script.calls[0].kind, ITEM_SEGMENT);
	assert_int_equal(f->script.calls[0].first, 3);
	free(f);
}

/* Told to the exporter; counted by who decided. */
static void test_decisions_are_only_told(void **state)
{
	struct fixture *f = begin(ANSWER(SENT), 1, &defaults, &scripted_network);
	struct item *item = numbered_item(1);

	(void)state;
	delivery_worker_report_drop(f->worker, DROP_SAMPLED, item);
	assert_int_equal(drops_told(f, DROP_SAMPLED), 1);
	assert_int_equal(drops_get(&f->drops, DROP_SAMPLED), 0);
	delivery_worker_count_drop(f->worker, DROP_SPOOL_FULL, item);
	assert_int_equal(drops_told(f, DROP_SPOOL_FULL), 1);
	item_release(&item);
	finish(f, 0, 1, 0);
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
		cmocka_unit_test(test_full_queue_drops_the_oldest),
		cmocka_unit_test(test_stop_interrupts_backoff),
		cmocka_unit_test(test_stop_does_not_wait_for_the_impossible),
		cmocka_unit_test(test_nothing_is_taken_after_drain_began),
		cmocka_unit_test(test_left_behind),
		cmocka_unit_test(test_health),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_unwanted_kinds_are_passed_over),
		cmocka_unit_test(test_decisions_are_only_told),
		cmocka_unit_test(test_stop_without_a_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
