/* The last lines of a run, exactly: tests and people read them. */
#include "totals.h"

#include "captured_output.h"
#include "cmocka_test.h"

static struct captured_output output;

static const char *print(uint64_t crashes_count, uint64_t suppressed, uint64_t lost)
{
	const struct assembler_statistics statistics = {.kept_spans_count = 7,
							.kept_segments_count = 3,
							.spans_count = 9,
							.segments_count = 5};
	struct drops drops = {0};

	for (uint64_t i = 0; i < suppressed; i++)
		drops_count(&drops, DROP_CRASH_SUPPRESSED);
	for (uint64_t i = 0; i < lost; i++)
		drops_count(&drops, DROP_QUEUE_FULL);
	captured_output_begin(&output, STDERR_FILENO);
	totals_print(&statistics, &(struct totals_errors){crashes_count, 0}, &drops);
	return captured_output_end(&output);
}

static void test_no_crash(void **state)
{
	(void)state;
	assert_string_equal(print(0, 0, 0), "limpet: 7 spans in 3 segments\n"
					    "limpet: not sampled: 2 segments\n");
}

static void test_crashes(void **state)
{
	(void)state;
	assert_string_equal(print(1, 0, 0), "limpet: 7 spans in 3 segments\n"
					    "limpet: 1 crash\n"
					    "limpet: not sampled: 2 segments\n");
	assert_string_equal(print(2, 0, 0), "limpet: 7 spans in 3 segments\n"
					    "limpet: 2 crashes\n"
					    "limpet: not sampled: 2 segments\n");
}

/* A crash that was held back on purpose is not a loss. */
static void test_suppressed_and_lost(void **state)
{
	(void)state;
	assert_string_equal(
		print(1, 4, 2),
		"limpet: 7 spans in 3 segments\n"
		"limpet: 1 crash\n"
		"limpet: not sampled: 2 segments\n"
		"limpet: lost: queue_full 2 (items that found a destination's queue full)\n"
		"limpet: not reported: 4 crashes like others before them\n");
	assert_string_equal(print(1, 1, 0),
			    "limpet: 7 spans in 3 segments\n"
			    "limpet: 1 crash\n"
			    "limpet: not sampled: 2 segments\n"
			    "limpet: not reported: 1 crash like others before it\n");
}

static void test_sandboxes(void **state)
{
	const struct assembler_statistics statistics = {0};
	struct drops drops = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		drops_count(&drops, DROP_SANDBOX_ENDED);
		captured_output_begin(&output, STDERR_FILENO);
		totals_print(&statistics, &(struct totals_errors){0, 0}, &drops);
		assert_string_equal(
			captured_output_end(&output),
			i == 0 ? "limpet: 0 spans in 0 segments\n"
				 "limpet: not reported: 1 pod's sandbox that its runtime ended\n"
			       : "limpet: 0 spans in 0 segments\n"
				 "limpet: not reported: 2 pods' sandboxes that their runtime "
				 "ended\n");
	}
	assert_int_equal(drops_lost(&drops), 0);
}

static void test_exceptions(void **state)
{
	const struct assembler_statistics statistics = {0};
	struct drops drops = {0};

	(void)state;
	drops_count(&drops, DROP_EXCEPTION_SUPPRESSED);
	drops_add(&drops, DROP_EXCEPTION_DUPLICATE, 2);
	drops_add(&drops, DROP_SDK_SUPPRESSED, 3);
	drops_count(&drops, DROP_TLS_UNSEEN);
	captured_output_begin(&output, STDERR_FILENO);
	totals_print(&statistics, &(struct totals_errors){0, 3}, &drops);
	assert_string_equal(captured_output_end(&output),
			    "limpet: 0 spans in 0 segments\n"
			    "limpet: 3 exceptions\n"
			    "limpet: not reported: 1 exception like others before it\n"
			    "limpet: told twice, reported once: 2 exceptions\n"
			    "limpet: left to their own SDKs: 3 segments and exceptions\n"
			    "limpet: not looked into: 1 connection that speaks TLS; --tls shows "
			    "what is said, limpet check whose can be seen\n");
	assert_int_equal(drops_lost(&drops), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_crash),
		cmocka_unit_test(test_crashes),
		cmocka_unit_test(test_suppressed_and_lost),
		cmocka_unit_test(test_sandboxes),
		cmocka_unit_test(test_exceptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
