/* Drop counters: names for every reason, sums, many threads. */
#include "base/drops.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>

static void test_every_reason_has_words(void **state)
{
	(void)state;
	for (int i = 0; i < DROP_REASONS_COUNT; i++) {
		assert_true(strlen(drops_name((enum drop_reason)i)) > 0);
		assert_true(strlen(drops_words((enum drop_reason)i)) > 0);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(drops_name((enum drop_reason)i),
						drops_name((enum drop_reason)j));
	}
	assert_string_equal(drops_name(DROP_RING_FULL), "ring_full");
	assert_string_equal(drops_name(DROP_OUTPUT_FAILED), "output_failed");
	assert_int_equal(DROP_RING_FULL, 0);
	assert_int_equal(DROP_PROGRAM_SKIPPED, DROP_REASONS_KERNEL_COUNT);
}

static void test_counting(void **state)
{
	struct drops drops = {0};

	(void)state;
	drops_count(&drops, DROP_QUEUE_FULL);
	drops_add(&drops, DROP_QUEUE_FULL, 4);
	drops_add(&drops, DROP_SAMPLED, 100);
	drops_set(&drops, DROP_RING_FULL, 7);
	drops_set(&drops, DROP_RING_FULL, 8);
	assert_int_equal(drops_get(&drops, DROP_QUEUE_FULL), 5);
	assert_int_equal(drops_get(&drops, DROP_SAMPLED), 100);
	assert_int_equal(drops_get(&drops, DROP_SHUTDOWN), 0);
	assert_int_equal(drops_lost(&drops), 13); /* a sampling decision is not a loss */
}

/* What was left out on purpose is none. */
static void test_decisions(void **state)
{
	static const enum drop_reason decisions[] = {DROP_SAMPLED,
						     DROP_CRASH_SUPPRESSED,
						     DROP_EXCEPTION_SUPPRESSED,
						     DROP_EXCEPTION_DUPLICATE,
						     DROP_POD_MUTED,
						     DROP_SANDBOX_ENDED,
						     DROP_SDK_SUPPRESSED,
						     DROP_TLS_UNSEEN};
	uint32_t count = 0;

	(void)state;
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++)
		count += drops_is_decision((enum drop_reason)reason);
	assert_int_equal(count, sizeof(decisions) / sizeof(decisions[0]));
	for (size_t i = 0; i < sizeof(decisions) / sizeof(decisions[0]); i++)
		assert_true(drops_is_decision(decisions[i]));
}

static void *count_many(void *argument)
{
	for (int i = 0; i < 50000; i++)
		drops_count(argument, DROP_SHUTDOWN);
	return NULL;
}

static void test_threads(void **state)
{
	struct drops drops = {0};
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, count_many, &drops), 0);
	count_many(&drops);
	(void)pthread_join(thread, NULL);
	assert_int_equal(drops_get(&drops, DROP_SHUTDOWN), 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_reason_has_words),
		cmocka_unit_test(test_counting),
		cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
