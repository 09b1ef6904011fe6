/* Runs and requests: which of the two a process is counted by, and that it is never both. */
#include "crash/release_health.h"

#include "cmocka_test.h"
#include "base/clock.h"
#include "sample_segment.h"

#define MINUTE (60 * NS_PER_S)
#define T0     (1767607200 * NS_PER_S) /* a full minute */
#define TGID   4711                    /* of the sample resource */
#define EVENT  77
#define MAX    16

static struct {
	struct release_health *health;
	struct resource *resource;
	struct session_report *reports[MAX];
	uint32_t count;
} f;

static void on_report(void *self, struct session_report **report)
{
	assert_ptr_equal(self, &f);
	assert_in_range(f.count, 0, MAX - 1);
	f.reports[f.count++] = *report;
	*report = NULL;
}

static int begin(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	f.resource = sample_resource();
	return release_health_new(&f.health, 4, on_report, &f);
}

static int end(void **state)
{
	(void)state;
	release_health_free(&f.health);
	for (uint32_t i = 0; i < f.count; i++)
		session_report_free(&f.reports[i]);
	resource_release(&f.resource);
	return 0;
}

static struct resource *resource_of(void *self, uint32_t tgid)
{
	assert_ptr_equal(self, &f);
	assert_int_equal(tgid, TGID);
	return f.resource;
}

static void tick(uint64_t unix_ns)
{
	release_health_tick(f.health, unix_ns, resource_of, &f);
}

enum request { GOOD, BAD, CUT, CRASHED };

static void serve(uint64_t unix_ns, enum request how)
{
	struct segment *segment = sample_segment(unix_ns);
	struct span *root = segment_root(segment);

	if (how == BAD)
		root->status = STATUS_ERROR;
	root->is_incomplete = how == CUT;
	if (how == CRASHED)
		attribute_set_boolean(&root->attributes, &segment->arena, "limpet.crashed", true);
	release_health_count(f.health, segment);
	segment_free(&segment);
}

static void the_end(enum session_status status, uint64_t unix_ns)
{
	release_health_end(f.health, TGID, status, unix_ns, f.resource, 0);
}

static void a_short_run_is_told_once(void **state)
{
	const struct session_update *update;

	(void)state;
	release_health_begin(f.health, TGID, T0);
	tick(T0 + 10);
	the_end(SESSION_EXITED, T0 + 20);
	assert_int_equal(f.count, 0);
	tick(T0 + 2 * NS_PER_S);
	assert_int_equal(f.count, 1);
	update = &f.reports[0]->update;
	assert_int_equal(f.reports[0]->counts_count, 0);
	assert_ptr_equal(f.reports[0]->resource, f.resource);
	assert_true(update->is_init);
	assert_int_equal(update->status, SESSION_EXITED);
	assert_int_equal(update->errors, 0);
	assert_int_equal(update->started_unix_ns, T0);
	assert_int_equal(update->unix_ns, T0 + 20);
	/* A random UUID by its form. */
	assert_int_equal(update->id[6] >> 4, 4);
	assert_int_equal(update->id[8] >> 6, 2);
	release_health_finish(f.health);
	assert_int_equal(f.count, 1);
}

static void a_long_run_is_told_twice(void **state)
{
	(void)state;
	release_health_begin(f.health, TGID, T0);
	tick(T0 + MINUTE - 1);
	assert_int_equal(f.count, 0);
	tick(T0 + MINUTE + 10 * NS_PER_S);
	assert_int_equal(f.count, 1);
	assert_true(f.reports[0]->update.is_init);
	assert_int_equal(f.reports[0]->update.status, SESSION_OK);
	tick(T0 + 3 * MINUTE);
	assert_int_equal(f.count, 1);
	/* Too late for requests: it is a run, and stays one. */
	serve(T0 + 3 * MINUTE, GOOD);
	the_end(SESSION_ABNORMAL, T0 + 4 * MINUTE);
	release_health_finish(f.health);
	assert_int_equal(f.count, 2);
	assert_false(f.reports[1]->update.is_init);
	assert_int_equal(f.reports[1]->update.status, SESSION_ABNORMAL);
	assert_int_equal(f.reports[1]->counts_count, 0);
	assert_memory_equal(f.reports[0]->update.id, f.reports[1]->update.id, SESSION_ID_BYTES);
	assert_int_equal(f.reports[1]->update.started_unix_ns, T0);
}

static void a_server_is_counted_by_minute(void **state)
{
	const struct session_counts *counts;

	(void)state;
	release_health_begin(f.health, TGID, T0);
	serve(T0 + 1, GOOD);
	serve(T0 + 2, GOOD);
	serve(T0 + 3, BAD);
	serve(T0 + 4, CUT);
	serve(T0 + MINUTE - 1, CRASHED);
	assert_int_equal(f.count, 0);
	serve(T0 + MINUTE, GOOD);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->counts_count, 1);
	counts = &f.reports[0]->counts[0];
	assert_int_equal(counts->started_unix_ns, T0);
	assert_int_equal(counts->exited, 2);
	assert_int_equal(counts->errored, 1);
	assert_int_equal(counts->abnormal, 1);
	assert_int_equal(counts->crashed, 1);
	tick(T0 + 3 * MINUTE);
	assert_int_equal(f.count, 2);
	assert_int_equal(f.reports[1]->counts[0].started_unix_ns, T0 + MINUTE);
	assert_int_equal(f.reports[1]->counts[0].exited, 1);
	/* Nothing is told of its end but what it served since. */
	serve(T0 + 4 * MINUTE, GOOD);
	the_end(SESSION_CRASHED, T0 + 4 * MINUTE + 1);
	tick(T0 + 4 * MINUTE + 2 * NS_PER_S);
	assert_int_equal(f.count, 3);
	assert_int_equal(f.reports[2]->counts[0].exited, 1);
	release_health_finish(f.health);
	assert_int_equal(f.count, 3);
}

/* The defect of the first version: the segment comes when the run has been told already. */
static void the_first_request_comes_after_the_end(void **state)
{
	struct session_update update;

	(void)state;
	release_health_begin(f.health, TGID, T0);
	release_health_end(f.health, TGID, SESSION_CRASHED, T0 + 20, f.resource, EVENT);
	serve(T0 + 10, CRASHED);
	tick(T0 + 10 * NS_PER_S);
	assert_int_equal(f.count, 0); /* held for the event */
	assert_false(release_health_take(f.health, TGID, EVENT, &update));
	tick(T0 + 11 * NS_PER_S);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->counts_count, 1);
	assert_int_equal(f.reports[0]->counts[0].crashed, 1);
	release_health_finish(f.health);
	assert_int_equal(f.count, 1);
}

static void the_same_without_a_crash(void **state)
{
	(void)state;
	release_health_begin(f.health, TGID, T0);
	the_end(SESSION_EXITED, T0 + 20);
	serve(T0 + 10, GOOD);
	release_health_finish(f.health);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->counts_count, 1);
	assert_int_equal(f.reports[0]->counts[0].exited, 1);
}

static void an_event_carries_the_session(void **state)
{
	struct session_update update;

	(void)state;
	release_health_begin(f.health, TGID, T0);
	release_health_end(f.health, TGID, SESSION_CRASHED, T0 + 20, f.resource, EVENT);
	tick(T0 + 20 * NS_PER_S);
	assert_int_equal(f.count, 0);
	assert_false(release_health_take(f.health, TGID, EVENT + 1, &update)); /* another one */
	assert_true(release_health_take(f.health, TGID, EVENT, &update));
	assert_true(update.is_init);
	assert_int_equal(update.status, SESSION_CRASHED);
	assert_int_equal(update.errors, 1);
	assert_int_equal(update.started_unix_ns, T0);
	assert_int_equal(update.unix_ns, T0 + 20);
	assert_false(release_health_take(f.health, TGID, EVENT, &update)); /* once only */
	/* Even now it is not counted a second time. */
	serve(T0 + 10, CRASHED);
	tick(T0 + 21 * NS_PER_S);
	release_health_finish(f.health);
	assert_int_equal(f.count, 0);
}

static void an_event_that_is_left_out(void **state)
{
	(void)state;
	release_health_begin(f.health, TGID, T0);
	release_health_end(f.health, TGID, SESSION_CRASHED, T0 + 20, f.resource, EVENT);
	assert_false(release_health_take(f.health, TGID, EVENT, NULL));
	tick(T0 + 2 * NS_PER_S);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->update.status, SESSION_CRASHED);
	assert_int_equal(f.reports[0]->update.errors, 1);
}

static void an_event_of_a_run_told_before(void **state)
{
	struct session_update update;

	(void)state;
	release_health_begin(f.health, TGID, T0);
	tick(T0 + 2 * MINUTE);
	assert_int_equal(f.count, 1);
	release_health_end(f.health, TGID, SESSION_CRASHED, T0 + 3 * MINUTE, f.resource, EVENT);
	assert_true(release_health_take(f.health, TGID, EVENT, &update));
	assert_false(update.is_init);
	assert_memory_equal(update.id, f.reports[0]->update.id, SESSION_ID_BYTES);
}

/* A worker that was forked and executed nothing has a session only when it crashes. */
static void forked_processes(void **state)
{
	struct session_update update;

	(void)state;
	the_end(SESSION_EXITED, T0);
	release_health_end(f.health, TGID, SESSION_CRASHED, T0 + 5, f.resource, EVENT);
	assert_true(release_health_take(f.health, TGID, EVENT, &update));
	assert_int_equal(update.started_unix_ns, T0 + 5);
	/* One that served, and whose segments come late: no run is left behind for ever. */
	the_end(SESSION_EXITED, T0 + 10);
	serve(T0 + 9, GOOD);
	tick(T0 + 2 * NS_PER_S);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->counts[0].exited, 1);
	release_health_finish(f.health);
	assert_int_equal(f.count, 1);
}

/* What lived for a moment only: its end is read before its beginning. */
static void an_end_that_overtakes(void **state)
{
	(void)state;
	the_end(SESSION_EXITED, T0 + 20);
	release_health_begin(f.health, TGID, T0 + 5);
	release_health_begin(f.health, TGID, T0 + 10);
	release_health_finish(f.health);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->update.status, SESSION_EXITED);
	assert_int_equal(f.reports[0]->update.started_unix_ns, T0 + 10);
	assert_int_equal(f.reports[0]->update.unix_ns, T0 + 20);
}

static void a_number_used_again(void **state)
{
	struct session_update update;

	(void)state;
	release_health_begin(f.health, TGID, T0);
	release_health_end(f.health, TGID, SESSION_CRASHED, T0 + 20, f.resource, EVENT);
	release_health_begin(f.health, TGID, T0 + 30);
	serve(T0 + 40, GOOD); /* the new one's */
	assert_true(release_health_take(f.health, TGID, EVENT, &update));
	assert_int_equal(update.started_unix_ns, T0);
	the_end(SESSION_EXITED, T0 + 50);
	release_health_finish(f.health);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->counts[0].exited, 1);
}

/* The record of the end was lost: nobody is kept for ever. */
static void an_end_told_by_one_ring_only(void **state)
{
	(void)state;
	release_health_begin(f.health, TGID, T0);
	release_health_exit(f.health, TGID, SESSION_ABNORMAL, T0 + 20);
	release_health_exit(f.health, TGID + 1, SESSION_ABNORMAL, T0 + 20);
	tick(T0 + 4 * NS_PER_S);
	assert_int_equal(f.count, 0);
	tick(T0 + 20 * NS_PER_S);
	tick(T0 + 21 * NS_PER_S);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->update.status, SESSION_ABNORMAL);
	assert_int_equal(f.reports[0]->update.unix_ns, T0 + 20);
	/* Told by both: what the first says counts. */
	release_health_begin(f.health, TGID, T0 + MINUTE);
	the_end(SESSION_CRASHED, T0 + MINUTE + 5);
	release_health_exit(f.health, TGID, SESSION_EXITED, T0 + MINUTE + 5);
	tick(T0 + 2 * MINUTE);
	assert_int_equal(f.count, 2);
	assert_int_equal(f.reports[1]->update.status, SESSION_CRASHED);
	release_health_finish(f.health);
	assert_int_equal(f.count, 2);
}

static void a_program_that_becomes_another(void **state)
{
	(void)state;
	release_health_begin(f.health, TGID, T0);
	release_health_begin(f.health, TGID, T0 + 5);
	the_end(SESSION_EXITED, T0 + 20);
	release_health_finish(f.health);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->update.started_unix_ns, T0 + 5);
}

static void without_a_release_nothing(void **state)
{
	struct session_update update;
	struct segment *segment = sample_segment(T0 + 3);

	(void)state;
	f.resource->release = f.resource->service_version = (struct view){0};
	segment->resource->release = segment->resource->service_version = (struct view){0};
	release_health_begin(f.health, TGID, T0);
	release_health_count(f.health, segment);
	segment_free(&segment);
	tick(T0 + 2 * MINUTE);
	release_health_end(f.health, TGID, SESSION_CRASHED, T0 + 3 * MINUTE, f.resource, EVENT);
	assert_false(release_health_take(f.health, TGID, EVENT, &update));
	/* forked */
	release_health_end(f.health, TGID, SESSION_CRASHED, T0 + 4 * MINUTE, f.resource, EVENT);
	assert_false(release_health_take(f.health, TGID, EVENT, &update));
	release_health_finish(f.health);
	assert_int_equal(f.count, 0);
	/* A version is a release, too. */
	f.resource->service_version = VIEW_LITERAL("1.2");
	release_health_begin(f.health, TGID, T0);
	the_end(SESSION_EXITED, T0 + 1);
	release_health_finish(f.health);
	assert_int_equal(f.count, 1);
}

static void calls_are_no_requests(void **state)
{
	struct segment *segment = sample_segment(T0);

	(void)state;
	segment_root(segment)->kind = SPAN_CLIENT;
	release_health_begin(f.health, TGID, T0);
	release_health_count(f.health, segment);
	segment_free(&segment);
	the_end(SESSION_EXITED, T0 + 5);
	release_health_finish(f.health);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.reports[0]->counts_count, 0);
}

static void full_tables(void **state)
{
	struct release_health *health;

	(void)state;
	for (uint32_t tgid = 1; tgid <= 9; tgid++)
		release_health_begin(f.health, tgid, T0); /* four find room */
	for (uint32_t tgid = 1; tgid <= 9; tgid++)
		release_health_end(f.health, tgid, SESSION_EXITED, T0 + 5, f.resource, 0);
	release_health_finish(f.health);
	assert_int_equal(f.count, 4);
	/* More dead than are kept: the oldest is told at once. */
	assert_int_equal(release_health_new(&health, 2000, on_report, &f), 0);
	for (uint32_t tgid = 1; tgid <= 1030; tgid++) {
		release_health_begin(health, tgid, T0);
		release_health_end(health, tgid, SESSION_EXITED, T0 + tgid, f.resource, 0);
	}
	assert_int_equal(f.count, 4 + 6);
	assert_int_equal(f.reports[4]->update.unix_ns, T0 + 1);
	release_health_free(&health);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_short_run_is_told_once, begin, end),
		cmocka_unit_test_setup_teardown(a_long_run_is_told_twice, begin, end),
		cmocka_unit_test_setup_teardown(a_server_is_counted_by_minute, begin, end),
		cmocka_unit_test_setup_teardown(the_first_request_comes_after_the_end, begin, end),
		cmocka_unit_test_setup_teardown(the_same_without_a_crash, begin, end),
		cmocka_unit_test_setup_teardown(an_event_carries_the_session, begin, end),
		cmocka_unit_test_setup_teardown(an_event_that_is_left_out, begin, end),
		cmocka_unit_test_setup_teardown(an_event_of_a_run_told_before, begin, end),
		cmocka_unit_test_setup_teardown(forked_processes, begin, end),
		cmocka_unit_test_setup_teardown(an_end_that_overtakes, begin, end),
		cmocka_unit_test_setup_teardown(a_number_used_again, begin, end),
		cmocka_unit_test_setup_teardown(an_end_told_by_one_ring_only, begin, end),
		cmocka_unit_test_setup_teardown(a_program_that_becomes_another, begin, end),
		cmocka_unit_test_setup_teardown(without_a_release_nothing, begin, end),
		cmocka_unit_test_setup_teardown(calls_are_no_requests, begin, end),
		cmocka_unit_test_setup_teardown(full_tables, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
