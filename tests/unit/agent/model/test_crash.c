/* Crashes: ids that are UUIDs, the thread that crashed, words. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sample_crash.h"

static void has_an_id_of_its_own(void **state)
{
	struct crash *one = sample_crash(KNOWN_CRASH_NS), *other = sample_crash(KNOWN_CRASH_NS);

	(void)state;
	assert_memory_not_equal(one->id, other->id, sizeof(one->id));
	assert_int_equal(one->id[6] >> 4, 4);
	assert_int_equal(one->id[8] >> 6, 2);
	crash_free(&one);
	assert_null(one);
	crash_free(&one);
	crash_free(&other);
}

static void holds_its_resource(void **state)
{
	struct resource *resource = sample_resource();
	struct crash *crash;

	(void)state;
	assert_int_equal(crash_new(&crash, resource), 0);
	assert_ptr_equal(crash->resource, resource);
	assert_int_equal(resource->references, 2);
	assert_int_equal(crash->threads_count, 0);
	assert_null(crash_thread_of(crash));
	crash_free(&crash);
	assert_int_equal(resource->references, 1);
	resource_release(&resource);
}

static void knows_the_thread(void **state)
{
	struct crash *crash = known_crash();

	(void)state;
	assert_int_equal(crash_thread_of(crash)->tid, 4714);
	crash->crashed_thread = 1;
	assert_int_equal(crash_thread_of(crash)->tid, 4711);
	crash->crashed_thread = 2;
	assert_null(crash_thread_of(crash));
	crash_free(&crash);
}

static void has_words(void **state)
{
	(void)state;
	assert_string_equal(crash_kind_word(CRASH_SIGNAL), "signal");
	assert_string_equal(crash_kind_word(CRASH_FAULT), "fault");
	assert_string_equal(crash_kind_word(CRASH_OOM_KILL), "oom_kill");
	assert_string_equal(crash_kind_word(CRASH_KILLED), "killed");
	assert_string_equal(crash_kind_word(CRASH_EXIT), "exit");
	assert_string_equal(crash_trust_word(TRUST_CONTEXT), "context");
	assert_string_equal(crash_trust_word(TRUST_CFI), "cfi");
	assert_string_equal(crash_trust_word(TRUST_FP), "fp");
	assert_string_equal(crash_trust_word(TRUST_SCAN), "scan");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_an_id_of_its_own),
		cmocka_unit_test(holds_its_resource),
		cmocka_unit_test(knows_the_thread),
		cmocka_unit_test(has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
