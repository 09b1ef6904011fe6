/* Crashes on disk and a destination that takes them, refuses them, is down, or comes back. */
#include "delivery/crash_turn.h"

#include "spool_fixture.h"
#include "worker_fixture.h"

#define PLENTY (1u << 20)

struct spooled {
	struct spool_place place;
	struct crash_spool *spool; /* a reference of the test's */
	struct fixture *f;
};

static void begin_worker(struct spooled *s, const struct export_result *answers, unsigned count)
{
	struct crash_spool *spool = crash_spool_reference(s->spool);
	struct exporter *exporter;

	s->f = calloc(1, sizeof(*s->f));
	assert_non_null(s->f);
	script_init(&s->f->script, answers, count);
	captured_output_begin(&s->f->log, STDERR_FILENO);
	exporter = scripted_exporter(&s->f->script, &scripted_network);
	assert_int_equal(
		delivery_worker_new(&s->f->worker, &exporter, &spool, &defaults, &s->f->drops), 0);
	assert_null(spool);
}

static void begin_place(struct spooled *s)
{
	*s = (struct spooled){0};
	spool_place_begin(&s->place);
	s->spool = spool_place_open(&s->place, PLENTY, 8);
}

static void end_place(struct spooled *s)
{
	free(s->f);
	crash_spool_release(&s->spool);
	spool_place_end(&s->place);
}

/* Written first, as the spool thread does it. */
static void offer_crash(struct spooled *s, uint8_t number)
{
	struct item *item = numbered_item_of(ITEM_CRASH, number);

	assert_int_equal(spool_place_write(s->spool, item), 0);
	delivery_worker_offer(s->f->worker, item);
	item_release(&item);
}

static void wait_until_sent(struct spooled *s, uint64_t count)
{
	while (delivery_worker_statistics(s->f->worker).sent < count)
		usleep(1000);
}

static unsigned attempts_of(const struct spooled *s, uint8_t number)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->f->script.calls_count; i++)
		count += s->f->script.calls[i].kind == ITEM_CRASH &&
			 s->f->script.calls[i].first == number;
	return count;
}

static void accepted_is_removed(void **state)
{
	struct spooled s;

	(void)state;
	begin_place(&s);
	begin_worker(&s, ANSWER(SENT), 1);
	offer_crash(&s, 1);
	wait_until_sent(&s, 1);
	assert_int_equal(spool_place_files(s.spool, ""), 0);
	finish(s.f, 1, 0, 0);
	end_place(&s);
}

static void refused_for_good_is_removed(void **state)
{
	struct spooled s;

	(void)state;
	begin_place(&s);
	begin_worker(
		&s, ANSWER({.outcome = EXPORT_DROPPED, .reason = DROP_TOO_LARGE, .message = "413"}),
		1);
	offer_crash(&s, 1);
	wait_for_calls(s.f, 1);
	finish(s.f, 0, 1, 0);
	assert_int_equal(drops_get(&s.f->drops, DROP_TOO_LARGE), 1);
	assert_int_equal(spool_place_files(s.spool, ""), 0);
	assert_string_equal(s.f->log.text,
			    "limpet: warning: scripted: dropped 1 (items larger than the "
			    "destination takes): 413\n");
	end_place(&s);
}

/* Tried again until it goes, beyond the time anything else is retried. */
static void kept_until_the_destination_is_back(void **state)
{
	struct spooled s;

	(void)state;
	begin_place(&s);
	begin_worker(&s, ANSWER(RETRY(0), RETRY(0), SENT), 3);
	s.f->worker->policy.max_total_ns = 1;
	offer_crash(&s, 1);
	wait_until_sent(&s, 1);
	finish(s.f, 1, 0, 2);
	assert_int_equal(attempts_of(&s, 1), 3);
	/* Half of 200 ms at least, then half of 400 ms. */
	assert_true(s.f->script.calls[1].time_ns - s.f->script.calls[0].time_ns >= 100 * NS_PER_MS);
	assert_true(s.f->script.calls[2].time_ns - s.f->script.calls[1].time_ns >= 200 * NS_PER_MS);
	assert_int_equal(spool_place_files(s.spool, ""), 0);
	assert_string_equal(s.f->log.text,
			    "limpet: warning: scripted: cannot deliver a crash: connection \\x1b "
			    "refused; trying again\n"
			    "limpet: scripted: delivers crashes again\n");
	end_place(&s);
}

/* The server chokes on crashes, or on one: neither the rest nor the other crashes wait for it. */
static void nothing_waits_for_a_failing_crash(void **state)
{
	struct spooled s;

	(void)state;
	begin_place(&s);
	begin_worker(&s, ANSWER(SENT), 1);
	s.f->script.is_choking_on_crashes = true;
	offer_crash(&s, 1);
	wait_for_calls(s.f, 1);
	offer(s.f, 50, 57);
	wait_until_sent(&s, 8);
	offer(s.f, 60, 67);
	wait_until_sent(&s, 16);
	pthread_mutex_lock(&s.f->script.lock);
	s.f->script.is_choking_on_crashes = false;
	s.f->script.choking_number = 1;
	pthread_mutex_unlock(&s.f->script.lock);
	offer_crash(&s, 2);
	offer_crash(&s, 3);
	wait_until_sent(&s, 18);
	assert_int_equal(crash_spool_count(s.spool), 1);
	assert_true(delivery_worker_stop(&s.f->worker, soon(60000)));
	(void)captured_output_end(&s.f->log);
	assert_int_equal(drops_lost(&s.f->drops), 0);
	assert_int_equal(attempts_of(&s, 2), 1);
	assert_int_equal(attempts_of(&s, 3), 1);
	assert_int_equal(spool_place_files(s.spool, ".crash"), 1);
	end_place(&s);
}

/* Down to the end: it stays, is no loss, and the next one delivers it, once. */
static void kept_for_the_next_start(void **state)
{
	struct spooled s;
	struct delivery_statistics statistics;

	(void)state;
	begin_place(&s);
	begin_worker(&s, ANSWER(RETRY(0)), 1);
	offer_crash(&s, 1);
	wait_for_calls(s.f, 1);
	offer_crash(&s, 2);
	assert_true(delivery_worker_drain(s.f->worker, soon(60000)));
	statistics = delivery_worker_statistics(s.f->worker);
	assert_int_equal(statistics.sent, 0);
	assert_int_equal(statistics.dropped, 0);
	assert_int_equal(statistics.kept, 2);
	assert_int_equal(statistics.queued, 0);
	assert_true(delivery_worker_stop(&s.f->worker, 0));
	(void)captured_output_end(&s.f->log);
	assert_int_equal(drops_lost(&s.f->drops), 0);
	free(s.f);
	crash_spool_release(&s.spool);
	s.spool = spool_place_open(&s.place, PLENTY, 8);
	begin_worker(&s, ANSWER(SENT), 1);
	wait_until_sent(&s, 2);
	finish(s.f, 2, 0, 0);
	assert_int_equal(attempts_of(&s, 1), 1);
	assert_int_equal(attempts_of(&s, 2), 1);
	assert_int_equal(spool_place_files(s.spool, ""), 0);
	end_place(&s);
}

/* What is not on disk is retried and given up like everything else. */
static void without_a_file_it_is_lost_in_the_end(void **state)
{
	struct spooled s;

	(void)state;
	begin_place(&s);
	begin_worker(&s, ANSWER(RETRY(0)), 1);
	offer_kind(s.f, ITEM_CRASH, 1);
	wait_for_calls(s.f, 1);
	assert_true(delivery_worker_stop(&s.f->worker, soon(60000)));
	(void)captured_output_end(&s.f->log);
	assert_int_equal(drops_lost(&s.f->drops), 1);
	assert_int_equal(drops_get(&s.f->drops, DROP_SHUTDOWN), 1);
	assert_int_equal(s.f->script.drops_told[DROP_RETRIES_EXHAUSTED], 1);
	end_place(&s);
}

/* A queue full of crashes loses none of them: they wait on disk. */
static void a_full_queue_loses_none(void **state)
{
	struct spooled s;

	(void)state;
	begin_place(&s);
	crash_spool_release(&s.spool);
	s.spool = spool_place_open(&s.place, PLENTY, 100);
	begin_worker(&s, ANSWER(SENT), 1);
	s.f->script.is_blocking = true;
	for (uint8_t i = 1; i <= 80; i++)
		offer_crash(&s, i);
	for (int i = 0; i < 80; i++)
		sem_post(&s.f->script.go);
	wait_until_sent(&s, 80);
	finish(s.f, 80, 0, 0);
	for (uint8_t i = 1; i <= 80; i++)
		assert_int_equal(attempts_of(&s, i), 1);
	assert_int_equal(spool_place_files(s.spool, ""), 0);
	end_place(&s);
}

static void the_corrupt_is_counted(void **state)
{
	struct spooled s;

	(void)state;
	begin_place(&s);
	assert_int_equal(spool_place_keep(s.spool, 1), 0);
	assert_int_equal(spool_place_keep(s.spool, 2), 0);
	cut_file(spool_place_file(s.spool, 1), 10);
	begin_worker(&s, ANSWER(SENT), 1);
	wait_until_sent(&s, 1);
	finish(s.f, 1, 1, 0);
	assert_int_equal(drops_get(&s.f->drops, DROP_SPOOL_CORRUPT), 1);
	assert_int_equal(attempts_of(&s, 2), 1);
	assert_int_equal(occurrences(s.f->log.text, "\n"), 1);
	end_place(&s);
}

/* Stuck in the exporter with one, others in the queue: all on disk, none lost. */
static void left_behind_is_kept(void **state)
{
	struct spooled s;
	struct delivery_statistics statistics;

	(void)state;
	begin_place(&s);
	begin_worker(&s, ANSWER(SENT), 1);
	s.f->script.is_blocking = true;
	offer_crash(&s, 1);
	wait_for_calls(s.f, 1);
	offer_crash(&s, 2);
	offer_kind(s.f, ITEM_SEGMENT, 3);
	assert_false(delivery_worker_drain(s.f->worker, soon(20)));
	statistics = delivery_worker_statistics(s.f->worker);
	assert_int_equal(statistics.kept, 2);
	assert_int_equal(statistics.dropped, 1);
	assert_int_equal(drops_lost(&s.f->drops), 1);
	assert_false(delivery_worker_stop(&s.f->worker, 0));
	for (int i = 0; i < 3; i++)
		sem_post(&s.f->script.go);
	while (sem_wait(&s.f->script.closed) < 0)
		;
	usleep(20000); /* the rest of the thread, for the leak checker's sake */
	/* It was accepted after all. */
	assert_false(access(spool_place_file(s.spool, 1), F_OK) == 0);
	(void)captured_output_end(&s.f->log);
	end_place(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted_is_removed),
		cmocka_unit_test(refused_for_good_is_removed),
		cmocka_unit_test(kept_until_the_destination_is_back),
		cmocka_unit_test(nothing_waits_for_a_failing_crash),
		cmocka_unit_test(kept_for_the_next_start),
		cmocka_unit_test(without_a_file_it_is_lost_in_the_end),
		cmocka_unit_test(a_full_queue_loses_none),
		cmocka_unit_test(the_corrupt_is_counted),
		cmocka_unit_test(left_behind_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
