/* Crashes go to disk before the first attempt: also when the disk is full, and when limpet is
 * killed in between. */
#include "delivery/spool_thread.h"

#include <sys/wait.h>
#include "spool_fixture.h"
#include "worker_fixture.h"

#define PLENTY (1u << 20)

struct spooling {
	struct spool_place place;
	struct crash_spool *spool; /* a reference of the test's */
	struct fixture *f;
	struct spool_thread *thread;
};

static void begin_spooling(struct spooling *s, const struct export_result *answers, unsigned count)
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
	assert_int_equal(spool_thread_new(&s->thread, &s->f->worker, 1, &s->f->drops), 0);
}

static void offer_crash(struct spooling *s, uint8_t number)
{
	struct item *item = numbered_item_of(ITEM_CRASH, number);

	spool_thread_offer(s->thread, item);
	item_release(&item);
}

static void end_spooling(struct spooling *s)
{
	free(s->f);
	crash_spool_release(&s->spool);
	spool_place_end(&s->place);
}

static void on_disk_before_the_attempt(void **state)
{
	struct spooling s = {0};

	(void)state;
	spool_place_begin(&s.place);
	s.spool = spool_place_open(&s.place, PLENTY, 8);
	begin_spooling(&s, ANSWER(SENT), 1);
	s.f->script.is_blocking = true;
	offer_crash(&s, 1);
	wait_for_calls(s.f, 1); /* now it is being sent */
	assert_int_equal(access(spool_place_file(s.spool, 1), F_OK), 0);
	sem_post(&s.f->script.go);
	assert_true(spool_thread_stop(&s.thread, soon(60000)));
	assert_null(s.thread);
	assert_true(spool_thread_stop(&s.thread, 0));
	finish(s.f, 1, 0, 0);
	assert_int_equal(spool_place_files(s.spool, ""), 0);
	end_spooling(&s);
}

/* Everything that was offered is on disk or delivered when it has ended. */
static void stopping_writes_what_waits(void **state)
{
	struct spooling s = {0};

	(void)state;
	spool_place_begin(&s.place);
	s.spool = spool_place_open(&s.place, PLENTY, 64);
	begin_spooling(&s, ANSWER(RETRY(0)), 1);
	for (uint8_t i = 1; i <= 30; i++)
		offer_crash(&s, i);
	assert_true(spool_thread_stop(&s.thread, soon(60000)));
	assert_int_equal(spool_place_files(s.spool, ".crash"), 30);
	assert_true(delivery_worker_drain(s.f->worker, soon(60000)));
	assert_int_equal(delivery_worker_statistics(s.f->worker).kept, 30);
	assert_true(delivery_worker_stop(&s.f->worker, 0));
	(void)captured_output_end(&s.f->log);
	assert_int_equal(drops_lost(&s.f->drops), 0);
	end_spooling(&s);
}

/* The oldest goes for the newest, and is told. */
static void a_full_spool_loses_the_oldest(void **state)
{
	struct spooling s = {0};

	(void)state;
	spool_place_begin(&s.place);
	s.spool = spool_place_open(&s.place, PLENTY, 2);
	assert_int_equal(spool_place_keep(s.spool, 1), 0);
	assert_int_equal(spool_place_keep(s.spool, 2), 0);
	begin_spooling(&s, ANSWER(RETRY(300 * NS_PER_S)), 1);
	wait_for_calls(s.f, 1); /* the first one fails and is in its backoff */
	while (crash_spool_backlog(s.spool) < 2)
		usleep(1000);
	offer_crash(&s, 3);
	offer_crash(&s, 4);
	assert_true(spool_thread_stop(&s.thread, soon(60000)));
	assert_int_not_equal(access(spool_place_file(s.spool, 1), F_OK), 0);
	assert_int_not_equal(access(spool_place_file(s.spool, 2), F_OK), 0);
	assert_int_equal(access(spool_place_file(s.spool, 3), F_OK), 0);
	assert_int_equal(access(spool_place_file(s.spool, 4), F_OK), 0);
	assert_int_equal(drops_get(&s.f->drops, DROP_SPOOL_FULL), 2);
	assert_int_equal(drops_told(s.f, DROP_SPOOL_FULL), 2);
	assert_true(delivery_worker_stop(&s.f->worker, soon(60000)));
	(void)captured_output_end(&s.f->log);
	end_spooling(&s);
}

/* Nothing can be written: it is sent all the same, and said once. */
static void a_full_disk_stops_nothing(void **state)
{
	struct spooling s = {0};
	char wanted[512];

	(void)state;
	spool_place_begin(&s.place);
	s.spool = spool_place_open(&s.place, PLENTY, 8);
	begin_spooling(&s, ANSWER(SENT), 1);
	limit_files(100);
	offer_crash(&s, 1);
	offer_crash(&s, 2);
	wait_for_calls(s.f, 2);
	limit_files(RLIM_INFINITY);
	assert_true(spool_thread_stop(&s.thread, soon(60000)));
	assert_true(delivery_worker_drain(s.f->worker, soon(60000)));
	assert_int_equal(delivery_worker_statistics(s.f->worker).sent, 2);
	assert_int_equal(delivery_worker_statistics(s.f->worker).dropped, 0);
	assert_true(delivery_worker_stop(&s.f->worker, 0));
	assert_int_equal(drops_get(&s.f->drops, DROP_SPOOL_FAILED), 2);
	/* The log is a file too: of the line only what fits is there. */
	(void)snprintf(wanted, sizeof(wanted), "limpet: warning: cannot keep a crash in %s",
		       crash_spool_path(s.spool));
	assert_memory_equal(captured_output_end(&s.f->log), wanted, 60);
	assert_int_equal(spool_place_files(s.spool, ""), 0);
	end_spooling(&s);
}

/* More at once than may wait: whatever was not written is counted, and all are delivered. */
static void more_than_the_disk_can_take(void **state)
{
	struct spooling s = {0};

	(void)state;
	spool_place_begin(&s.place);
	s.spool = spool_place_open(&s.place, PLENTY, 300);
	begin_spooling(&s, ANSWER(SENT), 1);
	s.f->script.is_blocking = true;
	offer_crash(&s, 1);
	wait_for_calls(s.f, 1);
	for (int i = 2; i <= 120; i++)
		offer_crash(&s, (uint8_t)i);
	assert_true(spool_thread_stop(&s.thread, soon(60000)));
	assert_int_equal(spool_place_files(s.spool, ".crash") +
				 drops_get(&s.f->drops, DROP_SPOOL_FAILED),
			 120);
	for (int i = 0; i < 120; i++)
		sem_post(&s.f->script.go);
	assert_true(delivery_worker_drain(s.f->worker, soon(60000)));
	/* 64 have a place in the queue; only those that are not on disk can be lost there. */
	assert_int_equal(delivery_worker_statistics(s.f->worker).sent +
				 drops_get(&s.f->drops, DROP_QUEUE_FULL),
			 120);
	assert_int_equal(spool_place_files(s.spool, ""), 0);
	assert_true(delivery_worker_stop(&s.f->worker, 0));
	(void)captured_output_end(&s.f->log);
	end_spooling(&s);
}

/* In a process of its own: killed when the server has it but has not answered. */
static void be_killed_while_sending(struct spool_place *place)
{
	struct spooling s = {.place = *place};

	s.spool = spool_place_open(place, PLENTY, 8);
	begin_spooling(&s, ANSWER(SENT), 1);
	s.f->script.is_blocking = true;
	offer_crash(&s, 1);
	wait_for_calls(s.f, 1);
	offer_crash(&s, 2);
	while (crash_spool_count(s.spool) < 2)
		usleep(1000);
	(void)kill(getpid(), SIGKILL);
	_exit(1);
}

static void killed_between_disk_and_delivery(void **state)
{
	struct spooling s = {0};
	bool is_seen[3] = {0};
	pid_t child;
	int status;

	(void)state;
	spool_place_begin(&s.place);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		be_killed_while_sending(&s.place);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	s.spool = spool_place_open(&s.place, PLENTY, 8);
	assert_int_equal(crash_spool_backlog(s.spool), 2);
	begin_spooling(&s, ANSWER(SENT), 1);
	wait_for_calls(s.f, 2);
	assert_true(spool_thread_stop(&s.thread, soon(60000)));
	finish(s.f, 2, 0, 0); /* each once */
	for (unsigned i = 0; i < s.f->script.calls_count; i++)
		is_seen[s.f->script.calls[i].first] = true;
	assert_true(is_seen[1] && is_seen[2]);
	crash_spool_release(&s.spool);
	s.spool = spool_place_open(&s.place, PLENTY, 8);
	assert_int_equal(crash_spool_count(s.spool), 0);
	end_spooling(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_disk_before_the_attempt),
		cmocka_unit_test(stopping_writes_what_waits),
		cmocka_unit_test(a_full_spool_loses_the_oldest),
		cmocka_unit_test(a_full_disk_stops_nothing),
		cmocka_unit_test(more_than_the_disk_can_take),
		cmocka_unit_test(killed_between_disk_and_delivery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
