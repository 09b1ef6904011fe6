/* The flow of the room: what becomes an event, when, and how often. Ends of processes that are
 * events themselves are in test_error_stage.c, limits in test_exception_limits.c. */
#include "exceptions/exception_reporter.h"

#include "exception_fixture.h"

#define MS   FIXTURE_MS
#define T0   FIXTURE_T0
#define TGID FIXTURE_TGID

static struct exception_fixture f;

static int begin(void **state)
{
	(void)state;
	exception_fixture_begin(&f);
	exception_fixture_open(&f);
	return 0;
}

static int end(void **state)
{
	(void)state;
	exception_fixture_close(&f);
	return 0;
}

/* No event a moment before it is due, one when it is. */
static void assert_due(uint64_t due_ns)
{
	fixture_turn(&f, due_ns - 1);
	assert_int_equal(f.events_count, 0);
	fixture_turn(&f, due_ns);
	assert_int_equal(f.events_count, 1);
}

static void test_printed_without_a_request(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	fixture_turn(&f, T0);
	assert_string_equal(f.told_type, "ValueError");
	assert_string_equal(f.told_message, "no stock");
	assert_due(T0 + 300 * MS);
	assert_true(f.events[0]->is_handled);
	assert_int_equal(f.events[0]->level, LEVEL_ERROR);
	assert_string_equal(f.events[0]->mechanism, "logging");
	assert_string_equal(f.events[0]->exception_source, "output");
	assert_int_equal(f.events[0]->unix_ns, T0);
	assert_false(f.events[0]->trace.is_known);
	assert_int_equal(exception_reporter_count(f.reporter), 1);
	assert_false(exception_reporter_is_busy(f.reporter));
	assert_int_equal(f.told_count, 1);
}

/* Whoever logs it may raise it again. */
static void test_logged(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_LOGGED, T0);
	assert_due(T0 + 300 * MS);
	assert_true(f.events[0]->is_handled);
	assert_view(f.events[0]->logger, "shop");
	assert_view(f.events[0]->log_message, "order 17 failed");
}

static void test_the_request_is_waited_for(void **state)
{
	(void)state;
	f.has_link = true;
	output_builder_write(&f.output, PYTHON_LOGGED, T0);
	fixture_turn(&f, T0);
	fixture_turn(&f, T0 + 2999 * MS);
	assert_int_equal(f.events_count, 0);
	fixture_link(&f, f.told_token, 7);
	fixture_turn(&f, T0 + 2999 * MS);
	assert_int_equal(f.events_count, 1);
	assert_true(f.events[0]->trace.is_known);
	assert_int_equal(f.events[0]->trace.span_id[0], 7);
	assert_string_equal(f.events[0]->trace.source, "context");
}

/* With traffic unread, the request it belongs to may not have been seen yet. */
static void test_the_traffic_before_it_is_waited_for(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_LOGGED, T0);
	exception_reporter_link(f.reporter, T0 - 1);
	exception_reporter_tick(f.reporter, T0 + 500 * MS);
	assert_int_equal(f.told_count, 0);
	assert_int_equal(f.events_count, 0);
	exception_reporter_link(f.reporter, T0);
	assert_int_equal(f.told_count, 1);
	exception_reporter_tick(f.reporter, T0 + 500 * MS);
	assert_int_equal(f.events_count, 1);
}

static void test_a_request_that_never_comes(void **state)
{
	(void)state;
	f.has_link = true;
	output_builder_write(&f.output, PYTHON_LOGGED, T0);
	assert_due(T0 + 3000 * MS);
	assert_false(f.events[0]->trace.is_known);
}

static void test_there_is_no_request(void **state)
{
	(void)state;
	f.has_link = true;
	output_builder_write(&f.output, PYTHON_LOGGED, T0);
	fixture_turn(&f, T0);
	exception_reporter_take_unlinked(f.reporter, f.told_token);
	assert_due(T0 + 300 * MS);
	/* Too late: nobody waits any more. */
	fixture_link(&f, f.told_token, 7);
	assert_false(f.events[0]->trace.is_known);
}

static void test_a_thread(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_THREAD_TRACEBACK, T0);
	assert_due(T0 + 300 * MS);
	assert_false(f.events[0]->is_handled);
	assert_int_equal(f.events[0]->level, LEVEL_ERROR);
	assert_string_equal(f.events[0]->mechanism, "threading");
	assert_view(f.events[0]->exception_thread_name, "Thread-1 (run)");
}

/* The end will come; if it does not, the panic was no end. */
static void test_uncaught_and_nothing_follows(void **state)
{
	(void)state;
	output_builder_write(&f.output, GO_PANIC, T0);
	assert_due(T0 + 2000 * MS);
	assert_false(f.events[0]->is_handled);
	assert_int_equal(f.events[0]->level, LEVEL_ERROR);
}

static void test_ended_well_after_it(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	fixture_death(&f, TGID, 0, T0 + 5 * MS);
	fixture_turn(&f, T0 + 5 * MS);
	assert_int_equal(f.events_count, 1);
	assert_true(f.events[0]->is_handled);
	assert_int_equal(f.events[0]->level, LEVEL_ERROR);
}

/* Asked to end, or killed: not of what it printed a moment before. */
static void test_ended_by_others(void **state)
{
	static const uint32_t codes[] = {SIGKILL, SIGTERM, SIGINT, 143 << 8, 130 << 8};

	(void)state;
	for (uint32_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		output_builder_begin(&f.output, TGID + i, TGID + i);
		output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
		fixture_death(&f, TGID + i, codes[i], T0);
		fixture_turn(&f, T0);
		assert_int_equal(f.events_count, i + 1);
		assert_int_equal(f.events[i]->level, LEVEL_ERROR);
		assert_true(f.events[i]->is_handled);
	}
}

/* The process's end is no event of the crash room's: it is the exception's. */
static void test_died_of_it_and_nobody_takes_it(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	fixture_death(&f, TGID, 1 << 8, T0 + 5 * MS);
	fixture_turn(&f, T0 + 5 * MS);
	assert_int_equal(f.events_count, 1);
	assert_int_equal(f.events[0]->level, LEVEL_FATAL);
	assert_false(f.events[0]->is_handled);
	assert_string_equal(f.events[0]->mechanism, "excepthook");
}

static void test_the_crash_room_takes_it(void **state)
{
	struct resource *resource = process_table_resource(f.processes, TGID);
	struct crash *crash;

	(void)state;
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	fixture_death(&f, TGID, 1 << 8, T0 + 5 * MS);
	exception_reporter_link(f.reporter, UINT64_MAX);
	assert_true(exception_reporter_expects(f.reporter, TGID));
	assert_false(exception_reporter_expects(f.reporter, TGID + 1));
	exception_reporter_tick(f.reporter, T0 + 4005 * MS);
	assert_int_equal(f.events_count, 0);
	assert_int_equal(crash_new(&crash, resource), 0);
	crash->pid = TGID;
	crash->unix_ns = T0 + 5 * MS;
	assert_int_equal(exception_reporter_give(f.reporter, crash), EXCEPTION_GIVEN);
	assert_view(crash->type, "ValueError");
	assert_int_equal(crash->unix_ns, T0);
	assert_int_equal(crash->tid, TGID);
	crash_free(&crash);
	assert_false(exception_reporter_is_busy(f.reporter));
	assert_int_equal(exception_reporter_count(f.reporter), 0);
}

/* It waited long enough, and goes by itself. */
static void test_the_crash_room_never_does(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	fixture_death(&f, TGID, 1 << 8, T0 + 5 * MS);
	exception_reporter_link(f.reporter, UINT64_MAX);
	assert_true(exception_reporter_expects(f.reporter, TGID));
	assert_due(T0 + 4005 * MS + 1);
	assert_int_equal(f.events[0]->level, LEVEL_FATAL);
}

static void test_logged_long_before_the_end(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	fixture_turn(&f, T0 + 300 * MS);
	assert_int_equal(f.events_count, 1);
	assert_true(f.events[0]->is_handled);
	fixture_death(&f, TGID, 1 << 8, T0 + 10000 * MS);
	exception_reporter_link(f.reporter, UINT64_MAX);
	assert_false(exception_reporter_expects(f.reporter, TGID));
	fixture_turn(&f, T0 + 10000 * MS);
	assert_int_equal(f.events_count, 1);
}

static void test_perl_with_a_death(void **state)
{
	(void)state;
	output_builder_write(&f.output, PERL_DIE, T0);
	fixture_turn(&f, T0 + 100 * MS);
	assert_int_equal(f.told_count, 0); /* it may be a warning */
	fixture_death(&f, TGID, 255 << 8, T0 + 200 * MS);
	fixture_turn(&f, T0 + 200 * MS);
	assert_int_equal(f.told_count, 1);
	assert_int_equal(f.events_count, 1);
	assert_int_equal(f.events[0]->language, LANGUAGE_PERL);
	assert_int_equal(f.events[0]->level, LEVEL_FATAL);
}

static void test_perl_warns(void **state)
{
	(void)state;
	output_builder_write(&f.output, PERL_DIE, T0);
	fixture_turn(&f, T0 + 50 * MS); /* a short silence: it is whole */
	fixture_turn(&f, T0 + 2050 * MS - 1);
	assert_true(exception_reporter_is_busy(f.reporter));
	fixture_turn(&f, T0 + 2050 * MS);
	assert_false(exception_reporter_is_busy(f.reporter));
	assert_int_equal(f.told_count, 0);
	assert_int_equal(f.watched_count, f.forgotten_count);
	output_builder_write(&f.output, PERL_DIE, T0 + 2100 * MS);
	fixture_death(&f, TGID, 0, T0 + 2200 * MS);
	fixture_turn(&f, T0 + 2200 * MS);
	assert_int_equal(f.events_count, 0);
	assert_false(exception_reporter_is_busy(f.reporter));
}

static void test_half_a_report_at_the_end(void **state)
{
	(void)state;
	output_builder_lines(&f.output, PYTHON_TRACEBACK, T0);
	fixture_turn(&f, T0 + 49 * MS);
	fixture_finish(&f, T0 + 50 * MS);
	assert_int_equal(f.events_count, 1);
	assert_view(f.events[0]->cause, "no stock");
}

static void test_less_than_half_at_the_end(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_FRAMES, T0);
	output_builder_begin(&f.output, TGID + 1, TGID + 1);
	output_builder_write(&f.output, PERL_DIE, T0);
	fixture_turn(&f, T0 + MS);
	assert_true(exception_reporter_is_busy(f.reporter));
	fixture_finish(&f, T0 + 50 * MS);
	assert_int_equal(f.events_count, 0);
}

/* A number used again: what the new process prints is its own. */
static void test_a_process_id_used_again(void **state)
{
	(void)state;
	output_builder_lines(&f.output, PYTHON_FRAMES, T0);
	fixture_death(&f, TGID, 1 << 8, T0 + 5 * MS);
	fixture_turn(&f, T0 + 5 * MS);
	assert_int_equal(f.events_count, 0);
	output_builder_write(&f.output, "ValueError: another\n", T0 + 10 * MS);
	output_builder_begin(&f.output, TGID, TGID);
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0 + 20 * MS);
	fixture_turn(&f, T0 + 20 * MS);
	fixture_turn(&f, T0 + 320 * MS);
	assert_int_equal(f.events_count, 1);
	assert_int_equal(f.events[0]->level, LEVEL_ERROR);
	assert_int_equal(f.events[0]->unix_ns, T0 + 20 * MS);
}

/* Node's hook printed it: the process lives on, but nobody caught it. */
static void test_a_mark(void **state)
{
	(void)state;
	fixture_mark(&f, MARK_PYTHON_FINISHING, TGID, T0 + MS);
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	assert_due(T0 + 300 * MS);
	assert_false(f.events[0]->is_handled);
	assert_string_equal(f.events[0]->exception_source, "output+probe");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_printed_without_a_request),
		CASE(test_logged),
		CASE(test_the_request_is_waited_for),
		CASE(test_the_traffic_before_it_is_waited_for),
		CASE(test_a_request_that_never_comes),
		CASE(test_there_is_no_request),
		CASE(test_a_thread),
		CASE(test_uncaught_and_nothing_follows),
		CASE(test_ended_well_after_it),
		CASE(test_ended_by_others),
		CASE(test_died_of_it_and_nobody_takes_it),
		CASE(test_the_crash_room_takes_it),
		CASE(test_the_crash_room_never_does),
		CASE(test_logged_long_before_the_end),
		CASE(test_perl_with_a_death),
		CASE(test_perl_warns),
		CASE(test_half_a_report_at_the_end),
		CASE(test_less_than_half_at_the_end),
		CASE(test_a_process_id_used_again),
		CASE(test_a_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
