/* Seconds that come, pass and are skipped; and operations beyond the bound. */
#include "cmocka_test.h"

#include <stdio.h>
#include "base/clock.h"
#include "overview/operation_history.h"
#include "sample_segment.h"

static struct operation_history history;
static uint32_t counts[HISTORY_SECONDS];

static int begin(void **state)
{
	(void)state;
	return operation_history_init(&history);
}

static int end(void **state)
{
	(void)state;
	operation_history_done(&history);
	return 0;
}

static struct operation_key add(const char *name, uint64_t now_ns)
{
	struct segment *segment = sample_segment(0);
	struct operation_key key;

	segment->spans_count = 1;
	segment->spans[0]->name = view_of_text(name);
	operation_history_add(&history, segment, now_ns);
	key = operation_table_key(segment->resource, segment->spans[0]);
	segment_free(&segment);
	return key;
}

static uint32_t sum(void)
{
	uint32_t all = 0;

	for (int i = 0; i < HISTORY_SECONDS; i++)
		all += counts[i];
	return all;
}

static void seconds(void **state)
{
	struct operation_key key;

	(void)state;
	for (int i = 0; i < 3; i++)
		key = add("GET /a", 100 * NS_PER_S + 5);
	(void)add("GET /a", 101 * NS_PER_S);
	(void)add("GET /b", 101 * NS_PER_S);
	operation_history_read(&history, &key, 102 * NS_PER_S, counts);
	assert_int_equal(counts[HISTORY_SECONDS - 1], 1);
	assert_int_equal(counts[HISTORY_SECONDS - 2], 3);
	assert_int_equal(sum(), 4);
	/* The present second is not over. */
	operation_history_read(&history, &key, 101 * NS_PER_S + 7, counts);
	assert_int_equal(sum(), 3);
	operation_history_read(&history, &key, 160 * NS_PER_S, counts);
	assert_int_equal(counts[0], 3);
	assert_int_equal(sum(), 4);
	operation_history_read(&history, &key, 161 * NS_PER_S, counts);
	assert_int_equal(sum(), 1);
	(void)add("GET /a", 131 * NS_PER_S);
	operation_history_read(&history, &key, 132 * NS_PER_S, counts);
	assert_int_equal(sum(), 5);
	(void)add("GET /a", 1000 * NS_PER_S);
	operation_history_read(&history, &key, 1001 * NS_PER_S, counts);
	assert_int_equal(sum(), 1);
	operation_history_read(&history, &key, 0, counts);
	assert_int_equal(sum(), 0);
}

static void too_many(void **state)
{
	struct operation_key other = {.name = "other"}, first = {0}, key;
	char name[32];

	(void)state;
	for (int i = 0; i < MAX_OPERATIONS + 5; i++) {
		(void)snprintf(name, sizeof(name), "GET /%d", i);
		key = add(name, 7 * NS_PER_S);
		first = i == 0 ? key : first;
	}
	operation_history_read(&history, &other, 8 * NS_PER_S, counts);
	assert_int_equal(sum(), 5);
	operation_history_read(&history, &first, 8 * NS_PER_S, counts);
	assert_int_equal(sum(), 1);
	operation_history_read(&history, &key, 8 * NS_PER_S, counts);
	assert_int_equal(sum(), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(seconds, begin, end),
		cmocka_unit_test_setup_teardown(too_many, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
