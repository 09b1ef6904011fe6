/* The same exception told more than once is one event, others are others: by text and by probe, by
 * handler and framework, in a loop; and how many of those that are alike go out. */
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

static int begin_with_limits(void **state)
{
	(void)state;
	exception_fixture_begin(&f);
	f.settings.exceptions.burst = 2;
	exception_fixture_open(&f);
	return 0;
}

static int begin_without_limits(void **state)
{
	(void)state;
	exception_fixture_begin(&f);
	f.settings.exceptions.burst = 100000;
	exception_fixture_open(&f);
	return 0;
}

static int end(void **state)
{
	(void)state;
	exception_fixture_close(&f);
	return 0;
}

static void assert_one_panic(const char *source)
{
	fixture_turn(&f, T0 + 2020 * MS);
	assert_false(exception_reporter_is_busy(f.reporter));
	assert_int_equal(f.events_count, 1);
	assert_string_equal(f.events[0]->exception_source, source);
	assert_view(f.events[0]->type, "*main.Err");
	assert_view(f.events[0]->cause, "no stock");
	assert_int_equal(f.events[0]->exception_thread_id, 17);
}

static void test_probe_then_text(void **state)
{
	(void)state;
	fixture_panic(&f, "*main.Err", "no stock", T0);
	fixture_turn(&f, T0);
	output_builder_write(&f.output, GO_PANIC, T0 + 10 * MS);
	fixture_turn(&f, T0 + 10 * MS);
	fixture_turn(&f, T0 + 2009 * MS);
	assert_int_equal(f.events_count, 0);
	assert_one_panic("output+probe");
	assert_int_equal(f.events[0]->exceptions[0].frames_count, 2);
}

static void test_text_then_probe(void **state)
{
	(void)state;
	output_builder_write(&f.output, GO_PANIC, T0);
	fixture_turn(&f, T0);
	fixture_panic(&f, "*main.Err", "no stock", T0 + 10 * MS);
	fixture_turn(&f, T0 + 10 * MS);
	assert_one_panic("output+probe");
	assert_int_equal(f.events[0]->exceptions[0].frames_count, 2);
}

/* stderr is closed. It is told as soon as it is clear that nothing will be printed. */
static void test_probe_alone(void **state)
{
	(void)state;
	fixture_panic(&f, "*main.Err", "no stock", T0);
	fixture_turn(&f, T0 + 1999 * MS);
	assert_int_equal(f.told_count, 0);
	fixture_turn(&f, T0 + 2000 * MS);
	assert_int_equal(f.told_count, 1);
	assert_string_equal(f.told_type, "*main.Err");
	assert_int_equal(f.events_count, 0);
	assert_one_panic("probe");
	assert_int_equal(f.events[0]->exceptions[0].frames_count, 0);
}

static void test_probe_with_another_type(void **state)
{
	(void)state;
	fixture_panic(&f, "*main.Err", "no stock", T0);
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0 + 10 * MS);
	fixture_turn(&f, T0 + 10 * MS);
	fixture_turn(&f, T0 + 3000 * MS);
	fixture_turn(&f, T0 + 6000 * MS);
	assert_int_equal(f.events_count, 2);
	assert_view(f.events[0]->type, "ValueError");
	assert_view(f.events[1]->type, "*main.Err");
}

/* The text ends the process, and only then the probe stands alone: it died of one of them. */
static void test_probe_and_a_death(void **state)
{
	(void)state;
	fixture_panic(&f, "*main.Err", "no stock", T0);
	fixture_death(&f, TGID, 2 << 8, T0 + 5 * MS);
	fixture_turn(&f, T0 + 5 * MS);
	fixture_turn(&f, T0 + 6 * MS);
	assert_int_equal(f.events_count, 1);
	assert_int_equal(f.events[0]->level, LEVEL_FATAL);
	assert_false(exception_reporter_is_busy(f.reporter));
}

static void test_a_thread_and_then_main(void **state)
{
	(void)state;
	output_builder_begin(&f.output, TGID, TGID + 1);
	output_builder_write(&f.output, PYTHON_THREAD_TRACEBACK, T0);
	output_builder_begin(&f.output, TGID, TGID);
	output_builder_write(&f.output, PYTHON_TRACEBACK, T0 + MS);
	fixture_turn(&f, T0 + MS);
	fixture_turn(&f, T0 + 301 * MS);
	assert_int_equal(f.events_count, 2);
	assert_string_equal(f.events[0]->mechanism, "threading");
	assert_int_equal(f.events[0]->tid, TGID + 1);
	assert_string_equal(f.events[1]->mechanism, "logging");
	assert_int_equal(f.events[1]->tid, TGID);
}

static void report_for(uint8_t span, uint64_t time_ns)
{
	output_builder_write(&f.output, PYTHON_LOGGED, time_ns);
	exception_reporter_link(f.reporter, UINT64_MAX);
	fixture_link(&f, f.told_token, span);
	exception_reporter_tick(f.reporter, time_ns + 300 * MS);
}

/* A handler logs it, then the framework; the next request fails in the same way. */
static void test_twice_for_one_request(void **state)
{
	(void)state;
	f.has_link = true;
	report_for(7, T0);
	report_for(7, T0 + 400 * MS);
	assert_int_equal(f.events_count, 1);
	assert_int_equal(drops_get(&f.drops, DROP_EXCEPTION_DUPLICATE), 1);
	report_for(8, T0 + 800 * MS);
	assert_int_equal(f.events_count, 2);
	assert_int_equal(drops_get(&f.drops, DROP_EXCEPTION_DUPLICATE), 1);
	assert_int_equal(drops_lost(&f.drops), 0);
}

static void test_a_loop_without_requests(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		output_builder_write(&f.output, PYTHON_LOGGED, T0 + i * MS);
		fixture_turn(&f, T0 + i * MS);
	}
	fixture_turn(&f, T0 + 400 * MS);
	assert_int_equal(f.events_count, 10);
}

/* Two at once, one more per second, each with how many were left out before it. */
static void test_limits(void **state)
{
	static const uint64_t suppressed[] = {0, 0, 8, 9};

	(void)state;
	for (uint64_t second = 0; second < 3; second++) {
		for (int i = 0; i < 10; i++)
			output_builder_write(&f.output, PYTHON_LOGGED, T0 + second * 1000 * MS);
		fixture_turn(&f, T0 + second * 1000 * MS);
		fixture_turn(&f, T0 + second * 1000 * MS + 300 * MS);
	}
	assert_int_equal(f.events_count, 4);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(f.events[i]->suppressed_count, suppressed[i]);
	assert_int_equal(drops_get(&f.drops, DROP_EXCEPTION_SUPPRESSED), 26);
	assert_int_equal(drops_lost(&f.drops), 0);
}

/* Another place is another problem. */
static void test_limits_of_another_place(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		output_builder_write(&f.output, PYTHON_LOGGED, T0 + i * MS);
		output_builder_write(&f.output,
				     "ERROR:shop:x\nTraceback (most recent call last):\n"
				     "  File \"/srv/shop.py\", line 8, in total\n"
				     "ValueError: no stock\n",
				     T0 + i * MS);
		fixture_turn(&f, T0 + i * MS);
	}
	fixture_turn(&f, T0 + 302 * MS);
	assert_int_equal(f.events_count, 4);
	assert_int_equal(drops_get(&f.drops, DROP_EXCEPTION_SUPPRESSED), 2);
}

static void test_a_full_table(void **state)
{
	char text[32];

	(void)state;
	for (uint32_t i = 0; i < 1100; i++) {
		(void)snprintf(text, sizeof(text), "panic number %u", i);
		fixture_panic(&f, NULL, text, T0);
	}
	assert_int_equal(drops_get(&f.drops, DROP_EXCEPTION_TABLE_FULL), 76);
	/* What is printed has no place either, and harms nobody. */
	output_builder_write(&f.output, PYTHON_LOGGED, T0);
	assert_true(drops_get(&f.drops, DROP_EXCEPTION_TABLE_FULL) > 76);
	fixture_turn(&f, T0 + 500 * MS);
	fixture_finish(&f, T0 + 501 * MS);
	assert_int_equal(f.all_events_count, 1024);
}

#define CASE(test)           cmocka_unit_test_setup_teardown(test, begin, end)
#define LIMITED(test)        cmocka_unit_test_setup_teardown(test, begin_with_limits, end)
#define WITHOUT_LIMITS(test) cmocka_unit_test_setup_teardown(test, begin_without_limits, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_probe_then_text),
		CASE(test_text_then_probe),
		CASE(test_probe_alone),
		CASE(test_probe_with_another_type),
		CASE(test_probe_and_a_death),
		CASE(test_a_thread_and_then_main),
		CASE(test_twice_for_one_request),
		CASE(test_a_loop_without_requests),
		LIMITED(test_limits),
		LIMITED(test_limits_of_another_place),
		WITHOUT_LIMITS(test_a_full_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
