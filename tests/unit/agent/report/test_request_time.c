/* Where the time of a request went: waits outside of calls, clipped to its span; nothing twice. */
#include "report/request_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* A caller, its call, the called one, which calls twice at once, and a second request. */
static struct request_span rows[] = {
	{.start_unix_ns = 100, .end_unix_ns = 1000, .span_id = "caller", .depth = 0},
	{.start_unix_ns = 200, .end_unix_ns = 900, .span_id = "call", .depth = 1},
	{.start_unix_ns = 250, .end_unix_ns = 850, .span_id = "called", .depth = 2},
	{.start_unix_ns = 300, .end_unix_ns = 500, .span_id = "first", .depth = 3},
	{.start_unix_ns = 400, .end_unix_ns = 600, .span_id = "second", .depth = 3},
	{.start_unix_ns = 420, .end_unix_ns = 430, .span_id = "below", .depth = 4},
	{.start_unix_ns = 2000, .end_unix_ns = 3000, .span_id = "other", .depth = 0},
};
static const struct request_spans spans = {rows, sizeof(rows) / sizeof(rows[0])};

static struct request_time time_of(const char *name, uint64_t start, uint64_t end, bool is_off_cpu)
{
	struct profile_sample sample = {
		.unix_ns = start, .weight_ns = end - start, .is_off_cpu = is_off_cpu};
	struct request_time time = {0};
	uint8_t id[SPAN_ID_BYTES] = {0};

	memcpy(id, name, strnlen(name, sizeof(id)));
	request_time_add(&time, &spans, &sample, id);
	return time;
}

static uint64_t wait_of(const char *name, uint64_t start, uint64_t end)
{
	struct request_time time = time_of(name, start, end, true);

	assert_int_equal(time.on_ns, 0);
	return time.waits_ns;
}

static void on_the_cpu_all_counts(void **state)
{
	struct request_time time = time_of("caller", 0, 5000, false);

	(void)state;
	assert_int_equal(time.on_ns, 5000);
	assert_int_equal(time.waits_ns, 0);
}

static void outside_of_calls(void **state)
{
	(void)state;
	assert_int_equal(wait_of("caller", 110, 150), 40);
	assert_int_equal(wait_of("caller", 920, 990), 70);
	assert_int_equal(wait_of("other", 2100, 2200), 100);
}

static void within_a_call_it_is_the_calls(void **state)
{
	(void)state;
	assert_int_equal(wait_of("caller", 200, 900), 0);
	assert_int_equal(wait_of("caller", 210, 890), 0);
	assert_int_equal(wait_of("caller", 150, 250), 50);
	assert_int_equal(wait_of("caller", 850, 950), 50);
	assert_int_equal(wait_of("caller", 150, 950), 100);
}

static void calls_side_by_side(void **state)
{
	(void)state;
	assert_int_equal(wait_of("called", 250, 850), 300);
	assert_int_equal(wait_of("called", 450, 550), 0);
	assert_int_equal(wait_of("called", 290, 610), 20);
}

static void clipped_to_its_span(void **state)
{
	(void)state;
	assert_int_equal(wait_of("caller", 0, 150), 50);
	assert_int_equal(wait_of("caller", 950, 9999), 50);
	assert_int_equal(wait_of("caller", 1500, 1600), 0);
	assert_int_equal(wait_of("caller", 10, 20), 0);
	assert_int_equal(wait_of("below", 0, 9999), 10);
}

static void of_a_span_without_a_row(void **state)
{
	(void)state;
	assert_int_equal(wait_of("nobody", 1500, 1600), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_the_cpu_all_counts),
		cmocka_unit_test(outside_of_calls),
		cmocka_unit_test(within_a_call_it_is_the_calls),
		cmocka_unit_test(calls_side_by_side),
		cmocka_unit_test(clipped_to_its_span),
		cmocka_unit_test(of_a_span_without_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
