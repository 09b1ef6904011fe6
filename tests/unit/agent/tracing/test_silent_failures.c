/* Failures without a word: kept for a while, told once, the latest few. */
#include "cmocka_test.h"

#include "tracing/silent_failures.h"

static struct silent_failures failures;
static struct span root;
static struct span *spans[] = {&root};
static struct segment segment = {.spans = spans};

static void add(uint64_t context, uint64_t start_ns, uint64_t finished_ns, uint16_t status)
{
	struct open_segment open = {.segment = &segment,
				    .is_server = true,
				    .context = context,
				    .tgid = 100,
				    .start_ns = start_ns,
				    .finished_ns = finished_ns};

	root = (struct span){.http_status = status};
	silent_failures_add(&failures, &open);
}

static uint32_t count_at(uint32_t tgid, uint64_t time_ns)
{
	uint32_t index = 0, count = 0;

	while (silent_failures_next(&failures, tgid, time_ns, &index))
		count++;
	return count;
}

static int clear(void **state)
{
	(void)state;
	memset(&failures, 0, sizeof(failures));
	return 0;
}

static void only_what_failed_is_kept_and_not_for_ever(void **state)
{
	(void)state;
	add(7, 10, 20, 500);
	add(7, 11, 21, 200);
	add(7, 12, 0, 500);
	assert_int_equal(count_at(100, 9), 0);
	assert_int_equal(count_at(100, 15), 1);
	assert_int_equal(count_at(101, 15), 0);
	assert_int_equal(count_at(0, 15), 0);
	assert_int_equal(count_at(100, 20 + SILENT_DOUBT_NS), 1);
	assert_int_equal(count_at(100, 21 + SILENT_DOUBT_NS), 0);
}

static void told_once(void **state)
{
	const struct error_candidate *failure;
	uint32_t index = 0;

	(void)state;
	add(7, 10, 30, 500);
	add(7, 11, 20, 500);
	add(8, 12, 15, 500);
	silent_failures_tell_oldest(&failures, 100, 7, 40);
	failure = silent_failures_next(&failures, 100, 40, &index);
	assert_int_equal(failure->finished_ns, 30);
	silent_failures_tell(&failures, failure);
	failure = silent_failures_next(&failures, 100, 40, &index);
	assert_int_equal(failure->context, 8);
	assert_null(silent_failures_next(&failures, 100, 40, &index));
	silent_failures_tell_oldest(&failures, 100, 7, 40);
	assert_int_equal(count_at(100, 40), 1);
}

static void the_latest_few(void **state)
{
	uint32_t index = 0;

	(void)state;
	for (uint64_t i = 1; i <= MAX_SILENT_FAILURES + 1; i++)
		add(7, i, 1000 + i, 500);
	assert_int_equal(count_at(100, 2000), MAX_SILENT_FAILURES);
	assert_int_equal(silent_failures_next(&failures, 100, 2000, &index)->start_ns,
			 MAX_SILENT_FAILURES + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(only_what_failed_is_kept_and_not_for_ever, clear),
		cmocka_unit_test_setup(told_once, clear),
		cmocka_unit_test_setup(the_latest_few, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
