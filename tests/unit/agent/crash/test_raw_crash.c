/* Allocation and counting of what the kernel told. */
#include "crash/raw_crash.h"

#include "cmocka_test.h"
#include "sample_raw_crash.h"

static void an_empty_one(void **state)
{
	struct raw_crash *raw, *none = NULL;
	struct raw_thread *no_thread = NULL;

	(void)state;
	assert_int_equal(raw_crash_new(&raw, 4711), 0);
	assert_int_equal(raw->tgid, 4711);
	assert_int_equal(raw_crash_page_bytes(raw), 0);
	assert_true(raw_crash_is_complete(raw));
	raw_crash_free(&raw);
	assert_null(raw);
	raw_crash_free(&none);
	raw_crash_free_thread(&no_thread);
}

static void threads_and_pages(void **state)
{
	struct raw_crash *raw = sample_raw_crash();

	(void)state;
	assert_int_equal(raw->threads_count, 2);
	assert_int_equal(raw_crash_page_bytes(raw), 4 * sizeof(struct raw_page));
	assert_true(raw_crash_is_complete(raw));
	free(raw->threads[1]->pages[0]);
	raw->threads[1]->pages_count = 0;
	assert_false(raw_crash_is_complete(raw));
	assert_int_equal(raw_crash_page_bytes(raw), 3 * sizeof(struct raw_page));
	raw->trail = calloc(1, sizeof(*raw->trail));
	raw_crash_free(&raw); /* with everything: LeakSanitizer looks on */
}

static void a_thread_without_pages(void **state)
{
	struct crash_thread_record record = {.tid = 5, .signal = 11};
	struct raw_thread *thread;

	(void)state;
	assert_int_equal(raw_crash_new_thread(&thread, &record), 0);
	assert_int_equal(thread->record.tid, 5);
	assert_null(thread->pages);
	assert_int_equal(thread->pages_count, 0);
	raw_crash_free_thread(&thread);
	assert_null(thread);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_one),
		cmocka_unit_test(threads_and_pages),
		cmocka_unit_test(a_thread_without_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
