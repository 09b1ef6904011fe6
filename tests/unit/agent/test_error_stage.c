/* Crashes, exceptions and requests: one misfortune is one event, with its request, its session and
 * all that is known of it from either room. */
#include "error_stage.h"

#include "error_happenings.h"

#define T0     ERROR_T0
#define TGID   RECORDS_TGID
#define FAILED "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"

static struct error_fixture f;

static int begin(void **state)
{
	(void)state;
	error_fixture_begin(&f);
	error_fixture_open(&f);
	return 0;
}

static int end(void **state)
{
	(void)state;
	error_fixture_close(&f);
	return 0;
}

static void assert_fatal(const struct crash *event, const char *type)
{
	assert_int_equal(event->kind, CRASH_EXCEPTION);
	assert_view(event->type, type);
	assert_int_equal(event->level, LEVEL_FATAL);
	assert_false(event->is_handled);
	assert_true(event->has_session);
	assert_int_equal(event->session.status, SESSION_CRASHED);
	assert_int_equal(event->session.errors, 1);
	assert_int_equal(f.sessions_count, 0);
}

static void test_a_request_that_failed(void **state)
{
	struct told t;
	const struct span *root;

	(void)state;
	error_request(&f, &t, TGID + 1, T0);
	output_builder_begin(&f.output, TGID, TGID + 1);
	output_builder_write(&f.output, PYTHON_LOGGED, T0 + MS);
	error_turn(&f, T0 + MS);
	error_response(&f, &t, FAILED, T0 + 2 * MS);
	error_settle(&f, T0 + 2 * MS, 1);
	assert_int_equal(f.events[0]->kind, CRASH_EXCEPTION);
	assert_true(f.events[0]->is_handled);
	assert_true(f.events[0]->trace.is_known);
	assert_string_equal(f.events[0]->trace.source, "context");
	assert_int_equal(f.tracing.segments_count, 1);
	root = segment_root(f.tracing.segments[0]);
	assert_memory_equal(root->span_id, f.events[0]->trace.span_id, SPAN_ID_BYTES);
	assert_memory_equal(f.tracing.segments[0]->trace_id, f.events[0]->trace.trace_id,
			    TRACE_ID_BYTES);
	assert_view(attribute_string(&root->attributes, "exception.type"), "ValueError");
	assert_view(attribute_string(&root->attributes, "exception.message"), "no stock");
	assert_false(f.events[0]->has_session);
}

/* Python's uncaught exception: printed, exit 1. */
static void test_exit_1_of_it(void **state)
{
	(void)state;
	output_builder_lines(&f.output, PYTHON_TRACEBACK, T0);
	error_death(&f, 1 << 8, T0 + 5 * MS);
	error_settle(&f, T0 + 5 * MS, 1);
	assert_fatal(f.events[0], "ValueError");
	assert_string_equal(f.events[0]->mechanism, "excepthook");
	assert_int_equal(f.events[0]->signal, 0);
	assert_int_equal(f.events[0]->exit_status, 1);
	assert_int_equal(f.events[0]->unix_ns, T0);
	assert_view(f.events[0]->process_name, "victim");
	error_finish(&f, T0 + 9000 * MS);
	assert_int_equal(f.events_count, 1);
	assert_int_equal(f.sessions_count, 0);
}

static void test_exit_1_in_a_request(void **state)
{
	struct told t;

	(void)state;
	error_request(&f, &t, TGID, T0);
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0 + MS);
	error_death(&f, 1 << 8, T0 + 5 * MS);
	error_turn(&f, T0 + 5 * MS);
	assembler_process_exited(f.tracing.assembler, TGID);
	error_settle(&f, T0 + 10 * MS, 1);
	assert_int_equal(f.events[0]->level, LEVEL_FATAL);
	assert_true(f.events[0]->trace.is_known);
	t.exchange.end_ns = T0 + 11 * MS;
	assembler_take_finish(f.tracing.assembler, &t.exchange);
}

/* The signal's own crash tells what it was about: its threads, the report's exceptions. */
static void test_abort_of_it(void **state)
{
	(void)state;
	output_builder_begin(&f.output, TGID, TGID + 1);
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	error_signal(&f, TGID + 1, SIGABRT, T0 + 3 * MS);
	error_death(&f, SIGABRT, T0 + 5 * MS);
	error_settle(&f, T0 + 5 * MS, 1);
	assert_fatal(f.events[0], "ValueError");
	assert_int_equal(f.events[0]->signal, SIGABRT);
	assert_string_equal(f.events[0]->signal_name, "SIGABRT");
	assert_int_equal(f.events[0]->threads_count, 1);
	assert_int_equal(f.events[0]->threads[0].tid, TGID + 1);
	assert_true(f.events[0]->threads[0].has_registers);
	assert_int_equal(f.events[0]->tid, TGID + 1);
}

static void test_go_s_exit_2(void **state)
{
	struct go_panic_record record = {
		.header = {RECORD_GO_PANIC, 0, sizeof(record), T0},
		.tgid = TGID,
		.tid = TGID + 3,
		.goroutine = 17,
		.kind = GO_PANIC_FATAL,
		.value_kind = GO_KIND_STRING,
		.value_size = 8,
		.value = "no stock",
		.name_size = 9,
		.name = "*main.Err",
	};
	struct event event;

	(void)state;
	assert_int_equal(event_decoder_decode(view_of(&record, sizeof(record)), &event), 0);
	error_stage_take(f.stage, &event);
	output_builder_lines(&f.output, GO_PANIC, T0 + MS);
	error_death(&f, 2 << 8, T0 + 5 * MS);
	error_settle(&f, T0 + 5 * MS, 1);
	assert_fatal(f.events[0], "*main.Err");
	assert_string_equal(f.events[0]->exception_source, "output+probe");
	assert_int_equal(f.events[0]->exit_status, 2);
	assert_int_equal(f.events[0]->exception_thread_id, 17);
	assert_int_equal(f.events[0]->exceptions[0].frames_count, 2);
}

static void test_exit_0_after_a_traceback(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	error_death(&f, 0, T0 + 5 * MS);
	error_settle(&f, T0 + 5 * MS, 1);
	assert_true(f.events[0]->is_handled);
	assert_int_equal(f.events[0]->level, LEVEL_ERROR);
	assert_false(f.events[0]->has_session);
	error_finish(&f, T0 + 9000 * MS);
	assert_int_equal(f.sessions_count, 1);
	assert_int_equal(f.sessions[0]->update.status, SESSION_EXITED);
}

static void test_exit_1_long_after_it(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_LOGGED, T0);
	error_settle(&f, T0, 1);
	assert_true(f.events[0]->is_handled);
	error_death(&f, 1 << 8, T0 + 10000 * MS);
	error_settle(&f, T0 + 10000 * MS, 1);
	error_finish(&f, T0 + 19000 * MS);
	assert_int_equal(f.sessions_count, 1);
	assert_int_equal(f.sessions[0]->update.status, SESSION_EXITED);
}

/* The command of `run`: an event of its own, without an exception. */
static void test_the_command_s_exit_without_a_report(void **state)
{
	(void)state;
	error_stage_set_command(f.stage, TGID);
	error_death(&f, 1 << 8, T0);
	error_settle(&f, T0, 1);
	assert_int_equal(f.events[0]->kind, CRASH_EXIT);
	assert_int_equal(f.events[0]->exceptions_count, 0);
}

static void test_perl_s_last_words(void **state)
{
	(void)state;
	output_builder_write(&f.output, PERL_DIE, T0);
	error_death(&f, 255 << 8, T0 + 100 * MS);
	error_settle(&f, T0 + 100 * MS, 1);
	assert_fatal(f.events[0], "die");
	assert_int_equal(f.events[0]->language, LANGUAGE_PERL);
}

static void test_perl_s_warning(void **state)
{
	struct told t;

	(void)state;
	error_request(&f, &t, TGID, T0);
	output_builder_write(&f.output, PERL_DIE, T0 + MS);
	error_turn(&f, T0 + MS);
	error_response(&f, &t, FAILED, T0 + 2 * MS);
	error_settle(&f, T0 + 2 * MS, 0);
	error_finish(&f, T0 + 9000 * MS);
	assert_int_equal(f.tracing.segments_count, 1);
	assert_null(
		attribute_find(&segment_root(f.tracing.segments[0])->attributes, "exception.type"));
}

/* Printed by a handler that raises it again: the process died of it once. */
static void test_printed_twice_and_died(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	output_builder_lines(&f.output, PYTHON_TRACEBACK, T0 + MS);
	error_death(&f, 1 << 8, T0 + 5 * MS);
	error_settle(&f, T0 + 5 * MS, 1);
	assert_fatal(f.events[0], "ValueError");
	assert_int_equal(drops_get(&f.tracing.drops, DROP_EXCEPTION_DUPLICATE), 1);
}

/* A logger wrote it down before: what counts is that it was the end. */
static void test_logged_and_died(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_LOGGED, T0);
	error_turn(&f, T0 + 10 * MS);
	output_builder_lines(&f.output, PYTHON_TRACEBACK, T0 + 11 * MS);
	error_death(&f, 1 << 8, T0 + 15 * MS);
	error_settle(&f, T0 + 15 * MS, 1);
	assert_fatal(f.events[0], "ValueError");
}

/* Even if that was a while time ago, and has been told. */
static void test_logged_and_died_a_second_later(void **state)
{
	(void)state;
	output_builder_write(&f.output, PYTHON_LOGGED, T0);
	error_settle(&f, T0 + 10 * MS, 1);
	output_builder_lines(&f.output, PYTHON_TRACEBACK, T0 + 1000 * MS);
	error_death(&f, 1 << 8, T0 + 1010 * MS);
	error_settle(&f, T0 + 1010 * MS, 2);
	assert_true(f.events[0]->is_handled);
	assert_fatal(f.events[1], "ValueError");
}

/* A thread's, of which it did not die, and main's, of which it did. */
static void test_a_thread_s_and_the_end_s(void **state)
{
	const struct crash *thread_s;

	(void)state;
	output_builder_begin(&f.output, TGID, TGID + 1);
	output_builder_write(&f.output, PYTHON_THREAD_TRACEBACK, T0);
	output_builder_begin(&f.output, TGID, TGID);
	output_builder_lines(&f.output, PYTHON_FRAMES "KeyError: 'b'\n", T0 + MS);
	error_death(&f, 1 << 8, T0 + 5 * MS);
	error_settle(&f, T0 + 5 * MS, 2);
	assert_fatal(f.events[0], "KeyError");
	thread_s = f.events[1];
	assert_view(thread_s->type, "ValueError");
	assert_int_equal(thread_s->level, LEVEL_ERROR);
	assert_false(thread_s->is_handled);
	assert_false(thread_s->has_session);
}

/* All of it at once, and then nothing more. */
static void test_the_end_of_limpet_comes_first(void **state)
{
	(void)state;
	output_builder_lines(&f.output, PYTHON_TRACEBACK, T0);
	error_death(&f, 1 << 8, T0 + 5 * MS);
	error_finish(&f, T0 + 6 * MS);
	assert_int_equal(f.events_count, 1);
	assert_fatal(f.events[0], "ValueError");
}

static void test_without_exceptions(void **state)
{
	(void)state;
	error_fixture_begin(&f);
	f.settings.exceptions.enabled = false;
	error_fixture_open(&f);
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0);
	error_signal(&f, TGID, SIGSEGV, T0 + 3 * MS);
	error_death(&f, SIGSEGV, T0 + 5 * MS);
	error_settle(&f, T0 + 5 * MS, 1);
	assert_int_equal(f.events[0]->kind, CRASH_SIGNAL);
	assert_int_equal(f.events[0]->exceptions_count, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_request_that_failed),
		CASE(test_exit_1_of_it),
		CASE(test_exit_1_in_a_request),
		CASE(test_abort_of_it),
		CASE(test_go_s_exit_2),
		CASE(test_exit_0_after_a_traceback),
		CASE(test_exit_1_long_after_it),
		CASE(test_the_command_s_exit_without_a_report),
		CASE(test_perl_s_last_words),
		CASE(test_perl_s_warning),
		CASE(test_printed_twice_and_died),
		CASE(test_logged_and_died),
		CASE(test_logged_and_died_a_second_later),
		CASE(test_a_thread_s_and_the_end_s),
		CASE(test_the_end_of_limpet_comes_first),
		cmocka_unit_test_teardown(test_without_exceptions, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
